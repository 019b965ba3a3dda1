internal import Lifecycle
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

/// Decides whether an app may call a method, before anything of the call is read. The one place where a method of the
/// broker meets a permission (`spec/permissions.md`).
enum PermissionGate {
    /// Methods that every app may call: they concern nothing but the app itself.
    static let free: Set<String> = [
        App.Device.get.name, App.Page.close.name, App.Page.hold.name, App.Page.open.name,
        App.Page.taken.name, App.Page.watch.name, App.Permission.ask.name,
        App.Permission.list.name,
        App.Storage.commit.name, App.Storage.get.name, App.Storage.list.name,
        App.Storage.listFiles.name, App.Storage.makeDirectory.name, App.Storage.moveFile.name,
        App.Storage.readFile.name, App.Storage.removeFile.name, App.Storage.usage.name,
        App.Storage.watch.name, App.Storage.writeFile.name,
    ]

    private static let needed = Dictionary(
        Permission.allCases.flatMap { permission in permission.terms.methods.map { ($0, permission) } }
    ) { first, _ in first }

    /// Whether the table has an entry for a method.
    static func hasEntry(_ method: String) -> Bool { free.contains(method) || needed[method] != nil }

    /// Lets a call through, with the owner's word where it is needed, or says why not.
    static func admit(_ method: String, _ call: Exchange<AppCaller>) throws(Failure) {
        if free.contains(method) { return }
        guard let permission = needed[method] else {
            throw Failure(.permissionDenied, "\(method.escaped) is not for apps")
        }
        try require(permission, for: method, call)
        let caller = call.context
        caller.manager.usage.note(permission, by: method, of: caller.domain)
    }

    /// Asks the owner if nobody has decided yet.
    static func require(
        _ permission: Permission, for method: String, _ call: Exchange<AppCaller>
    ) throws(Failure) {
        let caller = call.context
        let domain = caller.domain
        let state = try caller.manager.look { core in
            (isInUse: core.phone.isInUse(domain), once: core.isGrantedOnce(permission, to: domain))
        }
        let permissions = try caller.manager.registry.withLock { registry throws(Failure) in
            try registry.permissions(of: domain)
        }
        guard let permissions else { throw Failure(.appUnknown, "\(domain) is not installed any more") }
        switch permissions.decision(on: permission, isInUse: state.isInUse, once: state.once) {
        case .granted: return
        case .denied(let reason): throw denied(permission, method, reason, caller)
        case .ask:
            do throws(Failure) {
                try caller.manager.askOwner(
                    for: permission, method: method, of: domain, unless: call.hangupDescriptor)
            } catch { throw denied(permission, method, error.message, caller) }
        }
    }

    private static func denied(
        _ permission: Permission, _ method: String, _ reason: String, _ caller: AppCaller
    ) -> Failure {
        caller.manager.log.add(.denied, "\(method) denied: \(reason)", app: caller.domain.name)
        return Failure(
            .permissionDenied, "\(method) needs \(permission.rawValue): \(reason)",
            hint: "see ypkg permissions \(caller.domain)")
    }
}
