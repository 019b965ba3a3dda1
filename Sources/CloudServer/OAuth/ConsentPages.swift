internal import CloudDatabase
internal import CloudModel
internal import CloudPages
internal import CloudService
internal import Hummingbird
internal import OAuth

/// The page on which an owner allows a client something, or not.
struct ConsentPages: Sendable {
    /// A sign-in of the last minute is as good as one that was made for this request.
    private static let freshSeconds: Int64 = 60

    let desk: PageDesk
    let server: AuthorizationServer
    let clock: @Sendable () -> Instant

    func add(to group: RouterGroup<CloudContext>) {
        group.get("authorize", use: ask).post("authorize", use: decide)
    }

    @Sendable private func ask(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let query = request.uri.query ?? ""
        let parameters = try RequestParameters(query.utf8)
        switch try await server.consent(parameters) {
        case .answer(let address): return desk.leave(to: address)
        case .ask(let question):
            let person = try await desk.person(visit, context)
            guard !question.request.prompts.contains(.none) else {
                let problem =
                    person == nil
                    ? Problem(.loginRequired, "the owner has to sign in")
                    : Problem(.consentRequired, "the owner has to be asked")
                return try desk.leave(to: server.refusal(problem, parameters))
            }
            guard let person else { throw SignInNeeded(next: OwnPath(visit.path)) }
            guard isFresh(person, for: question.request) else {
                return desk.redirect(to: OwnPath("/sign-in?again=1&next=\(OwnPath(visit.path).asQuery)"))
            }
            return try await show(question, query, visit, person)
        }
    }

    /// Whether the owner has shown who they are as lately as the client wants.
    private func isFresh(_ person: SignedIn, for request: AuthorizationRequest) -> Bool {
        let isNow = request.prompts.contains(.login) || request.prompts.contains(.selectAccount)
        guard let age = isNow ? 0 : request.ageSecondsMax else { return true }
        return clock() <= person.session.createdAt.advanced(bySeconds: max(age, Self.freshSeconds))
    }

    private func show(_ question: ConsentQuestion, _ query: String, _ visit: Visit, _ person: SignedIn)
        async throws -> Response
    {
        let words = Words(visit.language)
        let redirect = question.request.redirectURI
        let name = try await desk.accounts.account(person.account.id).names.first ?? ""
        let sections = [
            Section(
                question.client.name, text: words[.consentUnverified],
                items: [
                    Item(words[.consentGoesTo], details: [redirect.host]),
                    Item(words[.consentAccount], details: [name]),
                ]),
            Section(
                words[.consentAsks], items: question.request.scopes.items(words),
                forms: Form.decision(to: "/authorize", words, kept: ["request": query])),
        ]
        return try desk.show(
            Page(words[.consent], sections: sections), visit, person: person,
            formTargets: "'self' \(redirect.formTarget)")
    }

    @Sendable private func decide(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let person = try await desk.requirePerson(visit, context)
        let parameters = try RequestParameters(form["request"].utf8)
        let address = try await server.decide(
            form["decision"] == "allow", parameters, account: person.account.id,
            authenticatedAt: person.session.createdAt, from: visit.visitor)
        return desk.leave(to: address)
    }
}

extension Form {
    /// Two buttons: what is not meant is not sent by the key that sends a form.
    static func decision(to path: String, _ words: Words, kept: [String: String]) -> [Form] {
        [("deny", words[.deny]), ("allow", words[.allow])].map { decision, label in
            Form(to: path, submit: label, kept: kept.merging(["decision": decision]) { $1 }, fields: [])
        }
    }
}

extension Scopes {
    /// What they let do, in words.
    func items(_ words: Words) -> [Item] { texts(words).map { Item($0) } }

    /// What they let do, in words.
    func texts(_ words: Words) -> [String] {
        Scope.allCases.filter(contains).map { scope in
            switch scope {
            case .openid: words[.scopeOpenid]
            case .profile: words[.scopeProfile]
            case .offlineAccess: words[.scopeOfflineAccess]
            case .storage: words[.scopeStorage]
            case .appStorage: words[.scopeAppStorage]
            }
        }
    }
}
