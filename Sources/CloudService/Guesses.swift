internal import CloudDatabase
internal import CloudModel

/// How often something may be tried that can be guessed, or costs others something.
enum GuessLimit: String {
    /// Passwords of one name, whoever tries.
    case passwordOfName = "password-of-name"
    /// Passwords from one address, whatever the names.
    case passwordFromAddress = "password-from-address"
    /// Second factors of one account.
    case codeOfAccount = "code-of-account"
    /// Messages to one name.
    case messageToName = "message-to-name"
    /// Messages that one address causes.
    case messageFromAddress = "message-from-address"
    /// Codes of phones that one account has typed.
    case deviceCodeOfAccount = "device-code-of-account"
    /// Codes for phones that one address has asked for: each is a record until its time is over.
    case deviceCodeToAddress = "device-code-to-address"
    /// Codes of phones that were typed from one address, whatever the account.
    case deviceCodeFromAddress = "device-code-from-address"

    private var countMax: Int {
        switch self {
        case .passwordOfName, .codeOfAccount: 10
        case .passwordFromAddress, .deviceCodeFromAddress: 50
        case .deviceCodeToAddress: 200
        case .messageToName: 5
        case .messageFromAddress, .deviceCodeOfAccount: 20
        }
    }

    var windowSeconds: Int64 {
        switch self {
        case .passwordOfName, .passwordFromAddress, .codeOfAccount, .deviceCodeOfAccount,
            .deviceCodeFromAddress, .deviceCodeToAddress:
            900
        case .messageToName, .messageFromAddress: 3600
        }
    }

    /// The longest time that a count is needed for.
    static let windowSecondsMax: Int64 = 3600

    /// Counts a try; fails where there were too many. It is counted before it is looked at, so that those who try at the same
    /// time do not get one each.
    func count(_ subject: String, in transaction: Transaction, at now: Instant) throws(Problem) {
        let count = try transaction.guesses.count(
            rawValue, subject, windowSeconds: windowSeconds, at: now)
        guard count <= countMax else {
            throw Problem(
                .tooManyRequests, "too many tries; wait \(windowSeconds / 60) minutes", reason: .triesUsedUp)
        }
    }

    /// Forgets tries, since one was right.
    func forget(_ subject: String, in transaction: Transaction) throws(Problem) {
        try transaction.guesses.forget(rawValue, subject)
    }
}
