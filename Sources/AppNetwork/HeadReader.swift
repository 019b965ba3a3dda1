package import YunCore

/// Puts a response's head together from its lines, and stops what has no end or is packed in what nobody asked for.
package struct HeadReader {
    package private(set) var status = 0
    package private(set) var headers: [HeaderLine] = []
    package private(set) var isComplete = false
    private let host: String
    private let asksForCompression: Bool
    private var bytes = 0

    /// Of everything that is no body: interim responses, the head, trailers.
    package static let bytesMax = 256 << 10
    package static let linesMax = 512

    /// - Parameter asksForCompression: whether libcurl was told to decode.
    package init(host: String, asksForCompression: Bool) {
        self.host = host
        self.asksForCompression = asksForCompression
    }

    /// Takes a line with its end.
    package mutating func take(_ line: [UInt8]) throws(Failure) {
        bytes += line.count
        guard bytes <= Self.bytesMax, headers.count < Self.linesMax else {
            throw Failure(.networkResponse, "\(host) answers with headers without end")
        }
        // Trailers, behind the body: counted, and nobody's.
        guard !isComplete else { return }
        let text = line.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        if text.starts(with: "HTTP/".utf8) {
            try begin(text)
        } else if text.isEmpty {
            // An interim response (1xx) is followed by another one. 101 would be: what follows is no HTTP.
            guard status != 101 else {
                throw Failure(.networkResponse, "\(host) switches to a protocol that nobody asked for")
            }
            isComplete = status >= 200
        } else {
            try append(text)
        }
    }

    private mutating func begin(_ text: ArraySlice<UInt8>) throws(Failure) {
        let code = text.drop { $0 != UInt8(ascii: " ") }.dropFirst().prefix(3)
        guard code.count == 3, let number = Int(String(decoding: code, as: UTF8.self)), number >= 100 else {
            throw Failure(.networkResponse, "\(host) answers with a status that HTTP has not")
        }
        status = number
        headers = []
    }

    private mutating func append(_ text: ArraySlice<UInt8>) throws(Failure) {
        if let first = text.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t"),
            let last = headers.popLast()
        {
            // An old way to continue a line.
            let more = HeaderLine.value(text.trimmingBlanks)
            return try append(HeaderLine(name: last.name, value: last.value + " " + more))
        }
        let name = String(decoding: text.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
        guard name.isToken, name.utf8.count < text.count else { return }
        let value = HeaderLine.value(text.dropFirst(name.utf8.count + 1).trimmingBlanks)
        try append(HeaderLine(name: name, value: value))
    }

    private mutating func append(_ header: HeaderLine) throws(Failure) {
        headers.append(header)
        try checkLength(header)
        try checkCoding(header)
    }

    /// A length that cannot be read, or two of them, would leave open when the body is whole; libcurl takes either.
    private func checkLength(_ header: HeaderLine) throws(Failure) {
        guard header.name == "content-length" else { return }
        let isOnly = headers.allSatisfy { $0.name != "content-length" || $0.value == header.value }
        guard isOnly, header.value.utf8.allSatisfy(\.isDigit), Int(header.value) != nil else {
            throw Failure(.networkResponse, "\(host) answers with a length that HTTP has not")
        }
    }

    /// libcurl decodes whatever it was built for, several layers deep; brotli and zstd may take megabytes each, so
    /// only what was asked for gets to it (`spec/decisions/0023-gzip-alone.md`).
    private func checkCoding(_ header: HeaderLine) throws(Failure) {
        let codings = header.value.asciiLowercased
        let isGood =
            switch header.name {
            case "content-encoding":
                !asksForCompression || ["", "identity", "gzip", "x-gzip", "deflate"].contains(codings)
            case "transfer-encoding": ["", "identity", "chunked"].contains(codings)
            default: true
            }
        guard isGood else {
            throw Failure(
                .networkResponse,
                "\(host) packs its response as \(header.value.abbreviated(to: 100).escaped), which nobody asked for"
            )
        }
    }

    /// Where a redirect leads.
    var location: String? {
        headers.first { $0.name == "location" }.map { String(decoding: $0.valueBytes, as: UTF8.self) }
    }
}
