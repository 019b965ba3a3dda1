/// Why the cloud does not do what it was asked for: what a problem document says (RFC 9457), and a line for the operator.
public struct Problem: Error, Sendable, Equatable {
    /// What kind of problem.
    public let code: ProblemCode
    /// What could not be done to which object, for whoever asked.
    public let detail: String
    /// Which of the kind it is, where an owner has to be told in their own language.
    public let reason: ProblemReason?
    /// What lies behind it, for the operator's log alone: it may name files.
    public let cause: String?

    /// A problem.
    public init(
        _ code: ProblemCode, _ detail: String, reason: ProblemReason? = nil, cause: String? = nil
    ) {
        self.code = code
        self.detail = detail
        self.reason = reason
        self.cause = cause
    }

    /// Something that must not happen; whoever asked learns nothing of it.
    public static func fault(_ cause: String) -> Problem {
        Problem(.internalFault, "the server failed; its log says more", cause: cause)
    }
}

/// What an owner did wrong, or has to do; the raw value is stable.
public enum ProblemReason: String, Sendable, CaseIterable {
    case nameNotUnderstood = "name-not-understood"
    case nameTaken = "name-taken"
    case nameIsLast = "name-is-last"
    case passwordShort = "password-short"
    case passwordLong = "password-long"
    case passwordTrivial = "password-trivial"
    case passwordWrong = "password-wrong"
    case credentialsWrong = "credentials-wrong"
    case codeWrong = "code-wrong"
    case ticketGone = "ticket-gone"
    case triesUsedUp = "tries-used-up"
    case formStale = "form-stale"
    case labelMalformed = "label-malformed"
    case signUpClosed = "sign-up-closed"
    case messageUndeliverable = "message-undeliverable"
    case secondFactorThere = "second-factor-there"
    case busy
}

/// All kinds of problems; the raw value is the last part of the problem's type, and stable.
public enum ProblemCode: String, Sendable, CaseIterable {
    case malformed
    case unauthenticated
    case forbidden
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case conflict
    case preconditionFailed = "precondition-failed"
    case tooLarge = "too-large"
    case mediaTypeUnsupported = "media-type-unsupported"
    case rangeNotSatisfiable = "range-not-satisfiable"
    case locked
    case failedDependency = "failed-dependency"
    case tooManyRequests = "too-many-requests"
    case checksumMismatch = "checksum-mismatch"
    case internalFault = "internal"
    case elsewhere
    case unavailable
    case quotaExceeded = "quota-exceeded"
    case storageFull = "storage-full"
    // Those that OAuth's clients know by these names, with `_` for `-`.
    case invalidClient = "invalid-client"
    case invalidGrant = "invalid-grant"
    case invalidScope = "invalid-scope"
    case invalidTarget = "invalid-target"
    case invalidToken = "invalid-token"
    case insufficientScope = "insufficient-scope"
    case unauthorizedClient = "unauthorized-client"
    case unsupportedGrantType = "unsupported-grant-type"
    case unsupportedResponseType = "unsupported-response-type"
    case accessDenied = "access-denied"
    case authorizationPending = "authorization-pending"
    case slowDown = "slow-down"
    case expiredToken = "expired-token"
    case loginRequired = "login-required"
    case consentRequired = "consent-required"

    /// The status of the answer (RFC 9110, 4918, 6585, 6749, 6750, and tus for 460).
    public var status: Int {
        switch self {
        case .malformed, .invalidGrant, .invalidScope, .invalidTarget, .unauthorizedClient,
            .unsupportedGrantType,
            .unsupportedResponseType, .accessDenied, .authorizationPending, .slowDown, .expiredToken,
            .loginRequired,
            .consentRequired:
            400
        case .unauthenticated, .invalidClient, .invalidToken: 401
        case .forbidden, .insufficientScope: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .preconditionFailed: 412
        case .tooLarge: 413
        case .mediaTypeUnsupported: 415
        case .rangeNotSatisfiable: 416
        case .locked: 423
        case .failedDependency: 424
        case .tooManyRequests: 429
        case .checksumMismatch: 460
        case .internalFault: 500
        case .elsewhere: 502
        case .unavailable: 503
        case .quotaExceeded, .storageFull: 507
        }
    }

    /// The kind in words, the same for all problems of it.
    public var title: String {
        switch self {
        case .malformed: "The request is malformed"
        case .unauthenticated: "Sign in first"
        case .forbidden: "Not allowed"
        case .notFound: "Nothing is there"
        case .methodNotAllowed: "This cannot be done to it"
        case .conflict: "It does not fit what is there"
        case .preconditionFailed: "It is not as the request expects it"
        case .tooLarge: "Too large"
        case .mediaTypeUnsupported: "Not a kind of content that is understood here"
        case .rangeNotSatisfiable: "It has no such range"
        case .locked: "It is locked"
        case .failedDependency: "Another part of the request failed"
        case .tooManyRequests: "Too many requests"
        case .checksumMismatch: "The bytes are not what their checksum says"
        case .internalFault: "The server failed"
        case .elsewhere: "Another server would have to do it"
        case .unavailable: "Not possible at the moment"
        case .quotaExceeded: "The account's storage is full"
        case .storageFull: "The server's storage is full"
        case .invalidClient: "Not a client that is known here"
        case .invalidGrant: "What the client shows is not valid, or no longer"
        case .invalidScope: "The client cannot have what it asks for"
        case .invalidTarget: "There is no such app"
        case .invalidToken: "The token is not valid, or no longer"
        case .insufficientScope: "The token is not for this"
        case .unauthorizedClient: "The client may not ask in this way"
        case .unsupportedGrantType: "Tokens are not given for this"
        case .unsupportedResponseType: "No answer of this type is given"
        case .accessDenied: "The owner did not allow it"
        case .authorizationPending: "The owner has not decided yet"
        case .slowDown: "Asked too often"
        case .expiredToken: "The time for it is over"
        case .loginRequired: "The owner has to sign in"
        case .consentRequired: "The owner has to be asked"
        }
    }
}
