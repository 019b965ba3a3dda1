internal import CloudDatabase
internal import CloudModel
internal import CloudPages
internal import CloudService
internal import Hummingbird
internal import OAuth

/// Pages on which an owner sees phones, apps and clients, and ends what they may do.
struct AllowedPages: Sendable {
    let desk: PageDesk
    let server: AuthorizationServer

    func add(to group: RouterGroup<CloudContext>) {
        group.get("account/devices", use: showDevices)
        group.post("account/devices/sign-out", use: signOut)
        group.post("account/devices/sign-out-all", use: signOutAll)
        group.get("account/apps", use: showApps)
        group.post("account/apps/end", use: end)
        group.post("account/apps/block", use: block)
        group.post("account/apps/unblock", use: unblock)
    }

    @Sendable private func showDevices(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let person = try await desk.requirePerson(visit, context)
        let words = Words(visit.language)
        let items = try await server.devices(of: person.account.id).map { device in
            Item(
                device.description.name,
                details: [
                    device.description.model, "\(words[.lastSeen]) \(device.lastSeenAt.pageText)",
                    "\(words[.since]) \(device.createdAt.pageText)",
                ],
                button: Button(
                    words[.signOut], to: "/account/devices/sign-out", name: "id",
                    value: device.id.description))
        }
        let all = Form(to: "/account/devices/sign-out-all", submit: words[.signOutDevices], fields: [])
        let section = Section(
            items: items, forms: items.count > 1 ? [all] : [],
            links: [Link(words[.deviceCode], to: "/device")])
        return try desk.show(
            Page(words[.devices], intro: words[.devicesIntro], sections: [section]), visit, person: person,
            notice: Word(done: request))
    }

    @Sendable private func signOut(_ request: Request, _ context: CloudContext) async throws -> Response {
        try await change(request, context, "/account/devices") { form, person, visitor in
            guard let id = DeviceID(form["id"]) else { throw Problem(.notFound, "there is no such device") }
            try await server.signOut(id, of: person.account.id, from: visitor)
        }
    }

    @Sendable private func signOutAll(_ request: Request, _ context: CloudContext) async throws -> Response {
        try await change(request, context, "/account/devices") { _, person, visitor in
            try await server.signOutDevices(of: person.account.id, from: visitor)
        }
    }

    @Sendable private func showApps(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let person = try await desk.requirePerson(visit, context)
        let words = Words(visit.language)
        let clients = try await server.allowedClients(of: person.account.id).map { allowed in
            Item(
                allowed.client.name,
                details: allowed.scopes.texts(words) + ["\(words[.since]) \(allowed.createdAt.pageText)"],
                button: Button(
                    words[.remove], to: "/account/apps/end", name: "client", value: allowed.client.id))
        }
        let apps = try await server.apps(of: person.account.id).map { app in
            Item(
                app.domain,
                details: (app.isBlocked ? [words[.blocked]] : app.scopes.texts(words))
                    + ["\(words[.lastSeen]) \(app.lastSeenAt.pageText)"],
                button: Button(
                    words[app.isBlocked ? .unblock : .block],
                    to: "/account/apps/\(app.isBlocked ? "unblock" : "block")", name: "domain",
                    value: app.domain))
        }
        return try desk.show(
            Page(
                words[.apps],
                sections: [
                    Section(text: words[.appsText], items: apps),
                    Section(text: words[.clientsText], items: clients),
                ]), visit, person: person, notice: Word(done: request))
    }

    @Sendable private func end(_ request: Request, _ context: CloudContext) async throws -> Response {
        try await change(request, context, "/account/apps") { form, person, visitor in
            try await server.end(client: form["client"], of: person.account.id, from: visitor)
        }
    }

    @Sendable private func block(_ request: Request, _ context: CloudContext) async throws -> Response {
        try await setBlocked(true, request, context)
    }

    @Sendable private func unblock(_ request: Request, _ context: CloudContext) async throws -> Response {
        try await setBlocked(false, request, context)
    }

    private func setBlocked(_ isBlocked: Bool, _ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        try await change(request, context, "/account/apps") { form, person, visitor in
            try await server.setBlocked(
                isBlocked, app: form["domain"], of: person.account.id, from: visitor)
        }
    }

    /// Does what a form asks for, and shows its page again.
    private func change(
        _ request: Request, _ context: CloudContext, _ path: String,
        _ body: (FormFields, SignedIn, Visitor) async throws -> Void
    ) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        try await body(form, desk.requirePerson(visit, context), visit.visitor)
        return desk.redirect(to: OwnPath(path + "?done=done"))
    }
}
