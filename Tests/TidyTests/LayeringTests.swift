import Platform
import Support
import Testing
import YunCore

@Suite struct LayeringTests {
    /// The layers of the code, lowest first; within a layer, a target may use those before it.
    private static let layers: [[String]] = [
        ["CLibCurl", "CLibSodium", "CLibZstd", "CSQLite", "CWebKitGTK", "CGTK", "CLinux", "seed", "walls"],
        ["YunCore", "QRCode", "Platform", "Archive", "Signing"],
        [
            "Manifest", "Bundle", "Trust", "Store", "Sandbox", "AppNetwork", "Lifecycle", "Varlink",
            "PageManagerInterface", "PromptContract", "WebHostContract", "CloudModel", "WebDAV", "OAuth",
        ],
        [
            "Installer", "Launcher", "PageManager", "PageManagerClient", "GTKSignals", "WebHost", "Prompt",
            "CloudDatabase", "CloudObjects", "CloudService", "CloudMessages", "CloudPages", "CloudServer",
        ],
        ["Commands", "CloudCommands"],
        ["ypkg", "pagemanagerd", "ywebhost", "yprompt", "ycloud", "launch-bench", "network-bench"],
    ]

    private static let order = layers.flatMap(\.self)

    /// Lines of all files below a directory of the checkout, by path.
    static func sources(_ directory: String, _ suffix: String) throws -> [(path: String, lines: [Substring])]
    {
        let found = try Program("find").run(
            "\(Checkout.path)/\(directory)", "-name", "*\(suffix)", "-not", "-path", "*/.build/*")
        return try found.output.split(separator: "\n").sorted().map { path in
            let bytes = try OwnedDescriptor.open(String(path), .read)
                .readToEnd(limit: 1 << 24, describedAs: String(path))
            let text = String(decoding: bytes, as: UTF8.self)
            let relative = String(path.dropFirst(Checkout.path.count + 1))
            return (relative, text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    @Test("every target stands in a layer, and imports go downwards only")
    func imports() throws {
        for (path, lines) in try Self.sources("Sources", ".swift") {
            let target = String(path.split(separator: "/")[1])
            let place = try #require(Self.order.firstIndex(of: target), "\(target) stands in no layer")
            for line in lines
            where line.contains("import ") && !line.hasPrefix("///") && !line.hasPrefix("    ") {
                let module = String(line.split(separator: " ").last?.split(separator: ".").first ?? "")
                guard let other = Self.order.firstIndex(of: module) else { continue }
                #expect(other < place, "\(path): \(line)")
            }
        }
    }

    @Test("dangerous libraries have one importer each")
    func oneDoor() throws {
        let doors = [
            "CLibCurl": ["AppNetwork", "CloudMessages"], "CLibSodium": ["Signing"], "CLibZstd": ["Archive"],
            "CSQLite": ["Store"],
            "CWebKitGTK": ["WebHost"], "CGTK": ["GTKSignals", "Prompt"], "GRDB": ["CloudDatabase"],
            "FoundationXML": ["WebDAV"], "Hummingbird": ["CloudServer"],
        ]
        for (path, lines) in try Self.sources("Sources", ".swift") {
            for (module, doors) in doors where lines.contains(where: { $0.hasSuffix("import \(module)") }) {
                let isDoor = doors.contains { path.hasPrefix("Sources/\($0)/") }
                #expect(isDoor, "\(path) imports \(module)")
            }
        }
    }

    @Test("the device side knows neither Foundation nor the cloud's packages")
    func deviceImports() throws {
        let cloud = Set(
            ["OAuth", "WebDAV", "ycloud"] + Self.order.filter { $0.hasPrefix("Cloud") && $0 != "CloudModel" })
        for (path, lines) in try Self.sources("Sources", ".swift") {
            let target = String(path.split(separator: "/")[1])
            guard !cloud.contains(target) else { continue }
            let foreign = ["Foundation", "NIO", "Hummingbird", "GRDB", "Logging", "HTTPTypes"] + cloud
            for line in lines
            where line.hasPrefix("import ") || line.contains(" import ") && !line.hasPrefix(" ") {
                let module = line.split(separator: " ").last.map(String.init) ?? ""
                #expect(!foreign.contains { module == $0 || module.hasPrefix("NIO") }, "\(path): \(line)")
            }
        }
    }

    @Test("executables are at most 40 lines")
    func thinExecutables() throws {
        for name in ["ypkg", "ywebhost", "yprompt", "ycloud"] {
            for (path, lines) in try Self.sources("Sources/\(name)", ".swift") {
                #expect(lines.count <= 41, "\(path)")
            }
        }
    }
}

@Suite struct StyleTests {
    @Test("no call that drops an error or ends the process, but for the stated places")
    func bannedCalls() throws {
        for (path, lines) in try LayeringTests.sources("Sources", ".swift") {
            for (number, line) in lines.enumerated() where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for banned in [" try? ", " try! ", " as! ", "fatalError(", "@unchecked Sendable"]
                where line.contains(banned) {
                    let isStated = Self.stated.contains { path.hasSuffix($0.file) && banned == $0.call }
                    #expect(isStated, "\(path):\(number + 1): \(banned)")
                }
            }
        }
    }

    /// Why each is right is said where it stands.
    private static let stated: [(file: String, call: String)] = [
        ("Signing/LockedBytes.swift", "@unchecked Sendable")
    ]

    @Test("functions fit on a screen and files in a head")
    func lengths() throws {
        for (path, lines) in try LayeringTests.sources("Sources", ".swift") {
            // What is generated is read where it comes from.
            let isGenerated = lines.first?.hasPrefix("// Made by `make sdk`") == true
            #expect(lines.count <= 400 || isGenerated, "\(path): \(lines.count) lines")
            for (start, length) in Self.functions(lines) {
                #expect(length <= 60, "\(path):\(start): \(length) lines")
            }
        }
    }

    /// First line and length of each function; the formatter puts the end at the beginning's indentation.
    private static func functions(_ lines: [Substring]) -> [(Int, Int)] {
        var found: [(Int, Int)] = []
        for (start, line) in lines.enumerated() {
            let indent = line.prefix { $0 == " " }
            let words = line.drop { $0 == " " }
            guard words.contains("func ") || words.hasPrefix("init(") || words.contains(" init("),
                line.hasSuffix("{")
            else { continue }
            if let end = lines[(start + 1)...].firstIndex(of: indent + "}") {
                found.append((start + 1, end - start))
            }
        }
        return found
    }

    @Test("every MUST of the specification has a number, and a test cites every number")
    func citedRules() throws {
        var cited = ""
        for (_, lines) in try LayeringTests.sources("Tests", ".swift") {
            cited += lines.joined(separator: "\n")
        }
        var numbers: [String] = []
        for (path, lines) in try LayeringTests.sources("spec", ".md")
        where !path.contains("decisions/") && !path.contains("vectors/") {
            let rule = /\b([A-Z]-\d+)\b/
            for line in lines where line.contains("MUST") && !path.hasSuffix("conventions.md") {
                if let match = line.firstMatch(of: rule) { numbers.append(String(match.1)) }
            }
            for line in lines where line.hasPrefix("- ") {
                if let match = line.prefix(8).firstMatch(of: rule) { numbers.append(String(match.1)) }
            }
        }
        #expect(numbers.count > 40)
        for number in Set(numbers) {
            let isCited = Self.isCited(number, in: cited)
            #expect(isCited, "no test cites \(number)")
        }
    }

    /// Also as part of a range, `K-1 to K-4`.
    private static func isCited(_ number: String, in text: String) -> Bool {
        if text.contains(number + ":") || text.contains(number + ",") || text.contains(number + ")")
            || text.contains(number + "\"") || text.contains(number + " ")
        {
            return true
        }
        return text.matches(of: /([A-Z])-(\d+) to [A-Z]-(\d+)/).contains { match in
            guard let low = Int(match.2), let high = Int(match.3), let own = Int(number.dropFirst(2)) else {
                return false
            }
            return number.hasPrefix(match.1) && (low...high).contains(own)
        }
    }

    @Test("the table of errors lists every code with its exit status")
    func errorTable() throws {
        let (_, lines) = try #require(try LayeringTests.sources("spec", "errors.md").first)
        for code in FailureCode.allCases {
            let row = lines.first { $0.contains("`\(code.rawValue)`") }
            #expect(row?.hasPrefix("| \(code.exitStatus) |") == true, "\(code.rawValue)")
        }
    }

    @Test("all Swift is formatted as .swift-format says")
    func formatted() throws {
        let swift = try #require(
            CurrentProcess.environment["PATH"]?.split(separator: ":").map { "\($0)/swift" }
                .first { (try? AnchoredDirectory.status(ofPath: $0)) != nil })
        let result = try Program(swift).run(
            ["format", "lint", "--strict", "--recursive", "Sources", "Tests", "Package.swift"],
            directory: Checkout.path, environment: CurrentProcess.environment)
        #expect(result.status == 0, "\(result.errors.prefix(2000))")
    }
}
