import Bundle
import FoundationEssentials
import Installer
import Manifest
import Platform
import Signing
import Support
import Testing
import Trust
import YunCore

/// The files of `spec/vectors`, which a second implementation made from the specification alone.
private enum Vectors {
    static func bytes(_ name: String) throws -> [UInt8] {
        let path = "\(Checkout.path)/spec/vectors/\(name)"
        return try OwnedDescriptor.open(path, .read).readToEnd(limit: 64 << 20, describedAs: name)
    }

    static func expectations<T: Decodable>(_ type: T.Type, _ folder: String) throws -> [T] {
        try JSONDecoder().decode([T].self, from: Data(bytes("\(folder)/expect.json")))
    }

    static func key(_ name: String) throws -> PublicKey {
        try PublicKey(fileText: String(decoding: bytes("keys/\(name).pub"), as: UTF8.self))
    }
}

private struct BundleVector: Decodable {
    struct Trusted: Decodable {
        let key: String
        let `class`: String
    }

    let file: String
    let rule: String
    let why: String
    let result: String
    let exit: Int32
    let anchors: [Trusted]
    let today: String?
}

private struct TextVector: Decodable {
    let kind: String
    let text: String?
    let base64: String?
    let rule: String
    let why: String
    let result: String
}

private struct ManifestVector: Decodable {
    struct Place: Decodable, Equatable {
        let line: Int
        let column: Int
    }

    let file: String
    let rule: String
    let why: String
    let diagnostics: [Place]
}

private struct TreeFile: Decodable {
    let path: String
    let mode: String
}

private struct SignatureVector: Decodable {
    let text: String
    let signature: String
    let key: String
    let why: String
    let result: String
}

private struct KeyVector: Decodable {
    let file: String
    let why: String
    let result: String
    let passphrase: String?
}

@Suite struct VectorTests {
    /// The code of what `body` throws, or "ok".
    private func result(_ body: () throws(Failure) -> Void) -> String {
        do throws(Failure) {
            try body()
            return "ok"
        } catch {
            return error.code.rawValue
        }
    }

    @Test("every package vector ends as its expectation says, and leaves nothing (P-1 to P-17, K-6 to K-10)")
    func bundles() throws {
        let vectors = try Vectors.expectations(BundleVector.self, "bundles")
        #expect(vectors.count > 100)
        for vector in vectors {
            let anchors = try vector.anchors.map { anchor in
                Anchor(
                    key: try Vectors.key(anchor.key),
                    signingClass: try #require(SigningClass(rawValue: anchor.class)))
            }
            let today =
                vector.today.flatMap { CalendarDay($0) } ?? CalendarDay(secondsSince1970: 1_795_000_000)
            let policy = TrustPolicy(anchors: anchors, today: today)
            let result = result { () throws(Failure) in
                let path = "\(Checkout.path)/spec/vectors/bundles/\(vector.file)"
                let package = try VerifiedBundle(UntrustedBundle(path: path), policy: policy)
                try package.verifyPayload(threads: 2, spoolDirectory: "/tmp") { _ in }
            }
            #expect(result == vector.result, "\(vector.file) (\(vector.rule)): \(vector.why)")
            let exit = FailureCode(rawValue: result)?.exitStatus ?? 0
            #expect(exit == vector.exit, "\(vector.file)")
        }
    }

    @Test("every text of an index or statement is read or refused as its expectation says")
    func texts() throws {
        let vectors = try Vectors.expectations(TextVector.self, "texts")
        #expect(vectors.count > 100)
        for vector in vectors {
            let encoded = vector.base64.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
            let bytes = try #require(vector.text.map { Array($0.utf8) } ?? encoded)
            let result = result { () throws(Failure) in
                switch vector.kind {
                case "index": _ = try Index(text: bytes)
                case "profile": _ = try Profile(text: bytes)
                case "revocation": _ = try Revocation(text: bytes)
                default: _ = try Lineage(text: bytes)
                }
            }
            #expect(result == vector.result, "\(vector.kind) (\(vector.rule)): \(vector.why)")
        }
    }

    @Test("the manifest's schema accepts and refuses what the vectors say")
    func manifestSchema() throws {
        let result = try Program("python3").run("\(Checkout.path)/spec/vectors/check_schema.py")
        #expect(
            result.status == 0 && result.output.hasSuffix(" passed, 0 failed\n"),
            "\(result.output)\(result.errors)")
    }

    @Test("every manifest vector has exactly its mistakes, each in its place (M-1 to M-8)")
    func manifests() throws {
        let vectors = try Vectors.expectations(ManifestVector.self, "manifests")
        #expect(vectors.count > 100)
        let directory = try TemporaryDirectory()
        let tree = try JSONDecoder().decode([TreeFile].self, from: Data(Vectors.bytes("manifests/tree.json")))
        for file in tree {
            try directory.write(
                [1], to: "app/" + file.path, permissions: try #require(UInt32(file.mode, radix: 8)))
        }
        for vector in vectors {
            let bytes = try Vectors.bytes("manifests/\(vector.file)")
            var (manifest, diagnostics) = Manifest.decode(bytes)
            if let manifest {
                diagnostics = try BundleWriter.diagnostics(of: manifest, source: directory.path("app"))
            }
            let places = diagnostics.map {
                ManifestVector.Place(line: $0.position.line, column: $0.position.column)
            }
            #expect(
                places == vector.diagnostics,
                "\(vector.file) (\(vector.rule)): \(vector.why) \(diagnostics.map { $0.text(file: "") })")
        }
    }

    @Test("every signature vector is accepted or refused as its expectation says (K-3, K-4)")
    func signatures() throws {
        for vector in try Vectors.expectations(SignatureVector.self, "signatures") {
            let text = try Vectors.bytes("signatures/\(vector.text)")
            let file = try Vectors.bytes("signatures/\(vector.signature)")
            let key = try Vectors.key(vector.key)
            let result = result { () throws(Failure) in
                let signature = try Signature(fileText: file)
                guard signature.keyID == key.id else { throw Failure(.signerUnknown, "") }
                guard signature.isValid(for: text, by: key) else { throw Failure(.signatureWrong, "") }
            }
            #expect(result == vector.result, "\(vector.signature): \(vector.why)")
        }
    }

    @Test("every key file is opened or refused as its expectation says (K-1, K-2)")
    func keys() throws {
        for vector in try Vectors.expectations(KeyVector.self, "keys") {
            let text = String(decoding: try Vectors.bytes("keys/\(vector.file)"), as: UTF8.self)
            var passphrase = Array((vector.passphrase ?? "").utf8)
            let secret = vector.passphrase == nil ? nil : try LockedBytes(wiping: &passphrase)
            let result = result { () throws(Failure) in
                if vector.file.hasSuffix(".pub") {
                    _ = try PublicKey(fileText: text)
                } else {
                    _ = try SecretKey(fileText: text, passphrase: secret)
                }
            }
            #expect(result == vector.result, "\(vector.file): \(vector.why)")
        }
    }
}
