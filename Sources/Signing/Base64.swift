internal import CLibSodium

extension [UInt8] {
    /// Standard base64 with padding.
    var base64: String {
        let capacity = sodium_base64_encoded_len(count, sodium_base64_VARIANT_ORIGINAL)
        var text = [CChar](repeating: 0, count: capacity)
        unsafe sodium_bin2base64(&text, text.count, self, count, sodium_base64_VARIANT_ORIGINAL)
        return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Standard base64 with padding and nothing else, or `nil`. libsodium takes some bytes beyond ASCII for
    /// digits.
    init?(base64 text: some StringProtocol) {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let source = text.utf8.map { CChar(bitPattern: $0) }
        var bytes = [UInt8](repeating: 0, count: source.count)
        var count = 0
        let status = unsafe sodium_base642bin(
            &bytes, bytes.count, source, source.count, nil, &count, nil, sodium_base64_VARIANT_ORIGINAL)
        guard status == 0 else { return nil }
        self = Array(bytes.prefix(count))
    }
}
