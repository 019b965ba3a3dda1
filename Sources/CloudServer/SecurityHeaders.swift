internal import Hummingbird
internal import HTTPTypes

/// What browsers are told about every answer, so that nothing that somebody stored here acts in this server's name.
struct SecurityHeadersMiddleware: RouterMiddleware {
    /// A browser that has seen TLS here asks in no other way for a year.
    private static let strictTransport = "max-age=31536000"
    private static let policy = "default-src 'none'; frame-ancestors 'none'; sandbox"

    let hasTLS: Bool

    func handle(
        _ request: Request, context: CloudContext, next: (Request, CloudContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.server] = "ycloud"
        set("Referrer-Policy", "no-referrer", &response)
        set("Cross-Origin-Resource-Policy", "same-origin", &response)
        if hasTLS { response.headers[.strictTransportSecurity] = Self.strictTransport }
        // Pages of our own say what they need.
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = Self.policy
        }
        // What was shown to one who signed in is kept by nobody between.
        if response.headers[.cacheControl] == nil {
            response.headers[.cacheControl] =
                request.method == .get && response.status.code < 400 ? "private, no-cache" : "no-store"
        }
        return response
    }

    private func set(_ name: String, _ value: String, _ response: inout Response) {
        if let name = HTTPField.Name(name) { response.headers[name] = value }
    }
}
