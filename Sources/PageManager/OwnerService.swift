internal import Lifecycle
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

/// Whoever calls on the page manager's own socket: the owner.
struct OwnerCaller: Sendable {
    let manager: PageManager
}

/// `com.yunos.pagemanager`.
enum OwnerService {
    private typealias Call = Exchange<OwnerCaller>

    static func make() throws(Failure) -> Service<OwnerCaller> {
        try Service(
            Service<OwnerCaller>.Info(
                vendor: "Yun", product: "pagemanagerd", version: "0.1.0", url: "https://yunos.com"),
            interfaces: [Owner.text, OwnerAccount.text],
            methods: [
                Method(Owner.open, open), Method(Owner.run, run),
                Method(Owner.signal, signal), Method(Owner.list, list),
                Method(Owner.stop, stop), Method(Owner.freeze, freeze),
                Method(Owner.thaw, thaw), Method(Owner.back, back),
                Method(Owner.prepare, prepare), Method(Owner.trim, trim),
                Method(Owner.usage, usage),
                Method(Owner.changed, changed), Method(Owner.log, log),
                Method(Owner.quit, quit),
            ] + OwnerDecisions.methods + OwnerAccountService.methods)
    }

    private static func open(_ open: Owner.OpenParameters, _ call: Call) throws(Failure) -> Owner.OpenReply {
        let number = try call.context.manager.open(
            PageLink(open.link), by: .owner, open.session ?? .init(), unless: call.hangupDescriptor)
        return Owner.OpenReply(instance: number.value)
    }

    private static func list(_: Nothing, _ call: Call) throws(Failure) -> Owner.ListReply {
        Owner.ListReply(pages: try call.context.manager.look { $0.pages() })
    }

    private static func prepare(_ prepare: Owner.PrepareParameters, _ call: Call) throws(Failure) -> Nothing {
        try call.context.manager.prepare(Domain(prepare.app), prepare.session ?? .init())
        return Nothing()
    }

    private static func trim(_ trim: Owner.TrimParameters, _ call: Call) throws(Failure) -> Nothing {
        guard let level = MemoryLevel.allCases.first(where: { "\($0)" == trim.level }) else {
            let names = MemoryLevel.allCases.map { "\($0)" }.joined(separator: ", ")
            throw Failure(.usage, "\(trim.level.escaped) is no level", hint: "the levels are: \(names)")
        }
        // What follows from it has begun when this is answered.
        try call.context.manager.look { $0.handle(.memoryShort(level)) }
        return Nothing()
    }

    private static func stop(_ stop: Owner.StopParameters, _ call: Call) throws(Failure) -> Nothing {
        let target: CloseTarget
        if let instance = stop.instance {
            target = .instance(InstanceNumber(instance))
        } else if let app = stop.app {
            target = .app(try Domain(app))
        } else {
            throw Failure(.usage, "nothing is named that shall stop", hint: "name an instance or an app")
        }
        _ = try call.context.manager.ask(unless: call.hangupDescriptor) { _, asker in .close(target, asker) }
        return Nothing()
    }

    private static func freeze(_ app: Owner.FreezeParameters, _ call: Call) throws(Failure) -> Nothing {
        let domain = try Domain(app.app)
        _ = try call.context.manager.ask(unless: call.hangupDescriptor) { _, asker in .freeze(domain, asker) }
        return Nothing()
    }

    private static func thaw(_ app: Owner.ThawParameters, _ call: Call) throws(Failure) -> Nothing {
        let domain = try Domain(app.app)
        _ = try call.context.manager.ask(unless: call.hangupDescriptor) { _, asker in .thaw(domain, asker) }
        return Nothing()
    }

    private static func usage(_: Nothing, _ call: Call) throws(Failure) -> Owner.UsageReply {
        let manager = call.context.manager
        // What went over the network a moment ago, too.
        try manager.usage.write()
        return Owner.UsageReply(
            apps: try manager.look { $0.usages() }.map { usage throws(Failure) in
                let domain = try Domain(usage.app)
                let traffic = try manager.registry.withLock { registry throws(Failure) in
                    try registry.traffic(of: domain)
                }
                var usage = usage
                usage.received = traffic.reduce(0) { $0 + $1.bytesIn }
                usage.sent = traffic.reduce(0) { $0 + $1.bytesOut }
                return usage
            })
    }

    private static func changed(_ app: Owner.ChangedParameters, _ call: Call) throws(Failure) -> Nothing {
        let domain = try Domain(app.app)
        let manager = call.context.manager
        let current = try manager.registry.withLock { registry throws(Failure) in
            try registry.app(domain)?.current
        }
        if current == nil { manager.log.forget(domain.name) }
        manager.order { $0.notice(current, of: domain) }
        return Nothing()
    }

    private static func back(_: Nothing, _ call: Call) throws(Failure) -> Nothing {
        call.context.manager.tell(.backKey)
        return Nothing()
    }

    private static func log(_ log: Owner.LogParameters, _ call: Call) throws(Failure) -> Owner.LogReply {
        let manager = call.context.manager
        let (lines, follower, number) = try manager.log.read(app: log.app, follow: log.follow == true)
        defer { manager.log.endFollowing(number) }
        // In pieces, for a message has its limit.
        var rest = lines[...]
        while rest.count > logLinesMax || (follower != nil && !rest.isEmpty) {
            try call.reply(Owner.LogReply(lines: Array(rest.prefix(logLinesMax))), continues: true)
            rest = rest.dropFirst(logLinesMax)
        }
        while let follower, let lines = follower.next(unless: call.hangupDescriptor) {
            for start in stride(from: 0, to: lines.count, by: logLinesMax) {
                let piece = lines[start..<min(lines.count, start + logLinesMax)]
                try call.reply(Owner.LogReply(lines: Array(piece)), continues: true)
            }
        }
        return Owner.LogReply(lines: Array(rest))
    }

    /// As JSON a line may take six times its length.
    private static let logLinesMax = 100

    private static func run(_ run: Owner.RunParameters, _ call: Call) throws(Failure) -> Owner.RunReply {
        let streams = call.enclosure.take()
        guard streams.count == (run.options.picture ? 4 : 3) else {
            throw Failure(
                .usage, "a program needs three standard streams", hint: "send descriptors beside the call")
        }
        let foreground = try ForegroundRun(run.options, streams: streams)
        return try foreground.follow(run, call)
    }

    private static func signal(_ signal: Owner.SignalParameters, _ call: Call) throws(Failure) -> Nothing {
        guard let number = Int32(exactly: signal.signal), (1...64).contains(number) else {
            throw Failure(.usage, "there is no signal \(signal.signal)")
        }
        let failure = try call.context.manager.look { $0.signal(signal.instance, number) }
        if let failure { throw failure }
        return Nothing()
    }

    private static func quit(_: Nothing, _ call: Call) throws(Failure) -> Nothing {
        call.context.manager.shutDown()
        return Nothing()
    }
}

extension PageLink {
    init(_ link: Link) throws(Failure) {
        try self.init(link.uri, event: link.event ?? Self.defaultEvent, data: link.data ?? "")
    }
}

extension Link {
    init(_ link: PageLink) {
        self.init(uri: link.uri, event: link.event, data: link.data.isEmpty ? nil : link.data)
    }
}
