import Bundle
import Installer
import Platform
import Signing
import Support
import Testing
import YunCore

/// What an attacker or a bad link can do to a package without the publisher's key.
@Suite struct HostileTests {
    private let directory: TemporaryDirectory
    private let key: SecretKey
    private let package: [UInt8]

    init() throws {
        directory = try TemporaryDirectory()
        key = try SecretKey.generate()
        var app = AppFixture()
        app.files["data/zeros"] = nil
        package = try directory.read(String(app.pack(in: directory, key: key).dropFirst(directory.path.count + 1)))
    }

    private func failure(of bytes: [UInt8]) throws -> Failure? {
        try directory.write(bytes, to: "hostile.ypkg")
        do throws(Failure) {
            _ = try VerifiedBundle.verify(directory.path("hostile.ypkg"), by: key.publicKey)
            return nil
        } catch {
            return error
        }
    }

    /// minisign's signatures begin with a line that they do not cover and that nothing reads.
    private var untrustedComment: Range<Int> {
        get throws {
            let prefix = Array("untrusted comment: ".utf8)
            let starts = package.indices.filter { package[$0...].starts(with: prefix) }
            let start = try #require(starts.first) + prefix.count
            return start..<(try #require(package[start...].firstIndex(of: UInt8(ascii: "\n"))))
        }
    }

    @Test("P-16: every single changed byte is noticed")
    func flips() throws {
        #expect(try failure(of: package) == nil)
        let ignored = try untrustedComment
        for place in package.indices where !ignored.contains(place) {
            var bytes = package
            bytes[place] ^= UInt8(1 << (place % 8))
            #expect(try failure(of: bytes) != nil, "byte \(place)")
        }
    }

    @Test("P-16: every shorter file is noticed")
    func truncations() throws {
        for length in stride(from: 0, to: package.count, by: 97) {
            let failure = try failure(of: Array(package.prefix(length)))
            #expect([.bundleTruncated, .bundleFormat].contains(failure?.code), "\(length) bytes")
        }
    }

    @Test("P-3, P-4: bytes behind the package are noticed", arguments: [1, 512, 10_240])
    func trailing(_ count: Int) throws {
        #expect(try failure(of: package + [UInt8](repeating: 0, count: count))?.code == .bundleTrailing)
        #expect(try failure(of: package + [UInt8](repeating: 65, count: count))?.code == .bundleTrailing)
    }

    @Test("P-4: bytes before the package are noticed")
    func leading() throws {
        #expect(try failure(of: [UInt8](repeating: 0, count: 512) + package)?.code == .bundleFormat)
        #expect(try failure(of: [65] + package)?.code == .bundleFormat)
    }

    @Test("other files are told apart and named", arguments: [
        ("PK\u{3}\u{4}", "zip"), ("!<arch>\ndebian-binary", "Debian"), ("#!/bin/sh\n", "script"), ("{}", "JSON"),
    ])
    func otherFormats(_ beginning: String, _ word: String) throws {
        let failure = try failure(of: Array(beginning.utf8) + [UInt8](repeating: 32, count: 2000))
        #expect(failure?.code == .bundleFormat)
        #expect(failure?.message.contains(word) == true)
    }

    @Test("a directory, a device that never ends, an empty and a missing file are refused")
    func otherInputs() throws {
        for (path, code) in [
            (directory.path, FailureCode.bundleFormat), ("/dev/zero", .bundleFormat), ("/dev/null", .bundleFormat),
            (directory.path("nothing"), .inputUnreadable),
        ] {
            #expect {
                try UntrustedBundle(path: path)
            } throws: { ($0 as? Failure)?.code == code }
        }
    }

    @Test("K-7: unsigned, foreign and unknown signatures are told apart")
    func signatures() throws {
        let app = AppFixture()
        let other = try SecretKey.generate()
        let unsigned = try app.pack(in: directory, as: "unsigned", key: nil)
        #expect(throws: Failure.self) { try VerifiedBundle.verify(unsigned, by: key.publicKey) }
        let foreign = try app.pack(in: directory, as: "foreign", key: other)
        #expect {
            try VerifiedBundle.verify(foreign, by: key.publicKey)
        } throws: { ($0 as? Failure)?.code == .signerUnknown }
    }
}
