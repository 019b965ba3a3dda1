internal import Launcher
internal import Lifecycle
internal import Manifest
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Synchronization
internal import YunCore

/// What apps want the owner to see, for whatever shows it: the phone's shell, or `ypkg notifications`.
final class Notifications: Sendable {
    /// Of one app; the oldest gives way.
    private static let countMax = 20
    private static let titleScalarsMax = 200
    private static let textScalarsMax = 2000

    private struct Entry {
        let domain: Domain
        let tag: String?
        let shown: Owner.Notification
    }

    private struct State {
        var entries: [Entry] = []
        var followers: [ObjectIdentifier: Inbox<Owner.NotificationsReply>] = [:]
        var count = 0

        mutating func remove(_ isGone: (Entry) -> Bool) {
            for entry in entries where isGone(entry) {
                tell(Owner.NotificationsReply(withdrawn: entry.shown.number))
            }
            entries.removeAll(where: isGone)
        }

        func tell(_ news: Owner.NotificationsReply) {
            for inbox in followers.values { inbox.send(news) }
        }
    }

    private let state = Mutex(State())

    func post(_ post: App.Notification.PostParameters, by package: InstalledPackage) throws(Failure) -> Int {
        guard (1...Self.titleScalarsMax).contains(post.title.unicodeScalars.count),
            post.text.unicodeScalars.count <= Self.textScalarsMax
        else {
            throw Failure(
                .usage, "a notification has a title of 1 to \(Self.titleScalarsMax) characters and a text",
                hint: "the text has \(Self.textScalarsMax) at most")
        }
        let domain = package.app.domain
        return state.withLock { state in
            if let tag = post.tag { state.remove { $0.domain == domain && $0.tag == tag } }
            let own = state.entries.filter { $0.domain == domain }
            if own.count >= Self.countMax, let oldest = own.first?.shown.number {
                state.remove { $0.shown.number == oldest }
            }
            state.count += 1
            let notification = Owner.Notification(
                number: state.count, app: domain.name, title: post.title, text: post.text, link: post.link,
                time: CurrentProcess.nowMilliseconds)
            state.entries.append(Entry(domain: domain, tag: post.tag, shown: notification))
            state.tell(Owner.NotificationsReply(notification: notification))
            return state.count
        }
    }

    func withdraw(_ number: Int, of domain: Domain) {
        state.withLock { state in state.remove { $0.domain == domain && $0.shown.number == number } }
    }

    /// Those that are there, and with them whoever reads on.
    func follow(_ body: ([Owner.Notification], Inbox<Owner.NotificationsReply>) throws(Failure) -> Void)
        throws(Failure)
    {
        let inbox = try Inbox<Owner.NotificationsReply>()
        let shown = state.withLock { state in
            state.followers[ObjectIdentifier(inbox)] = inbox
            return state.entries.map(\.shown)
        }
        defer { state.withLock { _ = $0.followers.removeValue(forKey: ObjectIdentifier(inbox)) } }
        try body(shown, inbox)
    }
}
