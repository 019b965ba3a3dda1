internal import CloudDatabase
internal import CloudModel
internal import CloudPages
internal import CloudService
internal import Hummingbird
internal import OAuth

/// The pages on which an owner lets a phone in.
struct DevicePages: Sendable {
    let desk: PageDesk
    let server: AuthorizationServer

    func add(to group: RouterGroup<CloudContext>) {
        group.get("device", use: ask).post("device", use: find)
        group.post("device/decide", use: decide)
    }

    /// A link that has the code in it saves the typing, and nothing else.
    @Sendable private func ask(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let person = try await desk.requirePerson(visit, context)
        let code = try RequestParameters((request.uri.query ?? "").utf8).value("user_code")
        guard let code else { return try desk.show(codePage(visit), visit, person: person) }
        return try await question(code, visit, person)
    }

    @Sendable private func find(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        return try await question(form["user_code"], visit, desk.requirePerson(visit, context))
    }

    private func question(_ code: String, _ visit: Visit, _ person: SignedIn) async throws -> Response {
        let words = Words(visit.language)
        return try await desk.attempt {
            let question = try await server.question(
                userCode: code, account: person.account.id, from: visit.visitor)
            let name = try await desk.accounts.account(person.account.id).names.first ?? ""
            let sections = [
                Section(
                    question.device?.name ?? question.client.name, text: words[.deviceConsentText],
                    secrets: [question.userCode.description],
                    items: [
                        Item(question.device?.model ?? question.client.id),
                        Item(words[.consentAccount], details: [name]),
                    ]),
                Section(
                    words[.consentAsks], items: question.scopes.items(words),
                    forms: Form.decision(
                        to: "/device/decide", words, kept: ["user_code": question.userCode.description])),
            ]
            return try desk.show(Page(words[.deviceConsent], sections: sections), visit, person: person)
        } orShow: { problem in
            try desk.show(codePage(visit), visit, person: person, problem: problem)
        }
    }

    @Sendable private func decide(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        let isAllowed = form["decision"] == "allow"
        let words = Words(visit.language)
        return try await desk.attempt {
            try await server.decide(
                isAllowed, userCode: form["user_code"], account: person.account.id,
                authenticatedAt: person.session.createdAt, from: visit.visitor)
            let link = Link(words[.devices], to: "/account/devices")
            return try desk.show(
                Page(words[.devices], forms: [], links: [link]), visit, person: person,
                notice: isAllowed ? .deviceAllowed : .deviceDenied)
        } orShow: { problem in
            try desk.show(codePage(visit), visit, person: person, problem: problem)
        }
    }

    private func codePage(_ visit: Visit) -> Page {
        let words = Words(visit.language)
        let form = Form(
            to: "/device", submit: words[.go], fields: [Field(.text, "user_code", words[.deviceCodeField])])
        return Page(words[.deviceCode], intro: words[.deviceCodeIntro], forms: [form])
    }
}
