internal import CLibSodium

extension [UInt8] {
    /// Standard base64 with padding.
    var base64: String { text(sodium_base64_VARIANT_ORIGINAL) }

    /// Standard base64 with padding and nothing else, or `nil`.
    init?(base64 text: some StringProtocol) {
        self.init(text, sodium_base64_VARIANT_ORIGINAL)
    }

    /// Base64 for addresses, without padding (RFC 4648, 5).
    public var base64URL: String { text(sodium_base64_VARIANT_URLSAFE_NO_PADDING) }

    /// Base64 for addresses without padding and nothing else, or `nil`.
    public init?(base64URL text: some StringProtocol) {
        self.init(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
    }

    private func text(_ variant: Int32) -> String {
        var text = [CChar](repeating: 0, count: sodium_base64_encoded_len(count, variant))
        unsafe sodium_bin2base64(&text, text.count, self, count, variant)
        return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// libsodium takes some bytes beyond ASCII for digits.
    private init?(_ text: some StringProtocol, _ variant: Int32) {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let source = text.utf8.map { CChar(bitPattern: $0) }
        var bytes = [UInt8](repeating: 0, count: source.count)
        var count = 0
        let status = unsafe sodium_base642bin(
            &bytes, bytes.count, source, source.count, nil, &count, nil, variant)
        guard status == 0 else { return nil }
        self = Array(bytes.prefix(count))
    }
}
