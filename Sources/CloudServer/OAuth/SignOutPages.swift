internal import CloudDatabase
internal import CloudModel
internal import CloudPages
internal import CloudService
internal import HTTPTypes
internal import Hummingbird
internal import OAuth

/// Signs an owner out because a client asks for it. The owner is asked, unless the client shows that it means them: a link to here
/// would sign out whoever follows it.
struct SignOutPages: Sendable {
    private static let bodyBytesMax = 64 << 10

    let desk: PageDesk
    let server: AuthorizationServer

    func add(to group: RouterGroup<CloudContext>) {
        group.get("end-session", use: ask).post("end-session", use: ask)
        group.post("end-session/confirm", use: confirm)
    }

    @Sendable private func ask(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        var query = request.uri.query ?? ""
        if request.method == .post {
            query = String(buffer: try await request.body.collect(upTo: Self.bodyBytesMax))
        }
        let wish = try await server.signOutWish(RequestParameters(query.utf8))
        guard let person = try await desk.person(visit, context) else {
            return next(wish)
        }
        if try await server.isMeant(person.account.id, by: wish) {
            return try await end(person, wish, visit)
        }
        let words = Words(visit.language)
        let form = Form(
            to: "/end-session/confirm", submit: words[.signOut], kept: ["request": query], fields: [])
        return try desk.show(
            Page(words[.signOut], intro: words[.signOutIntro], forms: [form]), visit, person: person,
            formTargets: ["'self'", wish.formTarget].compactMap(\.self).joined(separator: " "))
    }

    @Sendable private func confirm(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let wish = try await server.signOutWish(RequestParameters(form["request"].utf8))
        guard let person = try await desk.person(visit, context) else { return next(wish) }
        return try await end(person, wish, visit)
    }

    private func end(_ person: SignedIn, _ wish: SignOutWish, _ visit: Visit) async throws -> Response {
        try await desk.accounts.endSession(person.session.id, of: person.account.id, from: visit.visitor)
        var response = next(wish)
        desk.cookies.setSession(nil, on: &response)
        return response
    }

    private func next(_ wish: SignOutWish) -> Response {
        wish.address.map(desk.leave) ?? desk.redirect(to: OwnPath("/sign-in"))
    }
}
