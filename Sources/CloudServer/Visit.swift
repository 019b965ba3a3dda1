internal import CloudModel
internal import CloudPages
internal import CloudService
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Signing
internal import YunCore

/// What a browser shows with a request for a page.
struct Visit: Sendable {
    /// Larger forms are nobody's.
    private static let formBytesMax = 64 << 10

    let visitor: Visitor
    let language: Language
    /// The path with its query, to come back to.
    let path: String
    /// Of the session, where the browser has one.
    let sessionSecret: String?
    /// What forms are bound to; a new one where the browser has none.
    let formSecret: String
    let hasFormSecret: Bool
    let cookies: BrowserCookies

    init(_ request: Request, _ context: CloudContext, _ cookies: BrowserCookies) {
        self.cookies = cookies
        let chosen = request.cookies[cookies.language].flatMap { Language(rawValue: $0.value) }
        visitor = Visitor(request, context, language: chosen)
        language = visitor.language
        path = "\(request.uri.path)\(request.uri.query.map { "?\($0)" } ?? "")"
        sessionSecret = request.cookies[cookies.session]?.value
        let known = request.cookies[cookies.form].flatMap { $0.value.isEmpty ? nil : $0.value }
        hasFormSecret = known != nil
        formSecret = known ?? RandomBytes.take(32).hexadecimal
    }

    /// What a form has to show that this browser was given: bound to the session, so one from before a sign-in is good for
    /// nothing after it.
    var formToken: String {
        Digest(of: Array("\(formSecret) \(sessionSecret ?? "")".utf8)).description
    }

    /// The fields of a form that this browser was given by us; fails for one that another site made (CSRF).
    func form(of request: Request) async throws -> FormFields {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            guard ["same-origin", "none"].contains(site) else { throw Self.foreign }
        }
        guard request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true else {
            throw Problem(.mediaTypeUnsupported, "a form is to be application/x-www-form-urlencoded")
        }
        let bytes = try await request.body.collect(upTo: Self.formBytesMax)
        let fields: [String: String]
        do {
            fields = try URLEncodedFormDecoder().decode([String: String].self, from: String(buffer: bytes))
        } catch { throw Problem(.malformed, "the form is not understood") }
        guard hasFormSecret, let token = fields["form"], token.utf8.elementsEqual(formToken.utf8) else {
            throw Self.foreign
        }
        return FormFields(fields: fields)
    }

    private static let foreign = Problem(
        .forbidden, "this form was not made for this browser, or is too old; load the page anew",
        reason: .formStale)
}

extension Visitor {
    /// Who sends a request.
    /// - Parameter language: what they chose; else what their browser asks for.
    init(_ request: Request, _ context: CloudContext, language: Language? = nil) {
        self.init(
            address: Self.address(request, context), agent: request.headers[.userAgent] ?? "",
            language: language ?? Language(accepting: request.headers[.acceptLanguage] ?? ""))
    }

    /// The network address; behind a proxy on this machine, the one that it says.
    private static func address(_ request: Request, _ context: CloudContext) -> String {
        let peer = context.channel.remoteAddress
        if peer?.isLoopback == true, let name = HTTPField.Name("X-Forwarded-For"),
            let last = request.headers[name]?.split(separator: ",").last
        {
            return String(last.trimmingCharacters(in: .whitespaces).prefix(45))
        }
        return peer?.ipAddress ?? ""
    }
}

/// What a form holds; a field that is missing is empty.
struct FormFields: Sendable {
    fileprivate let fields: [String: String]

    subscript(_ name: String) -> String { fields[name] ?? "" }
}

/// The cookies that browsers are given. Under TLS their names keep other hosts of a domain from setting them.
struct BrowserCookies: Sendable {
    private static let languageSeconds = 365 * 86_400

    let hasTLS: Bool

    var session: String { prefix + "session" }
    var form: String { prefix + "form" }
    var language: String { prefix + "language" }

    private var prefix: String { hasTLS ? "__Host-yun-" : "yun-" }

    /// A browser is signed in, or no longer where `secret` is `nil`. Either way its forms are bound anew.
    func setSession(_ secret: String?, on response: inout Response) {
        response.setCookie(
            cookie(session, secret ?? "", seconds: secret == nil ? 0 : Int(Accounts.sessionSeconds)))
        setForm(RandomBytes.take(32).hexadecimal, on: &response)
    }

    func setForm(_ secret: String, on response: inout Response) {
        response.setCookie(cookie(form, secret, seconds: nil))
    }

    func setLanguage(_ tag: Language, on response: inout Response) {
        response.setCookie(cookie(language, tag.rawValue, seconds: Self.languageSeconds))
    }

    // Lax: whoever comes by a link from an app's site, as sign-in by OAuth does, is still signed in; what changes something is
    // sent by forms alone.
    private func cookie(_ name: String, _ value: String, seconds: Int?) -> Cookie {
        Cookie(
            name: name, value: value, maxAge: seconds, path: "/", secure: hasTLS, httpOnly: true,
            sameSite: .lax)
    }
}

/// A place on this server that a browser is sent on to; others are refused, so no link of ours leads to a stranger's page.
struct OwnPath: Sendable {
    static let account = OwnPath("/account")

    let text: String

    /// The path, or the account where it is none of ours.
    init(_ text: String) {
        let isOwn =
            text.hasPrefix("/") && !text.hasPrefix("//") && text.utf8.count <= 4096
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        self.text = isOwn ? text : "/account"
    }

    /// As a field of another path's query.
    var asQuery: String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
