internal import CloudDatabase
internal import CloudModel
internal import CloudPages
internal import CloudService
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// That only somebody who is signed in gets any further.
struct SignInNeeded: Error {
    /// Where they wanted to go.
    let next: OwnPath
}

/// What all routes of pages have in common: who is signed in, how a page is sent, and what is said of a problem.
struct PageDesk: Sendable {
    let accounts: Accounts
    let pages: Pages
    let cookies: BrowserCookies

    /// A browser's visit.
    func visit(_ request: Request, _ context: CloudContext) -> Visit { Visit(request, context, cookies) }

    /// Who is signed in with a browser, or nobody.
    func person(_ visit: Visit, _ context: CloudContext) async throws(Problem) -> SignedIn? {
        guard let secret = visit.sessionSecret, !secret.isEmpty else { return nil }
        let person = try await accounts.signedIn(secret)
        if let person { context.notes.account = "\(person.account.id)" }
        return person
    }

    /// Who is signed in; sends everybody else to the page where that is done, and back afterwards.
    func requirePerson(_ visit: Visit, _ context: CloudContext) async throws -> SignedIn {
        guard let person = try await person(visit, context) else {
            throw SignInNeeded(next: OwnPath(visit.path))
        }
        return person
    }

    /// A page, as an answer.
    func show(
        _ page: Page, _ visit: Visit, person: SignedIn? = nil, notice: Word? = nil, problem: Problem? = nil,
        formTargets: String = "'self'"
    ) throws(Problem) -> Response {
        var frame = Frame(language: visit.language, form: visit.formToken, path: visit.path)
        frame.isSignedIn = person != nil
        frame.notice = notice
        frame.problem = problem.map(\.word)
        guard let html = pages.html(page, in: frame) else { throw Problem.fault("a page cannot be rendered") }
        var response = Response(
            status: problem.map { .init(code: $0.code.status) } ?? .ok,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: html)))
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            + "form-action \(formTargets)"
        if !visit.hasFormSecret { cookies.setForm(visit.formSecret, on: &response) }
        return response
    }

    /// Answers a form, or shows it again where a person can do something about what is wrong.
    func attempt(
        _ body: () async throws -> Response, orShow show: (Problem) async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch let problem as Problem where problem.reason != nil {
            return try await show(problem)
        }
    }

    /// Sends a browser on; it asks there with GET.
    func redirect(to path: OwnPath) -> Response {
        Response(status: .seeOther, headers: [.location: path.text, .cacheControl: "no-store"])
    }

    /// Sends a browser to another server, whose address was compared with what is known of it.
    func leave(to address: String) -> Response {
        Response(status: .seeOther, headers: [.location: address, .cacheControl: "no-store"])
    }

    /// Sends a browser on that is signed in from now on.
    func enter(_ session: NewSession, next: OwnPath) -> Response {
        var response = redirect(to: next)
        cookies.setSession(session.secret, on: &response)
        return response
    }
}

extension Problem {
    /// What a person is told of it.
    var word: Word {
        switch reason {
        case .nameNotUnderstood: .problemNameNotUnderstood
        case .nameTaken: .problemNameTaken
        case .nameIsLast: .problemNameIsLast
        case .passwordShort: .problemPasswordShort
        case .passwordLong: .problemPasswordLong
        case .passwordTrivial: .problemPasswordTrivial
        case .passwordWrong: .problemPasswordWrong
        case .credentialsWrong: .problemCredentialsWrong
        case .codeWrong: .problemCodeWrong
        case .ticketGone: .problemTicketGone
        case .triesUsedUp: .problemTriesUsedUp
        case .formStale: .problemFormStale
        case .labelMalformed: .problemLabelMalformed
        case .signUpClosed: .problemSignUpClosed
        case .messageUndeliverable: .problemMessageUndeliverable
        case .secondFactorThere: .problemSecondFactorThere
        case .busy: .problemBusy
        case nil:
            switch code {
            case .notFound: .problemNotFound
            case .forbidden, .unauthenticated: .problemForbidden
            case .internalFault, .unavailable, .storageFull: .problemServer
            default: .problemOther
            }
        }
    }
}

/// Answers browsers with pages where others get problem documents, and sends those on who have to sign in first.
struct PageMiddleware: RouterMiddleware {
    let desk: PageDesk

    func handle(
        _ request: Request, context: CloudContext, next: (Request, CloudContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let need as SignInNeeded {
            return desk.redirect(to: OwnPath("/sign-in?next=\(need.next.asQuery)"))
        } catch {
            let problem = Problem(answering: error)
            problem.log(context)
            let visit = desk.visit(request, context)
            let words = Words(visit.language)
            return try desk.show(
                Page(words[.problemOther], forms: [], links: [Link(words[.back], to: "/")]), visit,
                problem: problem)
        }
    }
}
