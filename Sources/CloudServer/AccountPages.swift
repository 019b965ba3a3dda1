internal import CloudDatabase
internal import CloudModel
internal import CloudPages
internal import CloudService
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import YunCore

/// Pages for whoever is signed in: what there is, and what can be changed.
struct AccountPages: Sendable {
    let desk: PageDesk
    let drive: Drive

    func add(to group: RouterGroup<CloudContext>) {
        group.get("account", use: showAccount)
        group.post("account/names", use: addName)
        group.post("account/names/code", use: finishName)
        group.post("account/names/remove", use: removeName)
        group.get("account/app-passwords", use: showAppPasswords)
        group.post("account/app-passwords", use: makeAppPassword)
        group.post("account/app-passwords/remove", use: removeAppPassword)
        group.get("account/events", use: showEvents)
        group.get("account/data", use: showData)
        group.post("account/export", use: export)
        group.post("account/delete", use: delete)
        group.post("account/keep", use: keep)
    }

    @Sendable private func showAccount(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let person = try await desk.requirePerson(visit, context)
        return try await account(visit, person, notice: Word(done: request))
    }

    private func account(
        _ visit: Visit, _ person: SignedIn, notice: Word? = nil, problem: Problem? = nil
    ) async throws -> Response {
        let words = Words(visit.language)
        let summary = try await desk.accounts.account(person.account.id)
        let names = summary.names.map { name in
            Item(
                name,
                button: summary.names.count == 1
                    ? nil : Button(words[.removeName], to: "/account/names/remove", name: "name", value: name)
            )
        }
        let adding = Form(
            to: "/account/names", submit: words[.add],
            fields: [Field(.name, "name", words[.addName], hint: words[.nameHint])])
        var sections = [
            Section(words[.storage], text: summary.account.storageText, meter: summary.account.meter(words)),
            Section(words[.names], items: names, forms: [adding]),
        ]
        if let end = summary.account.removedAt {
            let keeping = Form(to: "/account/keep", submit: words[.keepAccount], fields: [])
            sections.insert(Section(words[.accountRemoved], text: end.pageText, forms: [keeping]), at: 0)
        }
        return try desk.show(
            Page(words[.account], sections: sections), visit, person: person, notice: notice, problem: problem
        )
    }

    @Sendable private func addName(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        return try await desk.attempt {
            let ticket = try await desk.accounts.beginName(
                form["name"], of: person.account.id, from: visit.visitor)
            return try desk.show(nameCodePage(visit, ticket: ticket), visit, person: person)
        } orShow: { problem in
            try await account(visit, person, problem: problem)
        }
    }

    @Sendable private func finishName(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        return try await desk.attempt {
            try await desk.accounts.finishName(
                ticket: form["ticket"], code: form["code"], of: person.account.id, from: visit.visitor)
            return desk.redirect(to: OwnPath("/account?done=done"))
        } orShow: { problem in
            if problem.reason == .codeWrong {
                return try desk.show(
                    nameCodePage(visit, ticket: form["ticket"]), visit, person: person, problem: problem)
            }
            return try await account(visit, person, problem: problem)
        }
    }

    private func nameCodePage(_ visit: Visit, ticket: String) -> Page {
        let words = Words(visit.language)
        let form = Form(
            to: "/account/names/code", submit: words[.add], kept: ["ticket": ticket],
            fields: [Field(.code, "code", words[.code])])
        return Page(words[.checkMessages], intro: words[.checkMessagesIntro], forms: [form])
    }

    @Sendable private func removeName(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        return try await desk.attempt {
            try await desk.accounts.removeName(form["name"], of: person.account.id, from: visit.visitor)
            return desk.redirect(to: OwnPath("/account?done=done"))
        } orShow: { problem in
            try await account(visit, person, problem: problem)
        }
    }

    @Sendable private func showAppPasswords(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let visit = desk.visit(request, context)
        let person = try await desk.requirePerson(visit, context)
        return try await appPasswords(visit, person, notice: Word(done: request))
    }

    private func appPasswords(
        _ visit: Visit, _ person: SignedIn, notice: Word? = nil, problem: Problem? = nil
    ) async throws -> Response {
        let words = Words(visit.language)
        let items = try await desk.accounts.account(person.account.id).appPasswords.map { password in
            Item(
                password.name, details: ["\(words[.since]) \(password.createdAt.pageText)"],
                button: Button(
                    words[.remove], to: "/account/app-passwords/remove", name: "name", value: password.name))
        }
        let form = Form(
            to: "/account/app-passwords", submit: words[.makeAppPassword],
            fields: [Field(.text, "name", words[.appPasswordName])])
        return try desk.show(
            Page(
                words[.appPasswords], intro: words[.appPasswordsIntro],
                sections: [Section(items: items), Section(forms: [form])]), visit, person: person,
            notice: notice, problem: problem)
    }

    @Sendable private func makeAppPassword(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        return try await desk.attempt {
            let password = try await desk.accounts.makeAppPassword(
                form["name"], of: person.account.id, from: visit.visitor)
            let words = Words(visit.language)
            let section = Section(
                form["name"], text: words[.appPasswordMade], secrets: [password],
                links: [Link(words[.back], to: "/account/app-passwords")])
            return try desk.show(Page(words[.appPasswords], sections: [section]), visit, person: person)
        } orShow: { problem in
            try await appPasswords(visit, person, problem: problem)
        }
    }

    @Sendable private func removeAppPassword(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        try await desk.accounts.removeAppPassword(form["name"], of: person.account.id, from: visit.visitor)
        return desk.redirect(to: OwnPath("/account/app-passwords?done=done"))
    }

    @Sendable private func showEvents(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let person = try await desk.requirePerson(visit, context)
        let words = Words(visit.language)
        let items = try await desk.accounts.securityEvents(of: person.account.id).map { event in
            Item(
                words[event.kind.word],
                details: ["\(event.happenedAt.pageText)  \(event.address)", event.detail].filter {
                    !$0.isEmpty
                })
        }
        return try desk.show(
            Page(words[.events], intro: words[.eventsIntro], sections: [Section(items: items)]), visit,
            person: person)
    }

    @Sendable private func showData(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let person = try await desk.requirePerson(visit, context)
        return try desk.show(dataPage(visit), visit, person: person)
    }

    private func dataPage(_ visit: Visit) -> Page {
        let words = Words(visit.language)
        let deleting = Form(
            to: "/account/delete", submit: words[.deletionButton],
            fields: [Field(.password, "password", words[.password])], isDangerous: true)
        let exporting = Form(to: "/account/export", submit: words[.exportButton], fields: [])
        return Page(
            words[.data],
            sections: [
                Section(words[.export], text: words[.exportText], forms: [exporting]),
                Section(words[.deletion], text: words[.deletionText], forms: [deleting]),
            ])
    }

    @Sendable private func export(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        _ = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        let export = try await AccountExport(of: person, desk.accounts, drive, for: visit.visitor)
        var response = Response(
            status: .ok,
            headers: [
                .contentType: "application/x-tar", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"yun.tar\"",
            ])
        response.body = ResponseBody { writer in
            try await export.write { try await writer.write(ByteBuffer(bytes: $0)) }
            try await writer.finish(nil)
        }
        return response
    }

    @Sendable private func delete(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        return try await desk.attempt {
            try await desk.accounts.remove(person, password: form["password"], from: visit.visitor)
            return desk.redirect(to: .account)
        } orShow: { problem in
            try desk.show(dataPage(visit), visit, person: person, problem: problem)
        }
    }

    @Sendable private func keep(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        _ = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        try await desk.accounts.keep(person.account.id, from: visit.visitor)
        return desk.redirect(to: OwnPath("/account?done=done"))
    }
}

extension Word {
    /// What a page is asked to say that another one has done.
    init?(done request: Request) {
        switch request.uri.queryParameters["done"] {
        case "done": self = .done
        case "password": self = .passwordChanged
        default: return nil
        }
    }
}

extension Instant {
    /// For people, in the one zone that the server knows.
    var pageText: String { String(CivilTime(self).rfc3339.prefix(16)).replacing("T", with: " ") + " UTC" }
}

extension Account {
    fileprivate var storageText: String {
        "\(usedBytes.storageText) / \(quotaBytes.storageText)"
    }

    fileprivate func meter(_ words: Words) -> Meter {
        Meter(percent: quotaBytes > 0 ? Int(usedBytes * 100 / quotaBytes) : 100, label: words[.storage])
    }
}

extension Int64 {
    /// A length as storage is sold: in powers of ten.
    fileprivate var storageText: String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(self)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0
            ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}

extension SecurityEvent.Kind {
    fileprivate var word: Word {
        switch self {
        case .accountMade: .eventAccountMade
        case .signedIn: .eventSignedIn
        case .signInRefused: .eventSignInRefused
        case .passwordChanged: .eventPasswordChanged
        case .passwordReset: .eventPasswordReset
        case .secondFactorAdded: .eventSecondFactorAdded
        case .secondFactorRemoved: .eventSecondFactorRemoved
        case .recoveryCodesMade: .eventRecoveryCodesMade
        case .recoveryCodeUsed: .eventRecoveryCodeUsed
        case .appPasswordMade: .eventAppPasswordMade
        case .appPasswordRemoved: .eventAppPasswordRemoved
        case .nameAdded: .eventNameAdded
        case .nameRemoved: .eventNameRemoved
        case .sessionEnded: .eventSessionEnded
        case .exported: .eventExported
        case .deletionAsked: .eventDeletionAsked
        case .deletionTakenBack: .eventDeletionTakenBack
        case .deviceSignedIn: .eventDeviceSignedIn
        case .deviceSignedOut: .eventDeviceSignedOut
        case .clientAllowed: .eventClientAllowed
        case .clientEnded: .eventClientEnded
        case .appBlocked: .eventAppBlocked
        case .appUnblocked: .eventAppUnblocked
        case .tokenReused: .eventTokenReused
        }
    }
}
