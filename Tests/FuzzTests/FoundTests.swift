import Archive
import Bundle
import Manifest
import Platform
import Signing
import Support
import Testing
import Trust
import YunCore

/// What was once wrong, by the rule that it broke.
@Suite struct FoundTests {
    private func code(_ body: () throws(Failure) -> Void) -> FailureCode? {
        do throws(Failure) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    private func member(_ name: String, _ contents: [UInt8]) -> [UInt8] {
        Tar.header(of: .file(path: name, sizeBytes: contents.count, permissions: 0o644)) + contents
            + [UInt8](repeating: 0, count: Tar.paddingBytes(after: contents.count))
    }

    private func codeOfPackage(_ bytes: [UInt8]) throws -> FailureCode? {
        let directory = try TemporaryDirectory()
        try directory.write(bytes, to: "found.ypkg")
        return code { () throws(Failure) in
            let package = try UntrustedBundle(path: directory.path("found.ypkg"))
            _ = try package.index()
        }
    }

    @Test("P-1: a member of negative length, whose digits fill the field, is no member")
    func negativeSize() throws {
        for (name, before) in [
            ("manifest.json", []), ("payload.tar.zst", member("manifest.json", []) + member("index", [])),
        ] {
            var header = Tar.header(of: .file(path: name, sizeBytes: 0, permissions: 0o644))
            header.replaceSubrange(124..<135, with: "-7777777777".utf8)
            header.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
            let checksum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
            header.replaceSubrange(148..<155, with: Array("00\(checksum)".utf8.suffix(6)) + [0])
            let bytes = member("ypkg-version", Array("1\n".utf8)) + before + header
            #expect(try codeOfPackage(bytes + [UInt8](repeating: 0, count: 4096)) == .bundleMember)
        }
    }

    @Test("C-6: signatures beyond the limit are refused when they come, not once all are in memory")
    func tooManySignatures() throws {
        var bytes =
            member("ypkg-version", Array("1\n".utf8)) + member("manifest.json", []) + member("index", [])
        for number in 10...19 { bytes += member("index.s\(number).minisig", [0x0A]) }
        #expect(try codeOfPackage(bytes) == .bundleLimit)
    }

    @Test("C-6: an index of nothing but line ends or tabs is refused at its first line")
    func floods() {
        for byte in [0x0A, 0x09] as [UInt8] {
            let bytes = [UInt8](repeating: byte, count: 16 << 20)
            #expect(code { () throws(Failure) in _ = try Index(text: bytes) } == .bundleIndex)
        }
    }

    @Test("P-14: frames of zstd's old formats, which libzstd still reads, are refused")
    func legacyFrames() throws {
        // zstd 0.7: magic, one segment with a size of 256 + 2 bytes, one raw block, the end.
        let contents = [UInt8](repeating: 65, count: 256)
        let frame: [UInt8] = [0x27, 0xB5, 0x2F, 0xFD, 0x60, 0, 0, 0x40, 1, 0] + contents + [0xC0, 0, 0]
        let decompressor = try FrameDecompressor()
        var plain = [UInt8](repeating: 0, count: contents.count)
        let result = unsafe frame.withUnsafeBytes { frame in
            unsafe plain.withUnsafeMutableBytes { plain in
                Result { () throws(Failure) in try unsafe decompressor.decompress(frame, into: plain) }
            }
        }
        #expect(code { () throws(Failure) in try result.get() } == .bundlePayload)
    }

    @Test("P-12: a symlink is followed by bytes, also where a name begins with a combining mark")
    func combiningNames() throws {
        #expect(try PackagePath("d/\u{301}l").resolving(target: "x")?.text == "d/x")
        #expect(try PackagePath("d/\u{301}l").resolving(target: "../x")?.text == "x")
        #expect(try PackagePath("d/l").resolving(target: "../\u{301}x")?.text == "\u{301}x")
        #expect(try PackagePath("a/l").resolving(target: "e/\u{301}/../../../x") == nil)
        #expect(try FilePattern("d/*").matches("d/\u{301}l"))
        #expect(try FilePattern("d/**").mayMatch(below: "d/\u{301}l"))
    }

    @Test("P-11: names collide as full case folding after decomposition says, no more and no less")
    func collisions() throws {
        func key(_ text: String) throws -> String { try PackagePath(text).collisionKey }
        #expect(try key("x\u{345}\u{301}") == key("x\u{301}\u{345}"))
        #expect(try key("\u{1FB3}\u{308}") == key("\u{3B1}\u{308}\u{3B9}"))
        #expect(try key("\u{1FBC}\u{308}") == key("\u{3B1}\u{308}\u{345}"))
        #expect(try key("\u{131}") != key("i"))
        #expect(try key("\u{130}") == key("i\u{307}"))
        #expect(try key("\u{1E9E}\u{17F}\u{3C2}\u{AB70}") == key("SSs\u{3C3}\u{13A0}"))
        #expect(try key("\u{212A}") == key("k"))
    }

    private func mistakes(_ change: (String) -> String) -> [Diagnostic] {
        Manifest.decode(Array(change(AppFixture().manifest).utf8)).diagnostics
    }

    @Test("M-1: numbers that JSON does not know are refused, also where they are ignored")
    func numbers() {
        for number in ["1.", "-.5", "01.5", "-01", "1.e5", "1e", "-", "00", "1.5.5", "--1", "1e+-1", "0x1"] {
            let found = mistakes { "{\"x-a\": \(number), " + $0.dropFirst() }
            #expect(found.count == 1, "\(number)")
        }
        for number in [
            "0", "-0", "1.5", "-0.5e-10", "1E+5", "0e0", "123456789012345678901234567890", "1e999",
        ] {
            let found = mistakes { "{\"x-a\": \(number), " + $0.dropFirst() }
            #expect(found.isEmpty, "\(number): \(found)")
        }
    }

    @Test("M-2: keys and permissions are compared by their characters, not by how they look")
    func lookalikes() {
        let kelvin = "[{\"name\": \"NETWOR\u{212A}.permission.yunos.com\", \"reason\": \"x\"}]"
        var app = AppFixture()
        app.permissions = kelvin
        #expect(Manifest.decode(Array(app.manifest.utf8)).diagnostics.count == 1)
        app.permissions = kelvin.replacing("\u{212A}", with: "K")
        #expect(Manifest.decode(Array(app.manifest.utf8)).diagnostics.isEmpty)
        #expect(mistakes { "{\"x-\u{301}a\": 1, " + $0.dropFirst() }.isEmpty)
        #expect(mistakes { "{\"x-\u{E9}\": 1, \"x-e\u{301}\": 1, " + $0.dropFirst() }.isEmpty)
    }

    @Test("M-3: a message stays short, however long what it quotes is")
    func longValues() {
        let long = String(repeating: "\u{301}", count: 100_000)
        for text in ["\"\(long)\"", "{\"\(long)\": 1}", "[\(String(repeating: "a", count: 100_000))]"] {
            let diagnostics = mistakes { $0.replacing("\"Demo\"", with: text) }
            #expect(!diagnostics.isEmpty)
            #expect(diagnostics.allSatisfy { $0.message.utf8.count <= 4096 && $0.remedy.utf8.count <= 4096 })
        }
        let failure = #expect(throws: Failure.self) { try Domain(long) }
        #expect((failure?.message.utf8.count ?? .max) <= 4096)
    }

    // Tried one way after the other, this would never end.
    @Test("a pattern of many ** is matched in a time that its length bounds")
    func patternTime() throws {
        let pattern = try FilePattern((0..<15).map { _ in "**/a" }.joined(separator: "/") + "/b")
        let path = try PackagePath([String](repeating: "a", count: 32).joined(separator: "/"))
        #expect(!pattern.matches(path.text))
    }

    @Test("K-3: a signature's lines are read by bytes, and its base64 has one spelling")
    func signatureBytes() throws {
        let key = try SecretKey.generate()
        let text = Array("text".utf8)
        let comment = key.sign(text, trustedComment: "\u{301}comment")
        let again = try Signature(fileText: Array(comment.fileText.utf8))
        #expect(again.isValid(for: text, by: key.publicKey))
        #expect(again.trustedComment == "\u{301}comment")
        let lines = key.sign(text, trustedComment: "comment").fileText.split(separator: "\n")
        for foreign in ["\u{2A8}", "\u{E9}", "\u{7FF}"] {
            let last = lines[3].dropFirst(2).dropLast(2) + foreign
            let file = (lines[0..<3] + [foreign + lines[3].dropFirst(2), ""]).joined(separator: "\n")
            #expect(
                code { () throws(Failure) in _ = try Signature(fileText: Array(file.utf8)) }
                    == .signatureMalformed)
            #expect(PublicKey(base64: foreign + key.publicKey.base64.dropFirst(2)) == nil, "\(last)")
        }
    }

    @Test("K-1: the line before a public key is its comment")
    func publicKeyComment() throws {
        let key = try SecretKey.generate().publicKey
        #expect(try PublicKey(fileText: "untrusted comment: x\r\n\(key.base64)\r\n") == key)
        #expect(throws: Failure.self) { try PublicKey(fileText: "another line\n\(key.base64)\n") }
    }
}
