internal import CloudDatabase
internal import CloudModel
internal import CloudPages
internal import CloudService
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Pages for those who are not signed in.
struct SignInPages: Sendable {
    let desk: PageDesk
    /// Whether anybody may make an account.
    let isSignUpOpen: Bool

    func add(to group: RouterGroup<CloudContext>) {
        group.get("/", use: home)
        group.get("language", use: language)
        group.get("sign-in", use: showSignIn).post("sign-in", use: signIn)
        group.post("sign-in/code", use: confirm)
        group.get("sign-up", use: showSignUp).post("sign-up", use: signUp)
        group.post("sign-up/code", use: finishSignUp)
        group.get("forgot", use: showForgot).post("forgot", use: forgot)
        group.post("forgot/code", use: finishReset)
        group.get("setup", use: showSetup).post("setup", use: setup)
        group.post("sign-out", use: signOut)
    }

    @Sendable private func home(_ request: Request, _ context: CloudContext) async throws -> Response {
        desk.redirect(to: .account)
    }

    /// Changes the language of the pages, and of messages to who is signed in.
    @Sendable private func language(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        guard let language = request.uri.queryParameters["to"].flatMap({ Language(rawValue: String($0)) })
        else {
            throw Problem(.malformed, "there are no pages in this language")
        }
        var response = desk.redirect(to: OwnPath(request.uri.queryParameters["next"].map(String.init) ?? ""))
        desk.cookies.setLanguage(language, on: &response)
        if let person = try await desk.person(visit, context) {
            try await desk.accounts.setLanguage(language, of: person.account.id)
        }
        return response
    }

    @Sendable private func showSignIn(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let next = OwnPath(request.uri.queryParameters["next"].map(String.init) ?? "")
        // A client may want to know that its owner is there right now.
        let isAgain = request.uri.queryParameters["again"] != nil
        if !isAgain, try await desk.person(visit, context) != nil { return desk.redirect(to: next) }
        let isReset = request.uri.queryParameters["done"] == "reset"
        return try desk.show(signInPage(visit, next: next), visit, notice: isReset ? .passwordReset : nil)
    }

    @Sendable private func signIn(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let next = OwnPath(form["next"])
        return try await desk.attempt {
            let step = try await desk.accounts.signIn(
                form["name"], password: form["password"], from: visit.visitor)
            switch step {
            case .session(let session):
                context.notes.account = "\(session.account)"
                return desk.enter(session, next: next)
            case .secondFactor(let ticket):
                return try desk.show(codePage(visit, ticket: ticket, next: next), visit)
            }
        } orShow: { problem in
            try desk.show(
                signInPage(visit, next: next, name: form["name"]), visit, problem: problem)
        }
    }

    @Sendable private func confirm(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let next = OwnPath(form["next"])
        return try await desk.attempt {
            let session = try await desk.accounts.confirmSignIn(
                ticket: form["ticket"], code: form["code"], from: visit.visitor)
            context.notes.account = "\(session.account)"
            return desk.enter(session, next: next)
        } orShow: { problem in
            if problem.reason == .ticketGone {
                return try desk.show(signInPage(visit, next: next), visit, problem: problem)
            }
            return try desk.show(codePage(visit, ticket: form["ticket"], next: next), visit, problem: problem)
        }
    }

    @Sendable private func signOut(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        _ = try await visit.form(of: request)
        if let person = try await desk.person(visit, context) {
            try await desk.accounts.endSession(person.session.id, of: person.account.id, from: visit.visitor)
        }
        var response = desk.redirect(to: OwnPath("/sign-in"))
        desk.cookies.setSession(nil, on: &response)
        return response
    }

    private func signInPage(_ visit: Visit, next: OwnPath, name: String = "") -> Page {
        let words = Words(visit.language)
        var links = [Link(words[.forgotPassword], to: "/forgot")]
        if isSignUpOpen {
            links.insert(Link(words[.noAccountYet], to: "/sign-up?next=\(next.asQuery)"), at: 0)
        }
        let form = Form(
            to: "/sign-in", submit: words[.signIn], kept: ["next": next.text],
            fields: [
                Field(.name, "name", words[.name], value: name),
                Field(.password, "password", words[.password]),
            ])
        return Page(words[.signIn], intro: words[.signInIntro], forms: [form], links: links)
    }

    private func codePage(_ visit: Visit, ticket: String, next: OwnPath) -> Page {
        let words = Words(visit.language)
        let form = Form(
            to: "/sign-in/code", submit: words[.signIn], kept: ["ticket": ticket, "next": next.text],
            fields: [Field(.secondFactor, "code", words[.code])])
        return Page(
            words[.secondFactor], intro: words[.secondFactorIntro], forms: [form],
            links: [Link(words[.beginAgain], to: "/sign-in")])
    }
}

/// Making an account, and getting back into one.
extension SignInPages {
    @Sendable private func showSignUp(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        try checkSignUp()
        let next = OwnPath(request.uri.queryParameters["next"].map(String.init) ?? "")
        return try desk.show(signUpPage(visit, next: next), visit)
    }

    private func checkSignUp() throws(Problem) {
        guard isSignUpOpen else {
            throw Problem(.forbidden, "this server takes no new accounts", reason: .signUpClosed)
        }
    }

    @Sendable private func signUp(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        try checkSignUp()
        let next = OwnPath(form["next"])
        return try await desk.attempt {
            let ticket = try await desk.accounts.beginSignUp(
                form["name"], password: form["password"], from: visit.visitor)
            return try desk.show(messagePage(visit, to: "/sign-up", ticket: ticket, next: next), visit)
        } orShow: { problem in
            try desk.show(signUpPage(visit, next: next, name: form["name"]), visit, problem: problem)
        }
    }

    @Sendable private func finishSignUp(_ request: Request, _ context: CloudContext) async throws -> Response
    {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        let next = OwnPath(form["next"])
        return try await desk.attempt {
            let session = try await desk.accounts.finishSignUp(
                ticket: form["ticket"], code: form["code"], from: visit.visitor)
            context.notes.account = "\(session.account)"
            return desk.enter(session, next: next)
        } orShow: { problem in
            if problem.reason == .codeWrong {
                return try desk.show(
                    messagePage(visit, to: "/sign-up", ticket: form["ticket"], next: next), visit,
                    problem: problem)
            }
            return try desk.show(signUpPage(visit, next: next), visit, problem: problem)
        }
    }

    @Sendable private func showForgot(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        return try desk.show(forgotPage(visit), visit)
    }

    @Sendable private func forgot(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        return try await desk.attempt {
            let ticket = try await desk.accounts.beginReset(form["name"], from: visit.visitor)
            return try desk.show(resetPage(visit, ticket: ticket), visit)
        } orShow: { problem in
            try desk.show(forgotPage(visit, name: form["name"]), visit, problem: problem)
        }
    }

    @Sendable private func finishReset(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        return try await desk.attempt {
            try await desk.accounts.finishReset(
                ticket: form["ticket"], code: form["code"], password: form["password"], from: visit.visitor)
            return desk.redirect(to: OwnPath("/sign-in?done=reset"))
        } orShow: { problem in
            if problem.reason == .ticketGone {
                return try desk.show(forgotPage(visit), visit, problem: problem)
            }
            return try desk.show(resetPage(visit, ticket: form["ticket"]), visit, problem: problem)
        }
    }

    @Sendable private func showSetup(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        return try desk.show(
            setupPage(visit, ticket: request.uri.queryParameters["ticket"].map(String.init) ?? ""), visit)
    }

    @Sendable private func setup(_ request: Request, _ context: CloudContext) async throws -> Response {
        let visit = desk.visit(request, context)
        let form = try await visit.form(of: request)
        return try await desk.attempt {
            let session = try await desk.accounts.finishSetup(
                ticket: form["ticket"], name: form["name"], password: form["password"], from: visit.visitor)
            context.notes.account = "\(session.account)"
            return desk.enter(session, next: .account)
        } orShow: { problem in
            try desk.show(
                setupPage(visit, ticket: form["ticket"], name: form["name"]), visit, problem: problem)
        }
    }

    private func signUpPage(_ visit: Visit, next: OwnPath, name: String = "") -> Page {
        let words = Words(visit.language)
        let form = Form(
            to: "/sign-up", submit: words[.go], kept: ["next": next.text],
            fields: [
                Field(.name, "name", words[.name], hint: words[.nameHint], value: name),
                Field(.newPassword, "password", words[.newPassword], hint: words[.newPasswordHint]),
            ])
        return Page(
            words[.signUp], intro: words[.signUpIntro], forms: [form],
            links: [Link(words[.haveAccount], to: "/sign-in?next=\(next.asQuery)")])
    }

    private func messagePage(_ visit: Visit, to path: String, ticket: String, next: OwnPath) -> Page {
        let words = Words(visit.language)
        let form = Form(
            to: path + "/code", submit: words[.go], kept: ["ticket": ticket, "next": next.text],
            fields: [Field(.code, "code", words[.code])])
        return Page(
            words[.checkMessages], intro: words[.checkMessagesIntro], forms: [form],
            links: [Link(words[.beginAgain], to: path)])
    }

    private func forgotPage(_ visit: Visit, name: String = "") -> Page {
        let words = Words(visit.language)
        let form = Form(
            to: "/forgot", submit: words[.go],
            fields: [Field(.name, "name", words[.name], hint: words[.nameHint], value: name)])
        return Page(words[.reset], intro: words[.resetIntro], forms: [form])
    }

    private func resetPage(_ visit: Visit, ticket: String) -> Page {
        let words = Words(visit.language)
        let form = Form(
            to: "/forgot/code", submit: words[.setPassword], kept: ["ticket": ticket],
            fields: [
                Field(.code, "code", words[.code]),
                Field(.newPassword, "password", words[.newPassword], hint: words[.newPasswordHint]),
            ])
        return Page(
            words[.checkMessages], intro: words[.checkMessagesIntro], forms: [form],
            links: [Link(words[.beginAgain], to: "/forgot")])
    }

    private func setupPage(_ visit: Visit, ticket: String, name: String = "") -> Page {
        let words = Words(visit.language)
        let form = Form(
            to: "/setup", submit: words[.makeAccount], kept: ["ticket": ticket],
            fields: [
                Field(.name, "name", words[.name], hint: words[.nameHint], value: name),
                Field(.newPassword, "password", words[.newPassword], hint: words[.newPasswordHint]),
            ])
        return Page(words[.setup], intro: words[.setupIntro], forms: [form])
    }
}
