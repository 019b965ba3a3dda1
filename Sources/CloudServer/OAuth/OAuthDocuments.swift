internal import CloudModel
internal import CloudService
internal import OAuth

/// What there is, for clients that look (RFC 8414, OpenID Connect Discovery).
struct ServerMetadata: Encodable {
    let issuer: String
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let deviceAuthorizationEndpoint: String
    let revocationEndpoint: String
    let introspectionEndpoint: String
    let userinfoEndpoint: String
    let endSessionEndpoint: String
    let jwksURI: String
    let scopes = Scope.allCases.map(\.rawValue)
    let responseTypes = ["code"]
    let responseModes = ["query"]
    let grantTypes = [
        "authorization_code", "refresh_token", AuthorizationServer.deviceGrantType,
        AuthorizationServer.exchangeGrantType,
    ]
    let subjectTypes = ["pairwise"]
    let algorithms = ["ES256"]
    let authMethods = ["none", "client_secret_basic", "client_secret_post"]
    let secretAuthMethods = ["client_secret_basic", "client_secret_post"]
    let challengeMethods = ["S256"]
    let saysIssuer = true
    let claims = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "name"]
    let prompts = ["none", "login", "consent", "select_account"]
    let locales = ["en", "zh"]
    let takesRequest = false
    let takesRequestURI = false

    private enum CodingKeys: String, CodingKey {
        case issuer
        case authorizationEndpoint = "authorization_endpoint"
        case tokenEndpoint = "token_endpoint"
        case deviceAuthorizationEndpoint = "device_authorization_endpoint"
        case revocationEndpoint = "revocation_endpoint"
        case introspectionEndpoint = "introspection_endpoint"
        case userinfoEndpoint = "userinfo_endpoint"
        case endSessionEndpoint = "end_session_endpoint"
        case jwksURI = "jwks_uri"
        case scopes = "scopes_supported"
        case responseTypes = "response_types_supported"
        case responseModes = "response_modes_supported"
        case grantTypes = "grant_types_supported"
        case subjectTypes = "subject_types_supported"
        case algorithms = "id_token_signing_alg_values_supported"
        case authMethods = "token_endpoint_auth_methods_supported"
        case revocationAuthMethods = "revocation_endpoint_auth_methods_supported"
        case secretAuthMethods = "introspection_endpoint_auth_methods_supported"
        case challengeMethods = "code_challenge_methods_supported"
        case saysIssuer = "authorization_response_iss_parameter_supported"
        case claims = "claims_supported"
        case prompts = "prompt_values_supported"
        case locales = "ui_locales_supported"
        case takesRequest = "request_parameter_supported"
        case takesRequestURI = "request_uri_parameter_supported"
    }

    let revocationAuthMethods = ["none", "client_secret_basic", "client_secret_post"]

    init(issuer: String) {
        self.issuer = issuer
        authorizationEndpoint = issuer + "/authorize"
        tokenEndpoint = issuer + "/token"
        deviceAuthorizationEndpoint = issuer + "/device-authorization"
        revocationEndpoint = issuer + "/revoke"
        introspectionEndpoint = issuer + "/introspect"
        userinfoEndpoint = issuer + "/userinfo"
        endSessionEndpoint = issuer + "/end-session"
        jwksURI = issuer + "/jwks.json"
    }
}

/// What id tokens are verified with (RFC 7517).
struct KeySet: Encodable {
    let keys: [PublishedKey]
}

/// Tokens (RFC 6749, 5.1; RFC 8693, 2.2).
struct TokenDocument: Encodable {
    let accessToken: String
    let refreshToken: String?
    let idToken: String?
    let scope: String
    let sub: String?
    let issuedTokenType: String?
    let tokenType = "Bearer"
    let expiresIn = AuthorizationServer.accessSeconds

    private enum CodingKeys: String, CodingKey {
        case scope, sub
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
        case idToken = "id_token"
        case issuedTokenType = "issued_token_type"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
    }

    init(_ answer: TokenAnswer, isExchange: Bool) {
        accessToken = answer.accessToken
        refreshToken = answer.refreshToken
        idToken = answer.idToken
        scope = answer.scopes.description
        sub = answer.subject
        issuedTokenType = isExchange ? AuthorizationServer.accessTokenType : nil
    }
}

/// What a phone shows, and asks with (RFC 8628, 3.2).
struct DeviceDocument: Encodable {
    let deviceCode: String
    let userCode: String
    let verificationURI: String
    let verificationURIComplete: String
    let expiresIn: Int64
    let interval: Int64

    private enum CodingKeys: String, CodingKey {
        case interval
        case deviceCode = "device_code"
        case userCode = "user_code"
        case verificationURI = "verification_uri"
        case verificationURIComplete = "verification_uri_complete"
        case expiresIn = "expires_in"
    }

    init(_ answer: DeviceAnswer, issuer: String) {
        deviceCode = answer.deviceCode
        userCode = answer.userCode.description
        verificationURI = issuer + "/device"
        verificationURIComplete = Address.adding([("user_code", userCode)], to: verificationURI)
        expiresIn = answer.expiresSeconds
        interval = answer.intervalSeconds
    }
}

/// What a token is worth (RFC 7662).
struct IntrospectionDocument: Encodable {
    let active: Bool
    let scope: String?
    let clientID: String?
    let tokenType: String?
    let sub: String?
    let aud: String?
    let iss: String?
    let iat: Int64?
    let exp: Int64?

    private enum CodingKeys: String, CodingKey {
        case active, scope, sub, aud, iss, iat, exp
        case clientID = "client_id"
        case tokenType = "token_type"
    }

    init(_ report: TokenReport?, issuer: String) {
        active = report != nil
        scope = report?.scopes.description
        clientID = report?.client
        tokenType = report?.createdAt == nil ? nil : "Bearer"
        sub = report?.subject
        aud = report?.audience
        iss = report == nil ? nil : issuer
        iat = report?.createdAt.map { $0.milliseconds / 1000 }
        exp = report.map { $0.expiresAt.milliseconds / 1000 }
    }
}

/// What is told of the owner (OpenID Connect Core, 5.3).
struct UserInfoDocument: Encodable {
    let sub: String
    let name: String?
}

/// What is wrong, in two vocabularies.
struct OAuthProblemDocument: Encodable {
    let error: String
    let errorDescription: String
    let type: String
    let title: String
    let status: Int
    let detail: String

    private enum CodingKeys: String, CodingKey {
        case error, type, title, status, detail
        case errorDescription = "error_description"
    }

    init(_ problem: Problem, status: Int) {
        error = problem.oauthCode
        errorDescription = problem.detail.oauthDescription
        type = "urn:yun:problem:\(problem.code.rawValue)"
        title = problem.code.title
        self.status = status
        detail = problem.detail
    }
}
