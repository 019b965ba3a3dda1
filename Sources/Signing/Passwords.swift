internal import CLibSodium
public import YunCore

/// Bytes that nobody can guess.
public enum RandomBytes {
    /// So many, of the kernel's generator.
    public static func take(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe randombytes_buf(&bytes, count)
        return bytes
    }
}

/// Passwords that people choose, as they may be kept: Argon2id with a salt of each own, which takes whoever steals the hashes
/// as long for each guess as it takes us.
public enum PasswordHash {
    /// libsodium's text form, which names algorithm and cost: hashes of another cost still verify.
    /// - Throws: `unavailable` where memory is short.
    public static func make(_ password: [UInt8]) throws(Failure) -> String {
        guard sodium_init() >= 0 else { throw Failure(.unavailable, "libsodium does not start") }
        var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let status = unsafe crypto_pwhash_str(
            &text, password.map(CChar.init(bitPattern:)), UInt64(password.count),
            UInt64(crypto_pwhash_OPSLIMIT_INTERACTIVE), Int(crypto_pwhash_MEMLIMIT_INTERACTIVE))
        guard status == 0 else { throw Failure(.unavailable, "not enough memory to hash a password") }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether `hash` was made of `password`.
    public static func isMade(_ hash: String, of password: [UInt8]) -> Bool {
        guard sodium_init() >= 0 else { return false }
        return unsafe crypto_pwhash_str_verify(
            hash, password.map(CChar.init(bitPattern:)), UInt64(password.count)) == 0
    }
}
