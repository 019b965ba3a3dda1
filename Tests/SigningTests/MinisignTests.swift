import Platform
import Signing
import Support
import Testing
import YunCore

@Suite struct MinisignTests {
    private let text = Array("ypkg-index 1\nwhatever\n".utf8)

    private func bytes(_ secret: LockedBytes) -> [UInt8] { unsafe secret.withBytes { unsafe Array($0) } }

    private func passphrase(_ text: String) throws -> LockedBytes {
        var bytes = Array(text.utf8)
        return try LockedBytes(wiping: &bytes)
    }

    @Test("K-5: a secret lies in memory that is neither swapped out nor written to a core file")
    func lockedMemory() throws {
        var bytes = Array("a secret".utf8)
        let secret = try LockedBytes(wiping: &bytes)
        let address = unsafe secret.withBytes { UInt(bitPattern: $0.baseAddress) }
        let maps = try OwnedDescriptor.open("/proc/self/smaps", .read)
            .readToEnd(limit: 64 << 20, describedAs: "smaps")
        var isSecrets = false
        let flags = String(decoding: maps, as: UTF8.self).split(separator: "\n").first { line in
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            if ends.count == 2 { isSecrets = (ends[0]..<ends[1]).contains(address) }
            return isSecrets && line.hasPrefix("VmFlags:")
        }
        #expect(flags?.contains(" lo ") == true && flags?.contains(" dd ") == true, "\(flags ?? "not found")")
    }

    @Test("K-1, K-3, K-4: minisign accepts our signatures, and refuses them for another text")
    func oursByTheirs() throws {
        let directory = try TemporaryDirectory()
        let key = try SecretKey.generate()
        try directory.write(text, to: "text")
        try directory.write(key.publicKey.fileText.utf8, to: "key.pub")
        try directory.write(key.sign(text, trustedComment: "a comment").fileText.utf8, to: "text.minisig")
        let good = try Program("minisign").run("-Vm", directory.path("text"), "-p", directory.path("key.pub"))
        #expect(good.status == 0)
        #expect(good.output.contains("Trusted comment: a comment"))
        try directory.write(text + [0], to: "text")
        #expect(
            try Program("minisign").run("-Vm", directory.path("text"), "-p", directory.path("key.pub")).status
                == 1)
    }

    @Test("K-1 to K-4: we accept minisign's keys and signatures")
    func theirsByOurs() throws {
        let directory = try TemporaryDirectory()
        let (pub, sec) = (directory.path("key.pub"), directory.path("key.key"))
        try directory.write(text, to: "text")
        #expect(try Program("minisign").run("-G", "-W", "-p", pub, "-s", sec).status == 0)
        #expect(
            try Program("minisign").run("-Sm", directory.path("text"), "-s", sec, "-t", "theirs").status == 0)
        let publicKey = try PublicKey(fileText: String(decoding: directory.read("key.pub"), as: UTF8.self))
        let signature = try Signature(fileText: directory.read("text.minisig"))
        #expect(signature.isValid(for: text, by: publicKey))
        #expect(signature.trustedComment == "theirs")
        #expect(!signature.isValid(for: text + [1], by: publicKey))
        let secretKey = try SecretKey(
            fileText: String(decoding: directory.read("key.key"), as: UTF8.self), passphrase: nil)
        #expect(secretKey.publicKey == publicKey)
    }

    @Test("K-3: minisign's signatures over the text itself are refused")
    func legacySignature() throws {
        let directory = try TemporaryDirectory()
        let (pub, sec) = (directory.path("key.pub"), directory.path("key.key"))
        try directory.write(text, to: "text")
        #expect(try Program("minisign").run("-G", "-W", "-p", pub, "-s", sec).status == 0)
        #expect(try Program("minisign").run("-Slm", directory.path("text"), "-s", sec).status == 0)
        #expect(throws: Failure.self) { try Signature(fileText: directory.read("text.minisig")) }
    }

    @Test("K-2, K-5: an encrypted key opens with its passphrase only, here and with minisign")
    func encryptedKey() throws {
        let directory = try TemporaryDirectory()
        let key = try SecretKey.generate()
        let file = bytes(try key.fileText(passphrase: passphrase("correct horse")))
        let fileText = String(decoding: file, as: UTF8.self)
        #expect(try SecretKey.isEncrypted(fileText: fileText))
        #expect(
            try SecretKey(fileText: fileText, passphrase: passphrase("correct horse")).publicKey
                == key.publicKey)
        #expect {
            try SecretKey(fileText: fileText, passphrase: passphrase("wrong horse"))
        } throws: { ($0 as? Failure)?.code == .passphraseWrong }
        #expect(throws: Failure.self) { try SecretKey(fileText: fileText, passphrase: nil) }
        try directory.write(file, to: "key.key")
        try directory.write(text, to: "text")
        let sign = try Program("minisign").run(
            ["-Sm", directory.path("text"), "-s", directory.path("key.key")],
            input: Array("correct horse\n".utf8))
        #expect(sign.status == 0, "\(sign.errors)")
        #expect(try Signature(fileText: directory.read("text.minisig")).isValid(for: text, by: key.publicKey))
    }

    @Test(
        "K-2: a key file that is damaged or greedy is refused",
        arguments: ["", "x", "untrusted comment: a\nAAAA\n"])
    func badKeyFile(_ text: String) {
        #expect(throws: Failure.self) { try SecretKey(fileText: text, passphrase: nil) }
        #expect(throws: Failure.self) { try PublicKey(fileText: text) }
    }

    @Test("K-2: one changed character of a key file is noticed")
    func damagedKeyFile() throws {
        let file = bytes(try SecretKey.generate().fileText(passphrase: nil))
        let start = try #require(file.firstIndex(of: UInt8(ascii: "\n"))) + 80
        for place in stride(from: start, to: file.count - 3, by: 11) {
            var damaged = file
            damaged[place] = damaged[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: Failure.self) {
                try SecretKey(fileText: String(decoding: damaged, as: UTF8.self), passphrase: nil)
            }
        }
    }

    @Test("K-4: a changed trusted comment, a foreign key and every flipped character are noticed")
    func tampering() throws {
        let key = try SecretKey.generate()
        let other = try SecretKey.generate()
        let file = Array(key.sign(text, trustedComment: "genuine").fileText.utf8)
        #expect(try Signature(fileText: file).isValid(for: text, by: key.publicKey))
        #expect(try !Signature(fileText: file).isValid(for: text, by: other.publicKey))
        let firstLine = try #require(file.firstIndex(of: UInt8(ascii: "\n")))
        for place in firstLine..<file.count {
            var damaged = file
            damaged[place] ^= 1
            #expect(!isAccepted(damaged, key.publicKey), "byte \(place)")
        }
    }

    private func isAccepted(_ file: [UInt8], _ key: PublicKey) -> Bool {
        do throws(Failure) {
            return try Signature(fileText: file).isValid(for: text, by: key)
        } catch {
            return false
        }
    }

    @Test("K-5: a secret shows nothing of itself")
    func nothingPrinted() throws {
        let secret = try passphrase("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret)" == "(secret)")
        #expect(!dumped.contains("hunter2") && !dumped.contains("104"))
    }

    @Test("a trusted comment stays on its line")
    func commentInjection() throws {
        let signature = try SecretKey.generate().sign(text, trustedComment: "a\nuntrusted comment: b")
        #expect(signature.fileText.split(separator: "\n").count == 4)
    }

    @Test("SHA-256 is sha256sum's")
    func digest() throws {
        let sum = try Program("sha256sum").run([], input: text).output.prefix(64)
        #expect(Digest(of: text).description == sum)
    }
}
