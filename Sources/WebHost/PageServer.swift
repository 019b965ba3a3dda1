internal import CWebKitGTK
internal import Platform
internal import YunCore

/// Answers `page:` requests with the package's files. Files are streamed: whatever their size, one small piece of
/// them is in memory.
final class PageServer {
    private let files: PackageFiles
    private let reporter: Reporter
    /// Told of every file that was asked for and is not there.
    var onMissing: () -> Void = {}
    /// When a file was last asked for.
    private(set) var lastRequestMilliseconds = 0
    /// The files in which a page may name what it loads, in the order in which it got them.
    private var texts: [String] = []
    private static let textsMax = 64
    private static let textBytesMax = 1 << 20
    private static let nameBytes = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%".utf8)

    init(files: PackageFiles, reporter: Reporter) {
        self.files = files
        self.reporter = reporter
    }

    /// Serves the scheme in `context`, which must not outlive this object.
    func register(in context: UnsafeMutablePointer<WebKitWebContext>) {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe webkit_web_context_register_uri_scheme(
            context, PageURI.scheme,
            { request, this in
                guard let request = unsafe request, let this = unsafe this else { return }
                unsafe Unmanaged<PageServer>.fromOpaque(this).takeUnretainedValue().serve(request)
            }, this, nil)
        let security = unsafe webkit_web_context_get_security_manager(context)
        unsafe webkit_security_manager_register_uri_scheme_as_secure(security, PageURI.scheme)
        unsafe webkit_security_manager_register_uri_scheme_as_cors_enabled(security, PageURI.scheme)
    }

    private func serve(_ request: UnsafeMutablePointer<WebKitURISchemeRequest>) {
        lastRequestMilliseconds = monotonicMilliseconds()
        let uri = unsafe String(cString: webkit_uri_scheme_request_get_uri(request))
        let method = unsafe webkit_uri_scheme_request_get_http_method(request).map {
            unsafe String(cString: $0)
        }
        do throws(Failure) {
            guard method == nil || method == "GET" || method == "HEAD" else {
                throw Failure(.notAllowed, "files can only be read")
            }
            let file = try files.open(uri: uri)
            let size = file.sizeBytes
            let type = file.type
            if type.hasPrefix("text/"), texts.count < Self.textsMax, !texts.contains(uri) {
                texts.append(uri)
            }
            let stream = unsafe g_unix_input_stream_new(file.takeDescriptor().release(), 1)
            unsafe answer(request, stream, size: size, type: type, status: 200)
        } catch {
            let isMissing = error.code == .pageUnknown
            reporter.reportOnce(isMissing ? .failed : .refused, at: uri, error.message)
            if isMissing { onMissing() }
            unsafe refuse(request, status: isMissing ? 404 : 403)
        }
    }

    /// File and line where the page names `uri`: the engine does not tell it for what stands in markup and styles.
    func place(naming uri: String) -> String? {
        let start = uri.firstRange(of: "//")?.lowerBound ?? uri.startIndex
        // As people write it: without a scheme, without a slash behind the host.
        let name = Array((uri.hasSuffix("/") ? uri[start...].dropLast() : uri[start...]).utf8)
        for text in texts {
            do throws(Failure) {
                let bytes = try files.open(uri: text).descriptor.readToEnd(
                    limit: Self.textBytesMax, describedAs: text)
                let found = bytes.ranges(of: name).first { range in
                    // Not the beginning of a longer name.
                    bytes[range.upperBound...].first.map { !Self.nameBytes.contains($0) } ?? true
                }
                guard let found else { continue }
                let line = bytes[..<found.lowerBound].count { $0 == UInt8(ascii: "\n") } + 1
                return "\(text.prefix { $0 != "?" && $0 != "#" }):\(line)"
            } catch {
                // Too large to look through for a hint.
            }
        }
        return nil
    }

    private func refuse(_ request: UnsafeMutablePointer<WebKitURISchemeRequest>, status: UInt32) {
        let text =
            status == 404 ? "404: this file is not in the package.\n" : "403: this may not be loaded.\n"
        let bytes = unsafe g_bytes_new(text, gsize(text.utf8.count))
        let stream = unsafe g_memory_input_stream_new_from_bytes(bytes)
        unsafe g_bytes_unref(bytes)
        unsafe answer(
            request, stream, size: text.utf8.count, type: "text/plain", status: status)
    }

    /// Gives `stream` away with the answer.
    private func answer(
        _ request: UnsafeMutablePointer<WebKitURISchemeRequest>,
        _ stream: UnsafeMutablePointer<GInputStream>?, size: Int, type: String,
        status: UInt32
    ) {
        defer { unsafe g_object_unref(stream) }
        let response = unsafe webkit_uri_scheme_response_new(stream, gint64(size))
        defer { unsafe g_object_unref(UnsafeMutableRawPointer(response)) }
        unsafe webkit_uri_scheme_response_set_content_type(response, type)
        unsafe webkit_uri_scheme_response_set_status(response, status, nil)
        let headers = unsafe soup_message_headers_new(SOUP_MESSAGE_HEADERS_RESPONSE)
        // The engine looks for the type of a style sheet here only.
        for (name, value) in responseHeaders + [("Content-Type", type)] {
            unsafe soup_message_headers_append(headers, name, value)
        }
        unsafe webkit_uri_scheme_response_set_http_headers(response, headers)
        unsafe webkit_uri_scheme_request_finish_with_response(request, response)
    }
}

/// What a page may load: its own package's files, by URI, and nothing that is not one. `'self'` matches the page's
/// origin `page://DOMAIN` (`spec/web-host.md`, W-5).
let contentSecurityPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "media-src 'self'", "base-uri 'none'", "form-action 'none'",
    "frame-ancestors 'none'",
].joined(separator: "; ")

private let responseHeaders = [
    ("Content-Security-Policy", contentSecurityPolicy),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
