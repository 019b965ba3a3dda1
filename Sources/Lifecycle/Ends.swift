public import YunCore

/// Why a page ended.
public enum EndReason: Sendable {
    /// By itself, by the back key or by the owner.
    case closed
    /// Its program ended in order.
    case exited
    /// Its program ended otherwise.
    case crashed(SandboxEnd)
    /// Its sandbox could not be started.
    case failed(Failure)
    case removed
    case updated
    case revoked
    case memoryShort
    /// It left too many events untaken.
    case unresponsive
    case shutdown

    /// What happened, to stand behind "the page".
    public var words: String {
        switch self {
        case .closed: "was closed"
        case .exited: "ended by itself"
        case .crashed(let end): end.words
        case .failed(let failure): "could not be started: \(failure.message)"
        case .removed: "was ended, since its app was removed"
        case .updated: "was ended, since its app was updated"
        case .revoked: "was ended, since a permission was taken from its app"
        case .memoryShort: "was ended, since memory is short"
        case .unresponsive: "was ended, since it took no more events"
        case .shutdown: "was ended with the page manager"
        }
    }

    /// What becomes of a link that the page did not get.
    func refusal(of page: PageURI) -> Failure {
        if case .failed(let failure) = self { return failure }
        return Failure(.pageEnded, "\(page) \(words)", hint: "open it again")
    }
}

/// How the processes of a sandbox ended.
public enum SandboxEnd: Sendable, Hashable {
    case exited(status: Int)
    case killed(signal: Int)
    case outOfMemory

    var words: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .killed(let signal): "was ended by signal \(signal)"
        case .outOfMemory: "used more memory than it may"
        }
    }
}
