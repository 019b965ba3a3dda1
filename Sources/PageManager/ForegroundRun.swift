internal import Launcher
internal import Lifecycle
internal import Manifest
internal import PageManagerInterface
internal import Platform
internal import Synchronization
internal import Varlink
internal import YunCore

/// A program that somebody runs at a terminal, with his streams: what he is told while it runs, on the thread of his
/// connection.
final class ForegroundRun: Sendable {
    private enum News: Sendable {
        case started
        case event(Owner.RunReply)
        case failed(Failure)
    }

    let options: Owner.Options
    private let news: Inbox<News>
    private let held: Mutex<[SharedDescriptor]>

    init(_ options: Owner.Options, streams: [SharedDescriptor]) throws(Failure) {
        self.options = options
        held = Mutex(streams)
        news = try Inbox()
    }

    /// The caller's descriptors for the program, once. Kept here, its end would not be seen at the other ends.
    func takeStreams() -> [SharedDescriptor] {
        held.withLock { held in
            defer { held = [] }
            return held
        }
    }

    /// Every wall stands, and signals can reach the program.
    func begin() { news.send(.started) }

    func tell(denied message: String) {
        news.send(.event(Owner.RunReply(denied: message)))
    }

    func end(_ status: Int32, limitBytes: Int?) {
        news.send(.event(Owner.RunReply(status: Int(status), outOfMemory: limitBytes)))
    }

    func fail(_ failure: Failure) { news.send(.failed(failure)) }

    /// Starts it and tells what happens until its end, which is the last reply. A caller who hangs up ends it.
    func follow(_ run: Owner.RunParameters, _ call: Exchange<OwnerCaller>) throws(Failure) -> Owner.RunReply {
        let manager = call.context.manager
        let number = try start(run, manager, unless: call.hangupDescriptor)
        do throws(Failure) {
            while let news = news.receive(unless: call.hangupDescriptor) {
                for item in news {
                    switch item {
                    case .started: try call.reply(Owner.RunReply(instance: number), continues: true)
                    case .failed(let failure): throw failure
                    case .event(let event) where event.status != nil: return event
                    case .event(let event): try call.reply(event, continues: true)
                    }
                }
            }
        } catch {
            manager.order { $0.endRun(number) }
            throw error
        }
        manager.order { $0.endRun(number) }
        throw Failure(.pageEnded, "the caller has hung up")
    }

    /// - Returns: the instance, or a negative number for what is no page.
    private func start(_ run: Owner.RunParameters, _ manager: PageManager, unless hangup: Int32)
        throws(Failure) -> Int
    {
        let domain = try Domain(run.app)
        let package = try manager.package(domain)
        guard let page = run.page ?? package.manifest.mainPage?.uri.name else {
            throw Failure(.pageUnknown, "\(domain) has no main page", hint: "name a service with --page")
        }
        let uri = try PageURI(domain: domain, name: page)
        let traits = try manager.traits(of: uri, in: package)
        let session = Owner.Session(wayland: options.wayland, locale: options.locale)
        let guest = try manager.look { [self] core in
            Result { () throws(Failure) -> SandboxNumber? in
                // With arguments it is something else that is wanted of the program than the page that it is already.
                let isBeside = !options.arguments.isEmpty && core.isRunning(traits)
                guard options.shell || options.picture || isBeside else { return nil }
                return try core.startGuest(package, page: uri, session, self)
            }
        }.get()
        if let guest { return guest.value }
        let link = try PageLink(uri.description + (options.fragment ?? ""))
        do throws(Failure) {
            let number = try manager.ask(unless: hangup) { [self] core, asker throws(Failure) in
                try core.prepare(package, session)
                try core.expect(self, of: traits)
                return .open(link, traits, by: .owner, asker)
            }
            guard let number else { throw Failure(.internalError, "\(uri) has no instance") }
            return number.value
        } catch {
            manager.order { $0.giveUp(self, of: traits) }
            throw error
        }
    }
}
