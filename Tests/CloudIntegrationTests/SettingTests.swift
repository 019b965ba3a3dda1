import Glibc
import Platform
import Support
import Testing
import YunCore

@Suite struct SettingTests {
    private let directory: TemporaryDirectory
    private let ycloud: Program

    init() throws {
        directory = try TemporaryDirectory()
        ycloud = try CloudProcess.program()
    }

    @Test(
        "Y-60: a file of settings is taken as it is written, or refused with the line",
        arguments: [
            ("listne = 127.0.0.1:0", "line 1: there is no setting listne"),
            ("# a comment\n\nlisten", "line 3: not a setting"),
            ("listen = 127.0.0.1:0\nlisten = 127.0.0.1:1", "line 2: listen is set twice"),
            ("LISTEN = 127.0.0.1:0", "line 1: there is no setting LISTEN"),
            ("= 1", "line 1: there is no setting"), ("listen = nowhere", "line 1 cannot be nowhere"),
            ("self-signed = maybe", "line 1 cannot be maybe"), ("connections = 0", "line 1 cannot be 0"),
            ("\nhead-seconds = -1", "line 2 cannot be -1"), ("log-level = loud", "line 1 cannot be loud"),
            ("metrics = some", "line 1 cannot be some"),
        ])
    func strict(text: String, message: String) throws {
        try directory.write(Array((text + "\n").utf8), to: "settings")
        let result = try ycloud.run(
            "serve", "--data", directory.path("data"), "--config", directory.path("settings"))
        #expect(result.status == 64)
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(try AnchoredDirectory.status(ofPath: directory.path("data")) == nil)
    }

    @Test("Y-60: a flag goes before the environment, and that before the file")
    func order() throws {
        try directory.write(
            Array("listen = in-the-file\nmetrics = in-the-file\nlog-level = in-the-file\n".utf8),
            to: "settings")
        func refusal(_ arguments: [String], _ environment: [String: String]) throws -> String {
            var environment = environment
            environment["YCLOUD_CONFIG"] = directory.path("settings")
            return try ycloud.run(
                ["serve", "--data", directory.path("data")] + arguments, environment: environment
            ).errors
        }
        #expect(try refusal(["--log-level", "info"], [:]).contains("settings, line 1 cannot be in-the-file"))
        let fromEnvironment = try refusal(["--log-level", "info"], ["YCLOUD_LISTEN": "in-the-environment"])
        #expect(fromEnvironment.contains("YCLOUD_LISTEN cannot be in-the-environment"))
        let fromFlag = try refusal(
            ["--log-level", "info", "--listen", "in-a-flag"], ["YCLOUD_LISTEN": "in-the-environment"])
        #expect(fromFlag.contains("--listen cannot be in-a-flag"))
        #expect(try ycloud.run("serve", "--config", directory.path("missing")).status == 66)
    }

    @Test(
        "Y-60: every setting of the specification is a flag of the help, with what it is where nothing is said"
    )
    func help() throws {
        let spec = String(
            decoding: try OwnedDescriptor.open("\(Checkout.path)/spec/cloud.md", .read)
                .readToEnd(limit: 1 << 20, describedAs: "spec"), as: UTF8.self)
        let documented = spec.matches(of: /\| `([a-z-]+) = ([^`]*)` \|/).map { (String($0.1), String($0.2)) }
        #expect(documented.count > 10)
        let result = try ycloud.run("serve", "--help").output
        let help = result.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for (name, standard) in documented {
            #expect(help.contains("--\(name) "), "\(name)")
            if !standard.isEmpty { #expect(help.contains("Else \(standard)."), "\(name) \(standard)") }
        }
        let flags = Set(help.matches(of: /--([a-z-]+)/).map { String($0.1) })
            .subtracting(["config", "help", "version"])
        #expect(flags == Set(documented.map(\.0)))
    }

    @Test(
        "Y-61: passwords do not cross the network in the clear",
        arguments: ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0"])
    func plain(listen: String) throws {
        let result = try ycloud.run("serve", "--data", directory.path("data"), "--listen", listen)
        #expect(result.status == 64)
        #expect(result.errors.contains("in the clear"))
        #expect(try AnchoredDirectory.status(ofPath: directory.path("data")) == nil)
    }

    @Test("Y-61: a proxy in front may do TLS")
    func proxied() throws {
        let cloud = try CloudProcess(["--listen", "0.0.0.0:0", "--plain-http"])
        #expect(try cloud.status("PUT", "/f", input: [1]) == 201)
    }

    @Test("Y-62: a certificate of its own is made once, and its fingerprint is printed")
    func selfSigned() throws {
        var fingerprints: Set<String> = []
        for _ in 0..<2 {
            let output = try Pipe()
            let process = try ChildProcess(
                [
                    try Checkout.programs + "/ycloud", "serve", "--data", directory.path("data"), "--listen",
                    "127.0.0.1:0", "--self-signed",
                ], descriptors: [-1, output.writing.number, 2])
            let reader = output.closingWritingEnd()
            var text = ""
            while text.count(where: { $0 == "\n" }) < 2 {
                text += String(decoding: try reader.readSome(upTo: 4096), as: UTF8.self)
            }
            let lines = text.split(separator: "\n").map(String.init)
            #expect(lines[0].hasPrefix("https://127.0.0.1:"))
            let pem = directory.path("data/tls/self-signed.pem")
            let seen = try Program("openssl").run("x509", "-in", pem, "-noout", "-fingerprint", "-sha256")
                .output
            let fingerprint = seen.split(separator: "=").last?.filter { $0 != "\n" } ?? ""
            #expect(lines[1] == "certificate SHA-256 \(fingerprint)")
            fingerprints.insert(lines[1])
            let curl = try Program("curl").run("-sSi", "--cacert", pem, lines[0] + "/healthz")
            #expect(curl.output.contains("200 OK"), "\(curl.errors)")
            #expect(curl.output.lowercased().contains("strict-transport-security: max-age="))
            #expect(try Program("curl").run("-sS", lines[0] + "/healthz").status == 60)
            #expect(
                try Program("curl").run("-sS", "-k", "--tls-max", "1.1", lines[0] + "/healthz").status == 35)
            try process.signal(SIGTERM)
            #expect(try process.wait() == 0)
        }
        #expect(fingerprints.count == 1)
        let found = try Program("find").run(directory.path("data"), "-perm", "/077")
        #expect(found.output == "")
    }

    @Test("Y-62: a given certificate is shown; one that does not fit its key is refused")
    func given() throws {
        let certificates = try Certificates()
        let good = certificates.certificate(.good)
        let output = try Pipe()
        let process = try ChildProcess(
            [
                try Checkout.programs + "/ycloud", "serve", "--data", directory.path("data"), "--listen",
                "localhost:0", "--certificate", good, "--key", certificates.key,
            ], descriptors: [-1, output.writing.number, 2])
        let reader = output.closingWritingEnd()
        var text = ""
        while !text.contains("\n") {
            text += String(decoding: try reader.readSome(upTo: 4096), as: UTF8.self)
        }
        let port = text.prefix { $0 != "\n" }.split(separator: ":").last ?? ""
        let curl = try Program("curl").run(
            "-sS", "--cacert", certificates.authority, "--connect-to", "a.test:\(port):localhost:\(port)",
            "https://a.test:\(port)/healthz")
        #expect(curl.output == "ok\n", "\(curl.errors)")
        try process.signal(SIGKILL)
        _ = try process.wait()
        try directory.write(Array("nothing".utf8), to: "nothing.pem")
        _ = try Program("openssl").run("genrsa", "-out", directory.path("other.key"), "2048")
        for (certificate, key) in [
            (good, directory.path("other.key")), (good, directory.path("missing")),
            (directory.path("missing"), certificates.key), (directory.path("nothing.pem"), certificates.key),
        ] {
            let result = try ycloud.run(
                "serve", "--data", directory.path("data"), "--certificate", certificate, "--key", key)
            #expect(result.status == 65, "\(certificate) \(key)")
            #expect(result.errors.contains("cannot serve with the certificate"), "\(result.errors)")
        }
        for arguments in [
            ["--certificate", good], ["--key", good],
            ["--self-signed", "--certificate", good, "--key", good],
        ] {
            let result = try ycloud.run(["serve", "--data", directory.path("data")] + arguments)
            #expect(result.status == 64, "\(arguments)")
        }
    }
}
