/// One line about something that an app tried and the sandbox does not allow. It explains; the kernel's walls decide,
/// whatever the report says: a path or an address that the app swaps behind the launcher's back changes only the
/// words.
public struct DenialReport: Sendable, Equatable {
    /// What kind of wall it was.
    public enum Kind: String, Sendable {
        case systemCall = "system-call"
        case network
        case file
        /// No more lines will come.
        case limit
    }

    /// What kind of wall it was.
    public let kind: Kind
    /// The system call's name.
    public let call: String
    /// One line, fit to be printed.
    public let message: String
    /// The process, as seen from outside.
    public let process: Int32
}

/// Lets each message through once, and a limited number of them.
struct ReportFilter {
    static let messagesMax = 256
    private var seen: Set<String> = []

    /// The report if it is news; the last one says that it is the last.
    mutating func admit(_ report: DenialReport) -> DenialReport? {
        guard seen.count < Self.messagesMax, seen.insert(report.message).inserted else { return nil }
        guard seen.count == Self.messagesMax else { return report }
        return DenialReport(
            kind: .limit, call: report.call,
            message:
                "more than \(Self.messagesMax - 1) different things were denied; the rest is not reported",
            process: report.process)
    }
}
