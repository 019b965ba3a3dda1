public import CloudModel
internal import Mustache

/// What a browser is shown of an account, as HTML that needs no script.
public struct Pages: Sendable {
    private let library: MustacheLibrary
    /// What all pages look like, and where that is found.
    public let style: [UInt8] = PackageResources.style_css
    /// Changes with the style, so that browsers may keep it.
    public let stylePath: String

    /// Reads the templates that are part of the program.
    public init() throws {
        var templates: [String: MustacheTemplate] = [:]
        for (name, bytes) in Self.templates {
            templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
        }
        library = MustacheLibrary(templates: templates)
        let sum = style.reduce(UInt64(5381)) { $0 &* 33 ^ UInt64($1) }
        stylePath = "/assets/style-\(String(sum, radix: 36)).css"
    }

    /// A page as HTML.
    public func html(_ page: Page, in frame: Frame) -> String? {
        library.render(FramedPage(page, frame, style: stylePath), withTemplate: page.template)
    }

    static let templates = [
        "layout": PackageResources.layout_mustache, "form": PackageResources.form_mustache,
        "fields": PackageResources.fields_mustache, "list": PackageResources.list_mustache,
    ]
}

/// What stands around a page.
public struct Frame: Sendable {
    /// In which language it is.
    public let language: Language
    /// What forms of this browser have to show.
    public let form: String
    /// The page's own path, with its query.
    public let path: String
    /// Whether somebody is signed in.
    public var isSignedIn = false
    /// What was done.
    public var notice: Word?
    /// What was not done, and why.
    public var problem: Word?

    /// The frame of a page.
    public init(language: Language, form: String, path: String) {
        self.language = language
        self.form = form
        self.path = path
    }
}

/// A page, and everything on it in one language.
public struct Page: Sendable {
    let template: String
    let title: String
    let intro: String?
    var forms: [Form] = []
    var links: [Link] = []
    var sections: [Section] = []

    /// A page of forms.
    public init(_ title: String, intro: String? = nil, forms: [Form], links: [Link] = []) {
        template = "form"
        self.title = title
        self.intro = intro
        self.forms = forms
        self.links = links
    }

    /// A page of sections.
    public init(_ title: String, intro: String? = nil, sections: [Section]) {
        template = "list"
        self.title = title
        self.intro = intro
        self.sections = sections
    }
}

/// A way to another page.
public struct Link: Sendable {
    let path: String
    let label: String

    /// A way to a path.
    public init(_ label: String, to path: String) {
        self.path = path
        self.label = label
    }
}

/// Something that is typed and sent.
public struct Form: Sendable {
    let action: String
    let submit: String
    let kept: [Kept]
    let fields: [Field]
    let isDangerous: Bool

    /// A form that is sent to `action`.
    /// - Parameter kept: what is sent with it unseen.
    public init(
        to action: String, submit: String, kept: [String: String] = [:], fields: [Field],
        isDangerous: Bool = false
    ) {
        self.action = action
        self.submit = submit
        self.kept = kept.sorted { $0.key < $1.key }.map { Kept(name: $0.key, value: $0.value) }
        self.fields = fields
        self.isDangerous = isDangerous
    }

    struct Kept: Sendable {
        let name: String
        let value: String
    }
}

/// A line to type into.
public struct Field: Sendable {
    /// What is typed; browsers and their password keepers go by it.
    public enum Kind: Sendable {
        case name
        case password
        case newPassword
        case code
        case secondFactor
        case text
    }

    let id: String
    let name: String
    let label: String
    let hint: String?
    let value: String
    let type: String
    let autocomplete: String
    let inputMode: String?

    /// A line to type into.
    /// - Parameter value: what stands there already; never a password.
    public init(
        _ kind: Kind, _ name: String, _ label: String, hint: String? = nil, value: String = "",
        id: String? = nil
    ) {
        self.id = id ?? name
        self.name = name
        self.label = label
        self.hint = hint
        self.value = value
        (type, autocomplete, inputMode) =
            switch kind {
            case .name: ("text", "username", "email")
            case .password: ("password", "current-password", nil)
            case .newPassword: ("password", "new-password", nil)
            case .code: ("text", "one-time-code", "numeric")
            case .secondFactor: ("text", "one-time-code", nil)
            case .text: ("text", "off", nil)
            }
    }
}

/// A part of a page.
public struct Section: Sendable {
    let heading: String?
    let text: String?
    /// SVG of our own making.
    let picture: String?
    let secrets: [String]
    let meter: Meter?
    let items: [Item]
    let isList: Bool
    let forms: [Form]
    let links: [Link]

    /// A part of a page.
    /// - Parameters:
    ///   - picture: SVG that stands in the page as it is; never from outside.
    ///   - items: `nil` where there is no list; an empty one is told as such.
    public init(
        _ heading: String? = nil, text: String? = nil, picture: String? = nil, secrets: [String] = [],
        meter: Meter? = nil, items: [Item]? = nil, forms: [Form] = [], links: [Link] = []
    ) {
        self.heading = heading
        self.text = text
        self.picture = picture
        self.secrets = secrets
        self.meter = meter
        self.items = items ?? []
        isList = items != nil
        self.forms = forms
        self.links = links
    }
}

/// How full something is.
public struct Meter: Sendable {
    let percent: Int
    let label: String

    /// How full something is, in hundredths.
    public init(percent: Int, label: String) {
        self.percent = percent
        self.label = label
    }
}

/// One of several things.
public struct Item: Sendable {
    let title: String
    let details: [String]
    let button: Button?

    /// A thing, and what can be done with it.
    public init(_ title: String, details: [String] = [], button: Button? = nil) {
        self.title = title
        self.details = details
        self.button = button
    }
}

/// Something that can be done with one thing.
public struct Button: Sendable {
    let action: String
    let label: String
    let name: String
    let value: String

    /// Sends which thing it is to `action`.
    public init(_ label: String, to action: String, name: String, value: String) {
        self.action = action
        self.label = label
        self.name = name
        self.value = value
    }
}

/// A page with its frame, as the templates read it.
private struct FramedPage {
    let language: String
    let title: String
    let style: String
    let words: [String: String]
    let form: String
    let person: Bool
    let menu: [MenuItem]
    let notice: String?
    let problem: String?
    let page: Page
    let languages: [OtherLanguage]

    struct MenuItem {
        let path: String
        let label: String
        let isHere: Bool
    }

    struct OtherLanguage {
        let path: String
        let tag: String
        let name: String
    }

    init(_ page: Page, _ frame: Frame, style: String) {
        let words = Words(frame.language)
        language = frame.language.rawValue
        title = page.title
        self.style = style
        self.words = words.byName
        form = frame.form
        person = frame.isSignedIn
        let here = frame.path.prefix { $0 != "?" }
        menu = Self.places.map { MenuItem(path: $0, label: words[$1], isHere: $0 == here) }
        notice = frame.notice.map { words[$0] }
        problem = frame.problem.map { words[$0] }
        self.page = page
        languages = [(Language.english, "English"), (.chinese, "中文")].map { language, name in
            OtherLanguage(
                path: "/language?to=\(language.rawValue)&next=\(frame.path.queryEscaped)",
                tag: language.rawValue, name: name)
        }
    }

    private static let places: [(String, Word)] = [
        ("/account", .account), ("/account/security", .security), ("/account/devices", .devices),
        ("/account/apps", .apps), ("/account/app-passwords", .appPasswords),
        ("/account/events", .events), ("/account/data", .data),
    ]
}

extension String {
    /// As the value of a query's field (RFC 3986, 3.4).
    fileprivate var queryEscaped: String {
        utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                text.append(Character(UnicodeScalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
    }
}
