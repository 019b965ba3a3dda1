internal import Lifecycle
internal import PageManagerInterface
internal import Platform
internal import Varlink
internal import YunCore

/// What apps can call.
enum BrokerService {
    static func make() throws(Failure) -> Service<AppCaller> {
        try Service(
            Service<AppCaller>.Info(
                vendor: "Yun", product: "broker", version: "0.1.0", url: "https://yunos.com"),
            interfaces: App.texts,
            methods: PageService.methods + StorageService.methods + NetworkService.methods
                + NotificationService.methods + DeviceService.methods + PermissionService.methods
                + AccountService.methods
        ) { method, call throws(Failure) in try PermissionGate.admit(method, call) }
    }
}

/// `com.yunos.page`.
enum PageService {
    private typealias Call = Exchange<AppCaller>

    static var methods: [Method<AppCaller>] {
        [
            Method(App.Page.watch, watch), Method(App.Page.taken, taken),
            Method(App.Page.open, open), Method(App.Page.close, close),
            Method(App.Page.hold, hold),
        ]
    }

    private static func watch(_: Nothing, _ call: Call) throws(Failure) -> App.Page.WatchReply {
        let caller = call.context
        guard call.wantsMore else {
            throw Failure(.usage, "events come one after the other", hint: "call Watch with more")
        }
        _ = try caller.manager.ask(unless: call.hangupDescriptor) { _, asker in
            .app(caller.sandbox, .attach(asker))
        }
        defer { caller.manager.tell(.app(caller.sandbox, .hangUp)) }
        while let deliveries = caller.events.receive(unless: call.hangupDescriptor) {
            for delivery in deliveries {
                let event = try caller.manager.look { $0.event(of: delivery) }
                try call.reply(event, continues: true)
            }
        }
        throw Failure(.pageEnded, "the caller has hung up")
    }

    private static func taken(_ taken: App.Page.TakenParameters, _ call: Call) throws(Failure) -> Nothing {
        try tell(
            .taken(InstanceNumber(taken.instance), event: taken.number, isHandled: taken.handled ?? true),
            call)
    }

    private static func open(_ open: App.Page.OpenParameters, _ call: Call) throws(Failure) -> Nothing {
        let caller = call.context
        let link = try PageLink(open.link)
        try caller.services.openings.take("pages")
        _ = try caller.manager.open(
            link, by: caller.sandbox.value < 0 ? .guest(caller.domain) : .app(caller.sandbox),
            try caller.manager.look { $0.session(of: caller.domain) },
            unless: call.hangupDescriptor)
        return Nothing()
    }

    private static func close(_ close: App.Page.CloseParameters, _ call: Call) throws(Failure) -> Nothing {
        try tell(.close(InstanceNumber(close.instance)), call)
    }

    /// Waits until it has been heard: what an app says, or has others wait for, lies nowhere in heaps.
    private static func tell(_ message: AppMessage, _ call: Call) throws(Failure) -> Nothing {
        let sandbox = call.context.sandbox
        try call.context.manager.look { $0.handle(PhoneEvent.app(sandbox, message)) }
        return Nothing()
    }

    private static func hold(_ hold: App.Page.HoldParameters, _ call: Call) throws(Failure) -> Nothing {
        let caller = call.context
        guard call.wantsMore else {
            throw Failure(.usage, "a hold lasts as long as its call", hint: "call Hold with more")
        }
        guard let reason = BackgroundReason(rawValue: hold.reason) else {
            let names = BackgroundReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.usage, "\(hold.reason.escaped) is no reason", hint: "the reasons are: \(names)")
        }
        let instance = InstanceNumber(hold.instance)
        _ = try caller.manager.ask(unless: call.hangupDescriptor) { _, asker in
            .app(caller.sandbox, .holdBegan(instance, reason, asker))
        }
        defer { caller.manager.tell(.app(caller.sandbox, .holdEnded(instance, reason))) }
        try call.reply(Nothing(), continues: true)
        call.waitForHangup()
        throw Failure(.pageEnded, "the caller has hung up")
    }
}
