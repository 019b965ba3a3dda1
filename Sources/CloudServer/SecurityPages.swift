internal import CloudDatabase
internal import CloudModel
internal import CloudPages
internal import CloudService
internal import Hummingbird
internal import QRCode

/// Password, second factor, and the browsers that are signed in.
struct SecurityPages: Sendable {
    let desk: PageDesk

    func add(to group: RouterGroup<CloudContext>) {
        group.get("account/security", use: show)
        group.post("account/password", use: changePassword)
        group.post("account/second-factor", use: addSecondFactor)
        group.post("account/second-factor/remove", use: removeSecondFactor)
        group.post("account/recovery-codes", use: makeRecoveryCodes)
        group.post("account/sessions/end", use: endSession)
        group.post("account/sessions/end-others", use: endOtherSessions)
    }

    @Sendable private func show(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let person = try await desk.requirePerson(visit, context)
        return try await security(visit, person, notice: Word(done: request))
    }

    /// - Parameter factor: one that was shown before, since the owner's device may have it already.
    private func security(
        _ visit: Visit, _ person: SignedIn, factor: TimeCode? = nil, notice: Word? = nil,
        problem: Problem? = nil
    ) async throws -> Response {
        let words = Words(visit.language)
        let summary = try await desk.accounts.account(person.account.id)
        let sections =
            [passwordSection(words)]
            + (summary.hasSecondFactor
                ? factorSections(words, summary)
                : [newFactorSection(words, summary, factor ?? TimeCode())])
            + [sessionSection(words, summary, person)]
        return try desk.show(
            Page(words[.security], sections: sections), visit, person: person, notice: notice,
            problem: problem)
    }

    private func passwordSection(_ words: Words) -> Section {
        let form = Form(
            to: "/account/password", submit: words[.changePassword],
            fields: [
                Field(.password, "old", words[.oldPassword]),
                Field(.newPassword, "new", words[.newPassword], hint: words[.newPasswordHint]),
            ])
        return Section(words[.changePassword], forms: [form])
    }

    private func newFactorSection(_ words: Words, _ summary: AccountSummary, _ factor: TimeCode) -> Section {
        let form = Form(
            to: "/account/second-factor", submit: words[.authenticatorOn], kept: ["secret": factor.text],
            fields: [
                Field(.secondFactor, "code", words[.code]),
                Field(.password, "password", words[.password], id: "factor-password"),
            ])
        let spaced = stride(from: 0, to: factor.text.count, by: 4)
            .map { String(factor.text.dropFirst($0).prefix(4)) }.joined(separator: " ")
        return Section(
            words[.authenticator], text: words[.authenticatorText],
            picture: QRCode(factor.link(for: summary.names.first ?? ""))?.svg, secrets: [spaced],
            forms: [form])
    }

    private func factorSections(_ words: Words, _ summary: AccountSummary) -> [Section] {
        let codes = Form(
            to: "/account/recovery-codes", submit: words[.makeRecoveryCodes],
            fields: [Field(.password, "password", words[.password], id: "codes-password")])
        let removal = Form(
            to: "/account/second-factor/remove", submit: words[.authenticatorOff],
            fields: [Field(.password, "password", words[.password], id: "factor-password")], isDangerous: true
        )
        return [
            Section(words[.authenticator], text: words[.authenticatorIs], forms: [removal]),
            Section(
                words[.recoveryCodes], text: "\(words[.recoveryCodesLeft]) \(summary.recoveryCodesCount)",
                forms: [codes]),
        ]
    }

    private func sessionSection(_ words: Words, _ summary: AccountSummary, _ person: SignedIn) -> Section {
        let items = summary.sessions.map { session in
            let isThis = session.id == person.session.id
            return Item(
                session.agent.isEmpty ? "?" : session.agent,
                details: [
                    isThis ? words[.thisBrowser] : "\(words[.lastSeen]) \(session.seenAt.pageText)",
                    "\(words[.since]) \(session.createdAt.pageText)",
                ],
                button: isThis
                    ? nil
                    : Button(words[.signOut], to: "/account/sessions/end", name: "id", value: "\(session.id)")
            )
        }
        let others = Form(to: "/account/sessions/end-others", submit: words[.signOutOthers], fields: [])
        return Section(words[.browsers], items: items, forms: items.count > 1 ? [others] : [])
    }

    @Sendable private func changePassword(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        return try await desk.attempt {
            try await desk.accounts.changePassword(
                form["old"], to: form["new"], of: person, from: visit.visitor)
            return desk.redirect(to: OwnPath("/account/security?done=password"))
        } orShow: { problem in
            try await security(visit, person, problem: problem)
        }
    }

    @Sendable private func addSecondFactor(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        guard let factor = TimeCode(text: form["secret"]) else {
            throw Problem(.malformed, "the key is none of ours")
        }
        return try await desk.attempt {
            let codes = try await desk.accounts.addSecondFactor(
                factor, code: form["code"], password: form["password"], of: person.account.id,
                from: visit.visitor)
            return try recoveryCodes(codes, visit, person)
        } orShow: { problem in
            try await security(visit, person, factor: factor, problem: problem)
        }
    }

    @Sendable private func makeRecoveryCodes(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        return try await desk.attempt {
            let codes = try await desk.accounts.makeRecoveryCodes(
                password: form["password"], of: person.account.id, from: visit.visitor)
            return try recoveryCodes(codes, visit, person)
        } orShow: { problem in
            try await security(visit, person, problem: problem)
        }
    }

    private func recoveryCodes(_ codes: [String], _ visit: Visit, _ person: SignedIn) throws(Problem)
        -> Response
    {
        let words = Words(visit.language)
        let section = Section(
            text: words[.recoveryCodesText], secrets: codes,
            links: [Link(words[.back], to: "/account/security")])
        return try desk.show(Page(words[.recoveryCodes], sections: [section]), visit, person: person)
    }

    @Sendable private func removeSecondFactor(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        return try await desk.attempt {
            try await desk.accounts.removeSecondFactor(
                password: form["password"], of: person.account.id, from: visit.visitor)
            return desk.redirect(to: OwnPath("/account/security?done=done"))
        } orShow: { problem in
            try await security(visit, person, problem: problem)
        }
    }

    @Sendable private func endSession(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        guard let id = Int64(form["id"]) else { throw Problem(.notFound, "there is no such browser") }
        try await desk.accounts.endSession(id, of: person.account.id, from: visit.visitor)
        return desk.redirect(to: OwnPath("/account/security?done=done"))
    }

    @Sendable private func endOtherSessions(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let visit = desk.visit(request, context)
        _ = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        try await desk.accounts.endSessions(
            of: person.account.id, except: person.session.id, from: visit.visitor)
        return desk.redirect(to: OwnPath("/account/security?done=done"))
    }
}
