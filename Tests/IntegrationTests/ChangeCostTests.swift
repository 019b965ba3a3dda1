import Platform
import Support
import Testing
import YunCore

/// What changes ask of the kernel, as strace sees it.
@Suite struct ChangeCostTests {
    private let ypkg: Tool

    init() throws {
        ypkg = try Tool()
        try ypkg.trustKey()
    }

    private func pack(_ name: String, versionCode: Int = 1, icon: String = "<svg/>") throws -> String {
        var app = AppFixture()
        app.domain = "\(name).example.com"
        app.versionCode = versionCode
        app.icon = "icon.svg"
        app.files["icon.svg"] = Array(icon.utf8)
        let package = try app.pack(in: ypkg.directory, as: "\(name)\(versionCode)", key: nil)
        #expect(try ypkg("sign", package, "--key", "me.key").status == 0)
        return package
    }

    /// Calls of these names, with the paths of their descriptors.
    private func calls(_ names: String, of command: String...) throws -> [String] {
        let options = ["-f", "-qq", "-y", "-o", ypkg.directory.path("calls"), "-e", "trace=\(names)"]
        let result = try Program("strace").run(
            options + [try Checkout.programs + "/ypkg"] + command,
            environment: ["YPKG_ROOT": ypkg.directory.path("root"), "HOME": ypkg.directory.path])
        #expect(result.status == 0, "\(result.errors)")
        return String(decoding: try ypkg.directory.read("calls"), as: UTF8.self).split(separator: "\n")
            .map { String($0.drop { $0 != " " }.drop { $0 == " " }) }
    }

    /// What of the following happens, in short: an exported file is Written, everything Synchronized, the registry
    /// Committed, a file Renamed into its place.
    private func order(_ command: String...) throws -> String {
        let calls = try calls(
            "write,syncfs,fsync,fdatasync,renameat,renameat2", of: command[0], command[1])
        return calls.compactMap { call in
            if call.hasPrefix("write("), call.contains("staging/ypkg.") { return "W" }
            if call.hasPrefix("syncfs(") { return "S" }
            if call.contains("sync("), call.contains("state.db-wal") { return "C" }
            return call.hasPrefix("rename") && call.contains("exports/") ? "R" : nil
        }.joined()
    }

    @Test("T-18: entry and icon are durable by the change's own sync before they get into their places")
    func order() throws {
        #expect(try order("install", pack("app")) == "WWSCRR")
        #expect(try order("install", pack("app", versionCode: 2)) == "WSCR")
        #expect(try order("install", pack("app", versionCode: 3, icon: "<svg></svg>")) == "WWSCRR")
        // The intent is committed first, then the exchange is made durable with them.
        #expect(try order("rollback", "app") == "WWCSCRR")
        // The data is gone for good before that is forgotten.
        #expect(try order("remove", "app") == "CSC")
    }

    @Test("T-21: an install, an update and a removal ask no more of the kernel where there are more apps")
    func growth() throws {
        /// By name, but for reads of the registry, whose log is longer.
        func costs(_ command: String...) throws -> [String: Int] {
            let names = try calls("%file,getdents64,mkdirat,unlinkat", of: command[0], command[1])
                .map { call in String(call.prefix { $0 != "(" }) }
            return Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        }
        var measured: [[[String: Int]]] = []
        for number in 0..<6 {
            let name = "app\(number)"
            let (first, second) = try (pack(name), pack(name, versionCode: 2))
            // The first change ever looks at everything.
            if [1, 5].contains(number) {
                measured.append(
                    try [costs("install", first), costs("install", second), costs("remove", name)])
            }
            #expect(try ypkg("install", first).status == 0)
        }
        #expect(measured[0] == measured[1])
        #expect(measured[0].allSatisfy { $0["openat2"] ?? 0 > 5 })
    }
}
