internal import CLibCurl
internal import YunCore

/// libcurl's form of one hop, with everything that it must not do by itself switched off.
@safe struct EasyHandle: ~Copyable {
    let handle: UnsafeMutableRawPointer
    private var lines: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    init() throws(Failure) {
        guard let handle = unsafe yun_curl_easy_init() else { throw LibCurl.outOfMemory }
        unsafe self.handle = unsafe handle
        unsafe lines = nil
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe yun_curl_easy_cleanup(handle)
        unsafe yun_curl_slist_free_all(lines)
        unsafe errorText.deallocate()
    }

    /// The system's number for why a connection could not be made.
    var connectError: Int32 { Int32(clamping: unsafe yun_curl_connect_error(handle)) }

    /// libcurl's own words for the last fault.
    var detail: String { unsafe String(cString: errorText) }

    private func number(_ option: CURLoption, _ value: Int) throws(Failure) {
        try check(unsafe yun_curl_set_number(handle, option, value))
    }

    private func text(_ option: CURLoption, _ value: String?) throws(Failure) {
        try check(unsafe yun_curl_set_text(handle, option, value))
    }

    private func check(_ code: CURLcode) throws(Failure) {
        guard code != CURLE_OK else { return }
        throw Failure(
            .internalError,
            "libcurl refuses an option: \(unsafe String(cString: yun_curl_easy_strerror(code)))")
    }

    /// Everything but what the request says.
    func configure(_ tools: LaneTools, connectMilliseconds: Int) throws(Failure) {
        try check(unsafe yun_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
        try check(unsafe yun_curl_set_share(handle, tools.share.handle))
        try number(CURLOPT_NOSIGNAL, 1)
        // A name server that does not answer would hold up the end of a transfer that is over.
        try number(CURLOPT_QUICK_EXIT, 1)
        try number(CURLOPT_FOLLOWLOCATION, 0)
        try number(CURLOPT_HTTP09_ALLOWED, 0)
        // Whatever the environment or the home directory says, nothing stands between.
        try text(CURLOPT_PROXY, "")
        try text(CURLOPT_NOPROXY, "*")
        try number(CURLOPT_NETRC, 0)
        try number(CURLOPT_SSL_VERIFYPEER, 1)
        try number(CURLOPT_SSL_VERIFYHOST, 2)
        try number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try number(CURLOPT_CONNECTTIMEOUT_MS, connectMilliseconds)
        try number(CURLOPT_BUFFERSIZE, 64 << 10)
        try number(CURLOPT_UPLOAD_BUFFERSIZE, 64 << 10)
        switch tools.trust {
        case .system:
            if yun_curl_has_certificate_directory() != 0 { try text(CURLOPT_CAINFO, nil) }
        case .authorities(let path):
            try text(CURLOPT_CAINFO, path)
            try text(CURLOPT_CAPATH, nil)
        }
        if let list = unsafe tools.answers.list {
            try check(unsafe yun_curl_set_pointer(handle, CURLOPT_RESOLVE, list))
        }
    }

    /// What one hop asks for.
    mutating func request(_ hop: Hop, bodyLength: Int?) throws(Failure) {
        try text(CURLOPT_URL, hop.url.text)
        try text(CURLOPT_PROTOCOLS_STR, hop.url.scheme.rawValue)
        let method = hop.method.text
        if method == "HEAD" {
            try number(CURLOPT_NOBODY, 1)
        } else if hop.sendsBody || ["POST", "PUT", "PATCH"].contains(method) {
            // Those without a body say so: Content-Length: 0.
            let length = hop.sendsBody ? bodyLength ?? -1 : 0
            try number(CURLOPT_UPLOAD, 1)
            try check(unsafe yun_curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, Int64(length)))
            try text(CURLOPT_CUSTOMREQUEST, method)
            // What cannot be sent again goes over a connection that cannot have been closed unnoticed.
            if length < 0 { try number(CURLOPT_FRESH_CONNECT, 1) }
        } else {
            try number(CURLOPT_HTTPGET, 1)
            try text(CURLOPT_CUSTOMREQUEST, method == "GET" ? nil : method)
        }
        if hop.asksForCompression { try text(CURLOPT_ACCEPT_ENCODING, "gzip") }
        try text(CURLOPT_USERAGENT, "Yun")
        // A server that waits for nothing would cost a second.
        try append(Array("Expect:".utf8))
        for line in hop.headers {
            try append(
                Array(line.name.utf8)
                    + (line.value.isEmpty ? Array(";".utf8) : Array(": ".utf8) + line.valueBytes))
        }
        try check(unsafe yun_curl_set_pointer(handle, CURLOPT_HTTPHEADER, lines))
    }

    private mutating func append(_ line: [UInt8]) throws(Failure) {
        let terminated = line.map { CChar(bitPattern: $0) } + [0]
        guard let longer = unsafe yun_curl_slist_append(lines, terminated) else { throw LibCurl.outOfMemory }
        unsafe lines = unsafe longer
    }

    /// What libcurl calls; `context` and `connections` must outlive the transfer and the lane.
    func connect(
        _ callbacks: yun_curl_callbacks, context: UnsafeMutableRawPointer, connections: Connections
    ) throws(Failure) {
        var callbacks = callbacks
        try check(unsafe yun_curl_set_callbacks(handle, &callbacks, context))
        try check(unsafe yun_curl_set_sockets(handle, connections.callbacks))
    }
}

extension Hop {
    /// A part of a packed body is of no use.
    var asksForCompression: Bool { !headers.contains { $0.name == "range" } }
}

/// Whose word is taken for who a server is.
enum ServerTrust: Sendable, Equatable {
    /// The authorities that the system trusts.
    case system
    /// Those of one file alone, for tests.
    case authorities(String)
}
