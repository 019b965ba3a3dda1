internal import Manifest
internal import AppNetwork
internal import YunCore

/// The address of a request, and behind a line feed where a redirect of it leads.
enum AddressSurface {
    private static let manifest = """
        { "domain": { "name": "a.example", "title": "A", "version": "1", "version_code": 1, "use_sdk": 1,
            "permission": { "use_permission": [ { "name": "NETWORK.permission.yunos.com", "reason": "r" } ] },
            "network": { "hosts": ["b.example", "*.c.example"], "development": { "hosts": ["127.0.0.1:80"] } } },
          "pages": [ { "uri": "page://a.example/a", "type": "service", "content_path": "a", "title": "A" } ],
          "files": ["a"] }
        """

    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let text = parts[0].text
        guard let url = try attempt([.networkRequest], { () throws(Failure) in try RequestURL(text) }) else {
            return false
        }
        try check(url)
        let manifest = try attempt([]) { () throws(Failure) in
            try Manifest(Array(Self.manifest.utf8), describedAs: "the manifest")
        }
        guard let manifest else { return false }
        let policy = RequestPolicy(manifest, isDevelopers: true)
        let isAdmitted = try checkAdmission(url, policy)
        if isAdmitted { try checkReading(text) }
        if parts.count == 2, let next = try redirected(url, parts[1].text) {
            try check(next)
            _ = try checkAdmission(next, policy)
        }
        return isAdmitted
    }

    private static func redirected(_ url: RequestURL, _ location: String) throws(Violation) -> RequestURL? {
        try attempt([.networkRequest]) { () throws(Failure) in try url.redirected(to: location) }
    }

    private static func check(_ url: RequestURL) throws(Violation) {
        try require(url.text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "the address is not printable")
        try require(url.text.hasPrefix(url.scheme.rawValue + "://"), "the address has another scheme")
        try require((0...65_535).contains(url.port), "port \(url.port)")
        let again = try attempt([]) { () throws(Failure) in try RequestURL(url.text) }
        try require(again == url, "read again, the address is another")
        try require(authority(of: url.text).contains(UInt8(ascii: "@")) == false, "there is a user")
    }

    /// N-1, N-3, N-4, by bytes.
    private static func checkAdmission(_ url: RequestURL, _ policy: RequestPolicy) throws(Violation) -> Bool {
        guard let reach = try attempt([.networkNotAllowed], { () throws(Failure) in try policy.admit(url) })
        else { return false }
        switch reach {
        case .world:
            try require(isDeclared(Array(url.host.utf8)), "\(url.host) is not declared")
            try require(url.scheme == .https && (url.port == 443 || url.port >= 1024), "another service")
        case .development:
            try require(url.host == "127.0.0.1" && url.port == 80, "\(url.host) is no developer's")
        }
        return true
    }

    /// Whoever reads the app's own text by the letters of RFC 3986 must come to an admitted host too, unless it is an
    /// address, which has many spellings.
    private static func checkReading(_ text: String) throws(Violation) {
        var host = authority(of: text)
        if let colon = host.lastIndex(of: UInt8(ascii: ":")) { host = host[..<colon] }
        var name: [UInt8] = []
        while let byte = host.popFirst() {
            let digits = host.prefix(2)
            if byte == UInt8(ascii: "%"), let escaped = UInt8(digits.text, radix: 16), digits.count == 2 {
                name.append(escaped)
                host = host.dropFirst(2)
            } else {
                name.append(byte)
            }
        }
        let lower = name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let isNumber =
            lower.last.map { $0 < 0x3A || $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: ".") } ?? false
        let isHexadecimal = lower.split(separator: UInt8(ascii: ".")).last?.starts(with: "0x".utf8) == true
        try require(isDeclared(lower) || isNumber || isHexadecimal, "\(lower.text.escaped) was admitted")
    }

    private static func authority(of text: String) -> ArraySlice<UInt8> {
        let bytes = Array(text.utf8)
        let rest = bytes.drop { $0 != UInt8(ascii: ":") }.dropFirst().drop { $0 == UInt8(ascii: "/") }
        return rest.prefix { !"/?#".utf8.contains($0) }
    }

    private static func isDeclared(_ host: [UInt8]) -> Bool {
        host.elementsEqual("b.example".utf8)
            || host.suffix(10).elementsEqual(".c.example".utf8) && host.count > 10
    }
}

/// The head of a response: whether compression was asked for, then lines.
enum HeadSurface {
    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        var reader = HeadReader(host: "a.example", asksForCompression: bytes.first != UInt8(ascii: "0"))
        var complete: HeadReader?
        for line in bytes.dropFirst().pieces("\n") {
            let taken: Void? = try attempt([.networkResponse]) { () throws(Failure) in
                try reader.take(Array(line) + [UInt8(ascii: "\n")])
            }
            guard taken != nil else { return false }
            if let complete {
                try require(
                    reader.headers == complete.headers && reader.isComplete, "trailers change the head")
            } else if reader.isComplete {
                complete = reader
            }
        }
        try require(reader.headers.count <= HeadReader.linesMax, "there are too many lines")
        try require(!reader.isComplete || (200...999).contains(reader.status), "status \(reader.status)")
        for header in reader.headers {
            let isName = header.name.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && !(0x41...0x5A).contains($0)
            }
            try require(!header.name.isEmpty && isName, "\(header.name.escaped) is no name")
            let values = header.value.unicodeScalars
            try require(
                values.allSatisfy { $0.value < 0x100 && $0 != "\n" && $0 != "\r" }, "a value has two lines")
        }
        let lengths = Set(reader.headers.filter { $0.name == "content-length" }.map(\.value))
        try require(lengths.count <= 1 && lengths.allSatisfy { Int($0) != nil }, "several lengths")
        return reader.isComplete
    }
}
