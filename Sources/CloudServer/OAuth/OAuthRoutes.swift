internal import CloudModel
internal import CloudService
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import OAuth

/// What programs ask of the authorization server: `spec/oauth.md`.
struct OAuthRoutes: Sendable {
    private static let bodyBytesMax = 64 << 10

    let server: AuthorizationServer

    func add(to router: Router<CloudContext>) {
        let group = router.group().add(middleware: OAuthProblemMiddleware())
        group.get(".well-known/openid-configuration", use: metadata)
        group.get(".well-known/oauth-authorization-server", use: metadata)
        group.get("jwks.json", use: keys)
        group.post("token", use: token)
        group.post("device-authorization", use: beginDeviceSignIn)
        group.post("revoke", use: revoke)
        group.post("introspect", use: introspect)
        group.get("userinfo", use: userInfo)
        group.post("userinfo", use: userInfo)
    }

    @Sendable private func metadata(_ request: Request, _ context: CloudContext) throws -> Response {
        try Response(json: ServerMetadata(issuer: server.issuer)).forEverybody
    }

    @Sendable private func keys(_ request: Request, _ context: CloudContext) async throws -> Response {
        try Response(json: KeySet(keys: await server.publishedKeys())).forEverybody
    }

    @Sendable private func token(_ request: Request, _ context: CloudContext) async throws -> Response {
        let parameters = try await Self.form(request, context)
        let answer = try await server.token(parameters, authorization: request.headers[.authorization])
        let isExchange = try parameters.value("grant_type") == AuthorizationServer.exchangeGrantType
        return try Response(json: TokenDocument(answer, isExchange: isExchange)).secret
    }

    @Sendable private func beginDeviceSignIn(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let answer = try await server.beginDeviceSignIn(
            Self.form(request, context), authorization: request.headers[.authorization],
            from: Visitor(request, context))
        return try Response(json: DeviceDocument(answer, issuer: server.issuer)).secret
    }

    @Sendable private func revoke(_ request: Request, _ context: CloudContext) async throws -> Response {
        try await server.revoke(
            Self.form(request, context), authorization: request.headers[.authorization])
        return Response(status: .ok)
    }

    @Sendable private func introspect(_ request: Request, _ context: CloudContext) async throws -> Response {
        let report = try await server.introspect(
            Self.form(request, context), authorization: request.headers[.authorization])
        return try Response(json: IntrospectionDocument(report, issuer: server.issuer)).secret
    }

    @Sendable private func userInfo(_ request: Request, _ context: CloudContext) async throws -> Response {
        guard let text = Authorization.bearer(request) else {
            throw Problem(.invalidToken, "this needs a token: Authorization: Bearer TOKEN")
        }
        let info = try await server.userInfo(text)
        return try Response(json: UserInfoDocument(sub: info.subject, name: info.name)).secret
    }

    private static func form(_ request: Request, _ context: CloudContext) async throws -> RequestParameters {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        guard type == "application/x-www-form-urlencoded" else {
            throw Problem(.mediaTypeUnsupported, "the body is to be application/x-www-form-urlencoded")
        }
        try await context.wantBody(of: request)
        let body = try await request.body.collect(upTo: bodyBytesMax)
        return try RequestParameters(body.readableBytesView)
    }
}

/// Says what is wrong as OAuth's clients read it, and as everybody else does: one document has the members of both (RFC 6749, 5.2;
/// RFC 9457). Its type is plain JSON, since clients take nothing else.
struct OAuthProblemMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: CloudContext, next: (Request, CloudContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = Problem(answering: error)
            problem.log(context)
            var response = try Response(
                status: .init(code: problem.oauthStatus),
                json: OAuthProblemDocument(problem, status: problem.oauthStatus)
            ).secret
            response.addChallenges(for: problem)
            return response
        }
    }
}

extension Problem {
    /// Clients look for the error of a request in a 400 alone.
    fileprivate var oauthStatus: Int { oauthCode == "invalid_request" ? 400 : code.status }
}

extension Response {
    /// Everybody may keep it for a while; keys are published long before they sign.
    fileprivate var forEverybody: Response {
        var response = self
        response.headers[.cacheControl] = "public, max-age=3600"
        if let name = HTTPField.Name("Access-Control-Allow-Origin") { response.headers[name] = "*" }
        return response
    }

    /// Nobody between may keep it.
    fileprivate var secret: Response {
        var response = self
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
