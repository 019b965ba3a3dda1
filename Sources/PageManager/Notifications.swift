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

    /// News that somebody who follows may lag behind.
    private static let waitingMax = 1000

    /// Somebody who follows. Who takes less than apps post is let go: the news would fill the memory.
    final class Follower: Sendable {
        private let inbox: Inbox<Owner.NotificationNews>
        private let waiting = Mutex(0)

        fileprivate init() throws(Failure) { inbox = try Inbox() }

        fileprivate func offer(_ news: Owner.NotificationNews) {
            let hasRoom = waiting.withLock { waiting in
                waiting += 1
                return waiting <= Notifications.waitingMax
            }
            if hasRoom { inbox.send(news) }
        }

        /// What is new, or `nil` once the follower has hung up.
        func next(unless hangup: Int32) throws(Failure) -> [Owner.NotificationNews]? {
            let news = inbox.receive(unless: hangup)
            guard waiting.withLock({ $0 <= Notifications.waitingMax }) else {
                throw Failure(
                    .pageBusy, "notifications came faster than they were taken", hint: "follow them anew")
            }
            waiting.withLock { $0 -= news?.count ?? 0 }
            return news
        }
    }

    private struct Entry {
        let domain: Domain
        let tag: String?
        let shown: Owner.Notification
    }

    private struct State {
        var entries: [Entry] = []
        var followers: [ObjectIdentifier: Follower] = [:]
        var count = 0

        mutating func remove(_ isGone: (Entry) -> Bool) {
            for entry in entries where isGone(entry) {
                tell(Owner.NotificationNews(withdrawn: entry.shown.number))
            }
            entries.removeAll(where: isGone)
        }

        func tell(_ news: Owner.NotificationNews) {
            for follower in followers.values { follower.offer(news) }
        }
    }

    private let state = Mutex(State())

    func post(_ post: App.Post, by package: InstalledPackage) throws(Failure) -> Int {
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
            state.tell(Owner.NotificationNews(notification: notification))
            return state.count
        }
    }

    func withdraw(_ number: Int, of domain: Domain) {
        state.withLock { state in state.remove { $0.domain == domain && $0.shown.number == number } }
    }

    /// Those that are there, and with them whoever reads on.
    func follow(_ body: ([Owner.Notification], Follower) throws(Failure) -> Void) throws(Failure) {
        let follower = try Follower()
        let shown = state.withLock { state in
            state.followers[ObjectIdentifier(follower)] = follower
            return state.entries.map(\.shown)
        }
        defer { state.withLock { _ = $0.followers.removeValue(forKey: ObjectIdentifier(follower)) } }
        try body(shown, follower)
    }
}
