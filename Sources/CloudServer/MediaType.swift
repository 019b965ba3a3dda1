/// What kind of content a file is.
enum MediaType {
    /// Bytes of which nothing is known (RFC 2046, 4.5.1).
    static let unknown = "application/octet-stream"
    private static let bytesMax = 127

    /// What a client says of an upload, where it says something that can be said again in a header.
    static func accepted(_ header: String?) -> String? {
        guard let header, header.utf8.count <= bytesMax, header.contains("/"),
            header.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
        else { return nil }
        return header
    }
}
