internal import Lifecycle
internal import Network
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
            Method("com.yunos.notification.Post", post), Method("com.yunos.notification.Withdraw", withdraw),
        ]
    }

    private static func post(_ post: App.Post, _ call: Call) throws(Failure) -> App.Number {
        let caller = call.context
        if let link = post.link {
            guard try PageLink(link).page.domain == caller.domain else {
                throw Failure(.notAllowed, "a notification opens pages of its own app alone")
            }
        }
        try caller.services.notices.take("notifications")
        return App.Number(number: try caller.manager.notifications.post(post, by: caller.services.package))
    }

    private static func withdraw(_ number: App.Number, _ call: Call) throws(Failure) -> Nothing {
        call.context.manager.notifications.withdraw(number.number, of: call.context.domain)
        return Nothing()
    }
}

/// `com.yunos.device`.
enum DeviceService {
    static var methods: [Method<AppCaller>] { [Method("com.yunos.device.Get", get)] }

    private static func get(_: Nothing, _ call: Exchange<AppCaller>) throws(Failure) -> App.Device {
        let domain = call.context.domain
        let session = try call.context.manager.look { $0.session(of: domain) }
        let locale = session.locale ?? CurrentProcess.environment["LANG"] ?? "en"
        let tag = String(locale.prefix { $0 != "." && $0 != "@" }.map { $0 == "_" ? "-" : $0 })
        return App.Device(
            model: DeviceModel.name, language: tag == "C" || tag == "POSIX" || tag.isEmpty ? "en" : tag,
            network: NetworkKind.current()?.rawValue ?? "none")
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
        [Method("com.yunos.permission.List", list), Method("com.yunos.permission.Ask", ask)]
    }

    private static func list(_: Nothing, _ call: Call) throws(Failure) -> App.Permissions {
        let domain = call.context.domain
        let permissions = try call.context.manager.registry.withLock { registry throws(Failure) in
            try registry.permissions(of: domain)
        }
        let state = try call.context.manager.look { core in
            Permission.allCases.map { core.isGrantedOnce($0, to: domain) }
        }
        let once = Set(zip(Permission.allCases, state).filter(\.1).map(\.0))
        return App.Permissions(
            permissions: (permissions?.asked ?? []).compactMap { asked in
                let decision = permissions?.decision(
                    on: asked.permission, isInUse: true, once: once.contains(asked.permission))
                let word: String =
                    switch decision {
                    case .granted: "granted"
                    case .ask: "ask"
                    case .denied, nil: "denied"
                    }
                return App.Permission(name: asked.permission.fullName, state: word)
            })
    }

    private static func ask(_ name: App.PermissionName, _ call: Call) throws(Failure) -> App.PermissionState {
        guard let permission = Permission(fullName: name.name) else {
            throw Failure(
                .usage, "there is no permission \(name.name.escaped)", hint: "the manifest names the app's")
        }
        do throws(Failure) {
            try PermissionGate.require(permission, for: "com.yunos.permission.Ask", call)
            return App.PermissionState(state: "granted")
        } catch  where error.code == .permissionDenied {
            return App.PermissionState(state: "denied")
        }
    }
}
