internal import CloudModel
internal import Crypto
internal import Foundation
internal import Signing
internal import YunCore

/// Something that only whoever was given it knows; its digest is kept.
struct Secret {
    let text: String

    init() { text = RandomBytes.take(32).hexadecimal }

    var digest: [UInt8] { Self.digest(text) }

    static func digest(_ text: String) -> [UInt8] { YunCore.Digest(of: Array(text.utf8)).bytes }
}

/// Six digits of a message.
enum MessageCode {
    static func random() -> String {
        let number = RandomBytes.take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 1_000_000
        return String(String(number + 1_000_000).dropFirst())
    }

    /// Bound to its ticket, so that codes of several tickets cannot be compared.
    static func digest(_ code: String, of ticket: String) -> [UInt8] {
        Secret.digest(ticket + " " + code.filter(\.isNumber))
    }
}

/// Codes of a device that shares a secret (RFC 6238, with its usual SHA-1, six digits and 30 seconds).
public struct TimeCode: Sendable {
    static let stepSeconds: Int64 = 30
    /// What clocks may be wrong by, to either side.
    static let stepsAround: Int64 = 1
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    let secret: [UInt8]

    /// A new secret, of the length that RFC 4226 recommends.
    public init() { secret = RandomBytes.take(20) }

    init(secret: [UInt8]) { self.secret = secret }

    /// Takes what ``text`` gave.
    public init?(text: String) {
        guard text.utf8.count == 32 else { return nil }
        var bits: UInt64 = 0
        var count = 0
        var bytes: [UInt8] = []
        for letter in text.utf8 {
            guard let value = Self.alphabet.firstIndex(of: letter) else { return nil }
            bits = (bits << 5 | UInt64(value)) & 0xFFF
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(count)))
            }
        }
        secret = bytes
    }

    /// The secret as people type it: base32 (RFC 4648).
    public var text: String {
        var letters: [UInt8] = []
        for start in stride(from: 0, to: secret.count, by: 5) {
            let bits = secret[start..<start + 5].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            for place in 0..<8 { letters.append(Self.alphabet[Int(bits >> UInt64(35 - place * 5)) & 31]) }
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// What an authenticator takes from a picture.
    public func link(for name: String) -> String {
        let label = "Yun:\(name)".addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "Yun"
        return "otpauth://totp/\(label)?secret=\(text)&issuer=Yun"
    }

    /// The step that a code belongs to, where it is one of those around now and later than `last`.
    func step(of code: String, after last: Int64, at now: Instant) -> Int64? {
        let digits = code.filter { !$0.isWhitespace }
        let current = now.milliseconds / 1000 / Self.stepSeconds
        return (current - Self.stepsAround...current + Self.stepsAround).first {
            $0 > last && self.code(step: $0) == digits
        }
    }

    func code(step: Int64) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - $0 * 8)) }
        let mac = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let start = Int(mac[19] & 15)
        let number = mac[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        return String(String(1_000_000 + number % 1_000_000).dropFirst())
    }
}

/// Codes for owners whose device with the second factor is gone: ten, each good once, with fifty bits of chance.
enum RecoveryCode {
    static let count = 10

    static func random() -> String { String(AppPassword.random().prefix(11)) }

    static func digest(_ code: String) -> [UInt8] {
        Secret.digest(code.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    /// Whether it can be told from the digits of a device.
    static func isOne(_ code: String) -> Bool { code.contains(where: \.isLetter) || code.count > 8 }
}
