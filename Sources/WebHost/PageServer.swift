internal import CWebKitGTK
internal import Platform
internal import YunCore

/// Answers `page:` requests with the package's files, and hands those on that are for the broker. Whatever a file's size,
/// little of it is in memory at once.
final class PageServer {
    private let files: PackageFiles
    private let gateway: Gateway
    private let reporter: Reporter
    /// Told of every file that was asked for and is not there.
    var onMissing: () -> Void = {}
    /// When a file was last asked for.
    private(set) var lastRequestMilliseconds = 0
    /// The files in which a page may name what it loads, in the order in which it got them.
    private var texts: [String] = []
    private static let textsMax = 64
    private static let wholeBytesMax = 128 << 10
    private static let textBytesMax = 1 << 20
    private static let nameBytes = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%".utf8)

    init(files: PackageFiles, gateway: Gateway, reporter: Reporter) {
        self.files = files
        self.gateway = gateway
        self.reporter = reporter
    }

    /// Serves the scheme in `context`, which must not outlive this object.
    func register(in context: UnsafeMutablePointer<WebKitWebContext>) {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe webkit_web_context_register_uri_scheme(
            context, PageURI.scheme,
            { request, this in
                guard let request = unsafe request, let this = unsafe this else { return }
                unsafe Unmanaged<PageServer>.fromOpaque(this).takeUnretainedValue()
                    .serve(SchemeRequest(request))
            }, this, nil)
        let security = unsafe webkit_web_context_get_security_manager(context)
        unsafe webkit_security_manager_register_uri_scheme_as_secure(security, PageURI.scheme)
        unsafe webkit_security_manager_register_uri_scheme_as_cors_enabled(security, PageURI.scheme)
    }

    private func serve(_ request: SchemeRequest) {
        lastRequestMilliseconds = monotonicMilliseconds()
        let uri = request.uri
        do throws(Failure) {
            let path = try PackagePath(uri: uri, domain: files.domain)
            if let inner = path.gatewayPath { return gateway.serve(request, inner) }
            guard request.method == "GET" || request.method == "HEAD" else {
                throw Failure(.notAllowed, "files can only be read")
            }
            let file = try files.open(path)
            let (size, type) = (file.sizeBytes, file.type)
            if type.hasPrefix("text/"), texts.count < Self.textsMax, !texts.contains(uri) {
                texts.append(uri)
            }
            let headers = responseHeaders + [("Content-Type", type)]
            // The engine reads a file on other threads, by small pieces: a page of many small files waits for them alone.
            if size <= Self.wholeBytesMax {
                let bytes = try file.descriptor.readToEnd(limit: size, describedAs: uri)
                return request.answer(status: 200, headers: headers, text: bytes)
            }
            request.answer(status: 200, headers: headers, body: file.takeDescriptor(), sizeBytes: size)
        } catch {
            guard !files.isGateway(uri) else { return gateway.refuse(request, error) }
            let isMissing = error.code == .pageUnknown
            reporter.reportOnce(isMissing ? .failed : .refused, at: uri, error.message)
            if isMissing { onMissing() }
            let text =
                isMissing ? "404: this file is not in the package.\n" : "403: this may not be loaded.\n"
            request.answer(
                status: isMissing ? 404 : 403, headers: responseHeaders + [("Content-Type", "text/plain")],
                text: Array(text.utf8))
        }
    }

    /// File and line where the page names `uri`: the engine does not tell it for what stands in markup and styles.
    func place(naming uri: String) -> String? {
        let start = uri.firstRange(of: "//")?.lowerBound ?? uri.startIndex
        // As people write it: without a scheme, without a slash behind the host.
        let name = Array((uri.hasSuffix("/") ? uri[start...].dropLast() : uri[start...]).utf8)
        for text in texts {
            do throws(Failure) {
                let bytes = try files.open(PackagePath(uri: text, domain: files.domain)).descriptor.readToEnd(
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
}

/// What a page may load: its own package's files, by URI, and nothing that is not one. `'self'` matches the page's
/// origin `page://DOMAIN` (`spec/web-host.md`, W-5).
let contentSecurityPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "media-src 'self'", "base-uri 'none'", "form-action 'none'",
    "frame-ancestors 'none'",
].joined(separator: "; ")

/// What every answer carries. The engine looks for the type of a style sheet in such headers only.
let responseHeaders: [(name: String, value: String)] = [
    ("Content-Security-Policy", contentSecurityPolicy),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
