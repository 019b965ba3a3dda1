internal import Lifecycle
internal import Manifest
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

/// The part of `com.yunos.pagemanager` in which the owner decides.
enum OwnerDecisions {
    private typealias Call = Exchange<OwnerCaller>

    static var methods: [Method<OwnerCaller>] {
        [
            Method(Owner.permissions, permissions), Method(Owner.decide, decide),
            Method(Owner.permissionLog, log), Method(Owner.questions, questions),
            Method(Owner.answer, answer), Method(Owner.notifications, notifications),
        ]
    }

    private static func permissions(_ app: Owner.PermissionsParameters, _ call: Call) throws(Failure)
        -> Owner.PermissionsReply
    {
        let domain = try Domain(app.app)
        let manager = call.context.manager
        let permissions = try manager.permissions(of: domain)
        let manifest = try manager.manifest(of: domain)
        return Owner.PermissionsReply(
            permissions: permissions.asked.map { asked in
                let terms = asked.permission.terms
                let reason = manifest.permissions.first { $0.permission == asked.permission }?.reason
                return Owner.Permission(
                    name: asked.permission.fullName, title: terms.title.text(forLocale: "en"),
                    permissionClass: terms.permissionClass.rawValue,
                    state: .init(permissions.decision(on: asked.permission, isInUse: true)),
                    answer: asked.answer?.answer.rawValue, answered: asked.answer?.at,
                    by: asked.answer.map { .init($0.by) }, reason: reason?.text(forLocale: "en"),
                    methods: terms.methods)
            })
    }

    private static func decide(_ decision: Owner.DecideParameters, _ call: Call) throws(Failure) -> Nothing {
        let domain = try Domain(decision.app)
        let manager = call.context.manager
        let asked = try manager.permissions(of: domain).asked.map(\.permission)
        let chosen = try decision.permission.map { name throws(Failure) in
            try permission(name, among: asked, domain)
        }
        for permission in chosen.map({ [$0] }) ?? asked {
            try manager.registry.withLock { registry throws(Failure) in
                switch decision.answer {
                case "always":
                    try registry.answer(
                        .always, to: permission, of: domain, by: .command, at: CurrentProcess.now)
                case "never":
                    try registry.answer(
                        .never, to: permission, of: domain, by: .command, at: CurrentProcess.now)
                case "reset": try registry.forgetAnswers(to: permission, of: domain)
                default:
                    throw Failure(
                        .usage, "\(decision.answer.escaped) is no decision",
                        hint: "it is always, never or reset")
                }
            }
            if decision.answer != "always" { manager.enforce(permission, of: domain) }
        }
        return Nothing()
    }

    private static func permission(
        _ name: String, among asked: [Permission], _ domain: Domain
    ) throws(Failure) -> Permission {
        let full = name.hasSuffix(Permission.suffix) ? name : name + Permission.suffix
        guard let permission = Permission(fullName: full) else {
            let names = Permission.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.usage, "there is no permission \(name.escaped)", hint: "there are: \(names)")
        }
        guard asked.contains(permission) else {
            let names = asked.isEmpty ? "nothing" : asked.map(\.rawValue).joined(separator: ", ")
            throw Failure(
                .permissionDenied, "\(domain) does not ask for \(permission.rawValue)",
                hint: "it asks for \(names)")
        }
        return permission
    }

    private static func log(_ app: Owner.PermissionLogParameters, _ call: Call) throws(Failure)
        -> Owner.PermissionLogReply
    {
        let domain = try app.app.map { name throws(Failure) in try Domain(name) }
        let manager = call.context.manager
        // What was noted a moment ago, too.
        try manager.usage.write()
        let uses = try manager.registry.withLock { registry throws(Failure) in
            try registry.permissionUses(of: domain, limit: 1000)
        }
        return Owner.PermissionLogReply(
            uses: uses.map { use in
                Owner.Use(
                    time: use.at, app: use.domain.name, permission: use.permission.fullName,
                    method: use.method,
                    count: use.count)
            })
    }

    private static func questions(_: Nothing, _ call: Call) throws(Failure) -> Owner.QuestionsReply {
        guard call.wantsMore else {
            throw Failure(.usage, "questions come one after the other", hint: "call Questions with more")
        }
        let inbox = try Inbox<Owner.QuestionsReply>()
        let manager = call.context.manager
        manager.order { $0.addPrompter(inbox) }
        defer { manager.order { $0.removePrompter(inbox) } }
        while let news = inbox.receive(unless: call.hangupDescriptor) {
            for item in news { try call.reply(item, continues: true) }
        }
        throw Failure(.pageEnded, "the caller has hung up")
    }

    private static func answer(_ answer: Owner.AnswerParameters, _ call: Call) throws(Failure) -> Nothing {
        guard let word = OwnerAnswer(rawValue: answer.answer) else {
            let words = OwnerAnswer.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.usage, "\(answer.answer.escaped) is no answer", hint: "it is one of \(words)")
        }
        let failure = try call.context.manager.look { $0.answer(answer.question, word) }
        if let failure { throw failure }
        return Nothing()
    }

    private static func notifications(_ follow: Owner.NotificationsParameters, _ call: Call) throws(Failure)
        -> Owner.NotificationsReply
    {
        try call.context.manager.notifications.follow { shown, inbox throws(Failure) in
            for notification in shown {
                try call.reply(Owner.NotificationsReply(notification: notification), continues: true)
            }
            while follow.follow == true, let news = inbox.receive(unless: call.hangupDescriptor) {
                for item in news { try call.reply(item, continues: true) }
            }
        }
        return Owner.NotificationsReply()
    }
}
