/// What went wrong, for a person and for a script: a stable code, what could not be done to which object,
/// and what to do next.
///
/// One type serves every module, so that `throws(Failure)` composes without wrapping at each border
/// (`spec/decisions/0002-one-failure-type.md`).
public struct Failure: Error, Sendable {
    /// What a script branches on.
    public let code: FailureCode
    /// One line that starts with "cannot" or names the object, without a final period.
    public let message: String
    /// What the person can do next.
    public let hint: String?

    /// No line for a person is longer, whatever it quotes.
    public static let messageScalarsMax = 1000

    /// A failure of `code`; `message` and `hint` follow the rules of the properties.
    public init(_ code: FailureCode, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message.abbreviated(to: Self.messageScalarsMax)
        self.hint = hint
    }

    /// The same failure seen from further out: `context` says what was being done.
    public func during(_ context: String) -> Failure {
        Failure(code, "\(context): \(message)", hint: hint)
    }
}

extension Failure: CustomStringConvertible {
    /// Code, message and hint on one line, for logs and tests.
    public var description: String {
        hint.map { "\(code.rawValue): \(message) (\($0))" } ?? "\(code.rawValue): \(message)"
    }
}

/// Every failure that a user can meet. The raw value is printed by `--json`; `spec/errors.md` lists them all.
public enum FailureCode: String, Sendable, CaseIterable {
    case usage
    case bundleFormat = "bundle.format"
    case bundleTruncated = "bundle.truncated"
    case bundleMember = "bundle.member"
    case bundleIndex = "bundle.index"
    case bundleEntry = "bundle.entry"
    case bundleLimit = "bundle.limit"
    case bundlePayload = "bundle.payload"
    case bundleTrailing = "bundle.trailing"
    case manifestInvalid = "manifest.invalid"
    case signatureMalformed = "signature.malformed"
    case keyMalformed = "key.malformed"
    case statementMalformed = "statement.malformed"
    case linkMalformed = "link.malformed"
    case inputUnreadable = "input.unreadable"
    case appUnknown = "app.unknown"
    case pageUnknown = "page.unknown"
    case releaseUnknown = "release.unknown"
    case dataUnknown = "data.unknown"
    case keyUnknown = "key.unknown"
    case unavailable = "platform.unavailable"
    case internalError = "internal"
    case outputExists = "output.exists"
    case outputUnwritable = "output.unwritable"
    case inputOutput = "io.failed"
    case noSpace = "io.no-space"
    case storeBusy = "store.busy"
    case appRunning = "app.running"
    case appNotRunning = "app.not-running"
    case pageBusy = "page.busy"
    case callTooMany = "call.too-many"
    case pageEnded = "page.ended"
    case pageNotAllowed = "page.not-allowed"
    case storeDamaged = "store.damaged"
    case installDowngrade = "install.downgrade"
    case installOtherKey = "install.other-key"
    case installOtherBytes = "install.other-bytes"
    case unsigned = "trust.unsigned"
    case signatureWrong = "trust.signature-wrong"
    case signerUnknown = "trust.signer-unknown"
    case notAllowed = "trust.not-allowed"
    case revoked = "trust.revoked"
    case trustConflict = "trust.conflict"
    case passphraseWrong = "key.passphrase-wrong"
    case sandboxFailed = "sandbox.failed"
    case permissionDenied = "permission.denied"
    case fileUnknown = "file.unknown"
    case storageInvalid = "storage.invalid"
    case storageConflict = "storage.conflict"
    case storageQuota = "storage.quota"
    case networkRequest = "network.request"
    case networkResponse = "network.response"
    case networkTooLarge = "network.too-large"
    case networkHostUnknown = "network.host-unknown"
    case networkUnreachable = "network.unreachable"
    case networkTimeout = "network.timeout"
    case networkBusy = "network.busy"
    case networkCancelled = "network.cancelled"
    case networkNotAllowed = "network.not-allowed"
    case networkUntrusted = "network.untrusted"
    case accountSignedOut = "account.signed-out"
    case accountRefused = "account.refused"
    case accountConflict = "account.conflict"

    /// The exit status of `ypkg`, after `sysexits.h` where it has one.
    public var exitStatus: Int32 {
        switch self {
        case .usage: 64
        case .bundleFormat, .bundleTruncated, .bundleMember, .bundleIndex, .bundleEntry, .bundleLimit,
            .bundlePayload, .bundleTrailing, .manifestInvalid, .signatureMalformed, .keyMalformed,
            .statementMalformed, .linkMalformed, .storageInvalid,
            .networkRequest, .networkResponse, .networkTooLarge:
            65
        case .inputUnreadable: 66
        case .appUnknown, .pageUnknown, .releaseUnknown, .dataUnknown, .keyUnknown, .appNotRunning,
            .fileUnknown, .accountSignedOut:
            67
        case .networkHostUnknown: 68
        case .unavailable, .networkUnreachable: 69
        case .internalError: 70
        case .outputExists, .outputUnwritable: 73
        case .inputOutput, .noSpace, .storeDamaged, .storageQuota: 74
        case .storeBusy, .appRunning, .pageBusy, .callTooMany, .pageEnded, .networkTimeout, .networkBusy,
            .networkCancelled:
            75
        case .installDowngrade, .installOtherKey, .installOtherBytes, .trustConflict, .storageConflict,
            .accountConflict:
            76
        case .unsigned, .signatureWrong, .signerUnknown, .notAllowed, .revoked, .passphraseWrong,
            .pageNotAllowed, .permissionDenied, .networkNotAllowed, .networkUntrusted, .accountRefused:
            77
        case .sandboxFailed: 78
        }
    }
}
