internal import Signing
internal import Trust
internal import YunCore

/// `*.minisig` files.
enum SignatureSurface {
    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let signature = try attempt([.signatureMalformed]) { () throws(Failure) in
            try Signature(fileText: bytes)
        }
        try require((signature != nil) == isWellFormed(bytes), "the specification says otherwise")
        guard let signature else { return false }
        let again = try attempt([]) { () throws(Failure) in
            try Signature(fileText: Array(signature.fileText.utf8))
        }
        try require(again == signature, "written again, the signature is another")
        let comment = bytes.pieces("\n")[2].dropFirst("trusted comment: ".utf8.count)
        try require(signature.trustedComment.utf8.elementsEqual(comment), "the trusted comment was changed")
        if let key = PublicKey(
            base64: Base64.encoded(Array("Ed".utf8) + signature.keyID.bytes + bytes.prefix(32)))
        {
            try require(!signature.isValid(for: bytes, by: key), "a signature fits a made-up key")
        }
        return true
    }

    /// K-3, by bytes.
    private static func isWellFormed(_ bytes: [UInt8]) -> Bool {
        let lines = bytes.pieces("\n")
        guard String(validating: bytes, as: UTF8.self) != nil, lines.count == 5, lines[4].isEmpty,
            !lines.contains(where: { $0.last == UInt8(ascii: "\r") }),
            lines[0].starts(with: "untrusted comment: ".utf8),
            lines[2].starts(with: "trusted comment: ".utf8),
            let first = Base64.decoded(lines[1]), let second = Base64.decoded(lines[3])
        else { return false }
        return first.count == 74 && first.starts(with: "ED".utf8) && second.count == 64
    }
}

/// `.pub` and `.key` files. Passphrases are left alone: opening with one takes a second by design.
enum KeySurface {
    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let isPublic = try runPublic(bytes)
        let isSecret = try runSecret(bytes.text)
        try require(!(isPublic && isSecret), "a file is a public and a secret key")
        return isPublic || isSecret
    }

    private static func runPublic(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let key = try attempt([.keyMalformed]) { () throws(Failure) in try PublicKey(fileText: bytes.text) }
        guard let key else { return false }
        let lines = bytes.text.split(whereSeparator: \.isNewline)
        try require(lines.last.map { $0.utf8.elementsEqual(key.base64.utf8) } == true, "the key is another")
        try require(
            lines.count == 1 || lines.count == 2 && lines[0].utf8.starts(with: "untrusted comment:".utf8),
            "a key file has something beside its comment and key")
        let again = try attempt([]) { () throws(Failure) in try PublicKey(fileText: key.fileText) }
        try require(again == key, "written again, the key is another")
        try require(KeyID(key.id.description) == key.id, "read again, the id is another")
        return true
    }

    private static func runSecret(_ text: String) throws(Violation) -> Bool {
        let isEncrypted = try attempt([.keyMalformed]) { () throws(Failure) in
            try SecretKey.isEncrypted(fileText: text)
        }
        let key = try attempt([.keyMalformed, .passphraseWrong]) { () throws(Failure) in
            try SecretKey(fileText: text, passphrase: nil)
        }
        guard let key else { return isEncrypted == true }
        try require(isEncrypted == false, "an encrypted key was opened without its passphrase")
        let message = Array("message".utf8)
        let signature = key.sign(message, trustedComment: "comment")
        try require(signature.isValid(for: message, by: key.publicKey), "the key's own signature is wrong")
        let again = try attempt([]) { () throws(Failure) in
            let file = unsafe try key.fileText(passphrase: nil).withBytes { unsafe Array($0) }
            return try SecretKey(fileText: file.text, passphrase: nil)
        }
        try require(again?.publicKey == key.publicKey, "written again, the secret key is another")
        return true
    }
}

/// `profile`, `lineage` and revocations.
enum StatementSurface {
    static func runProfile(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let profile = try attempt([.statementMalformed]) { () throws(Failure) in try Profile(text: bytes) }
        guard let profile else { return false }
        try require(profile.text == bytes, "written again, the profile is another")
        try require(bytes.count <= Limits.statementBytesMax, "the profile is too long")
        try require(bytes.starts(with: "ypkg-profile 1\nkey\t".utf8), "a profile begins otherwise")
        for pattern in profile.domains {
            let name = pattern.utf8.starts(with: "*.".utf8) ? String(pattern.dropFirst(2)) : pattern
            try require(Domain.isName(name), "a profile has a domain that is none")
        }
        let lines = bytes.pieces("\n").count
        try require(lines == profile.domains.count + profile.permissions.count + 4, "lines were left out")
        return true
    }

    static func runRevocation(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let revocation = try attempt([.statementMalformed]) { () throws(Failure) in
            try Revocation(text: bytes)
        }
        guard let revocation else { return false }
        try require(revocation.text == bytes, "written again, the revocation is another")
        try require(bytes.count <= Limits.statementBytesMax, "the revocation is too long")
        try require(bytes.starts(with: "ypkg-revocation 1\nnumber\t".utf8), "a revocation begins otherwise")
        try require((1...Int(Int32.max)).contains(revocation.number), "the number is \(revocation.number)")
        let lines = bytes.pieces("\n").count
        try require(lines == revocation.keys.count + revocation.indexes.count + 3, "lines were left out")
        return true
    }

    static func runLineage(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let lineage = try attempt([.statementMalformed, .signatureMalformed, .signatureWrong]) {
            () throws(Failure) in try Lineage(text: bytes)
        }
        guard let lineage else { return false }
        try require(lineage.text == bytes, "written again, the lineage is another")
        try require(bytes.count <= Limits.statementBytesMax, "the lineage is too long")
        try require((2...17).contains(lineage.keys.count), "a lineage has \(lineage.keys.count) keys")
        try require(bytes.pieces("\n").count == lineage.keys.count + 2, "lines were left out")
        let links = zip(zip(lineage.keys, lineage.keys.dropFirst()), bytes.pieces("\n").dropFirst(2))
        for ((old, new), line) in links {
            let statement = "ypkg-lineage 1\nkey\t\(old.base64)\nsuccessor\t\(new.base64)\n"
            let file = [UInt8](hexadecimal: line.pieces("\t")[2].text) ?? []
            let signature = try attempt([]) { () throws(Failure) in try Signature(fileText: file) }
            try require(
                signature?.isValid(for: Array(statement.utf8), by: old) == true,
                "a key did not sign its successor")
        }
        return true
    }
}

/// RFC 4648 with padding and exactly one spelling, apart from libsodium's.
enum Base64 {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
            for place in 0..<4 {
                let digit = digits[bits >> (18 - 6 * place) & 63]
                text.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return text.text
    }

    static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits = 0, count = 0
        for digit in text.prefix(while: { $0 != UInt8(ascii: "=") }) {
            guard let value = digits.firstIndex(of: digit) else { return nil }
            bits = (bits << 6 | value) & 0xFFFF
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> count))
        }
        return encoded(bytes).utf8.elementsEqual(text) ? bytes : nil
    }
}
