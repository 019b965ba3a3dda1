internal import Lifecycle
internal import AppNetwork
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

/// `com.yunos.notification`.
enum NotificationService {
    private typealias Call = Exchange<AppCaller>

    static var methods: [Method<AppCaller>] {
        [
            Method(App.Notification.post, post), Method(App.Notification.withdraw, withdraw),
        ]
    }

    private static func post(_ post: App.Notification.PostParameters, _ call: Call) throws(Failure)
        -> App.Notification.PostReply
    {
        let caller = call.context
        if let link = post.link {
            guard try PageLink(link).page.domain == caller.domain else {
                throw Failure(.notAllowed, "a notification opens pages of its own app alone")
            }
        }
        try caller.services.notices.take("notifications")
        return App.Notification.PostReply(
            number: try caller.manager.notifications.post(post, by: caller.services.package))
    }

    private static func withdraw(_ withdrawal: App.Notification.WithdrawParameters, _ call: Call)
        throws(Failure) -> Nothing
    {
        call.context.manager.notifications.withdraw(withdrawal.number, of: call.context.domain)
        return Nothing()
    }
}

/// `com.yunos.device`.
enum DeviceService {
    static var methods: [Method<AppCaller>] { [Method(App.Device.get, get)] }

    private static func get(_: Nothing, _ call: Exchange<AppCaller>) throws(Failure) -> App.Device.GetReply {
        let domain = call.context.domain
        let session = try call.context.manager.look { $0.session(of: domain) }
        let locale = session.locale ?? CurrentProcess.environment["LANG"] ?? "en"
        let tag = String(locale.prefix { $0 != "." && $0 != "@" }.map { $0 == "_" ? "-" : $0 })
        let network: App.Device.GetReply.Network =
            switch NetworkKind.current() {
            case .wifi: .wifi
            case .cellular: .cellular
            case .ethernet: .ethernet
            case .other: .other
            case .loopback, nil: .none
            }
        return App.Device.GetReply(
            model: DeviceModel.name, language: tag == "C" || tag == "POSIX" || tag.isEmpty ? "en" : tag,
            network: network)
    }
}

/// What the maker calls the phone: the same for each of its kind.
enum DeviceModel {
    static let name: String = {
        for path in ["/proc/device-tree/model", "/sys/class/dmi/id/product_name"] {
            do throws(Failure) {
                let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 4096, describedAs: path)
                let text = String(decoding: bytes.prefix { $0 != 0 && $0 != 10 }, as: UTF8.self)
                if !text.isEmpty { return text.escaped.abbreviated(to: 100) }
            } catch { continue }
        }
        return "Linux"
    }()
}

/// `com.yunos.permission`.
enum PermissionService {
    private typealias Call = Exchange<AppCaller>

    static var methods: [Method<AppCaller>] {
        [Method(App.Permission.list, list), Method(App.Permission.ask, ask)]
    }

    private static func list(_: Nothing, _ call: Call) throws(Failure) -> App.Permission.ListReply {
        let domain = call.context.domain
        let permissions = try call.context.manager.registry.withLock { registry throws(Failure) in
            try registry.permissions(of: domain)
        }
        let state = try call.context.manager.look { core in
            Permission.allCases.map { core.isGrantedOnce($0, to: domain) }
        }
        let once = Set(zip(Permission.allCases, state).filter(\.1).map(\.0))
        return App.Permission.ListReply(
            permissions: (permissions?.asked ?? []).compactMap { asked in
                let decision = permissions?.decision(
                    on: asked.permission, isInUse: true, once: once.contains(asked.permission))
                let state: App.Permission.Permission.State =
                    switch decision {
                    case .granted: .granted
                    case .ask: .ask
                    case .denied, nil: .denied
                    }
                return App.Permission.Permission(name: asked.permission.fullName, state: state)
            })
    }

    private static func ask(_ asked: App.Permission.AskParameters, _ call: Call) throws(Failure)
        -> App.Permission.AskReply
    {
        guard let permission = Permission(fullName: asked.name) else {
            throw Failure(
                .usage, "there is no permission \(asked.name.escaped)", hint: "the manifest names the app's")
        }
        do throws(Failure) {
            try PermissionGate.require(permission, for: App.Permission.ask.name, call)
            return App.Permission.AskReply(state: .granted)
        } catch  where error.code == .permissionDenied {
            return App.Permission.AskReply(state: .denied)
        }
    }
}
