/// What the content security policy refused, in words for the app's developer.
struct PolicyRefusal: Equatable {
    /// What was to be loaded; `nil` for what stands inside the page.
    let uri: String?
    /// What was refused and what to do instead.
    let text: String
    /// Whether the page lacks something that its author made a part of it. A script learns of the rest where it
    /// asked, and can go on without it.
    let isPartOfPage: Bool

    /// - Parameter message: WebKit's, `Refused to VERB OBJECT because ... the NAME directive ...`; `nil` if it is not
    ///   one.
    init?(_ message: String) {
        if message.hasPrefix(Self.localFile) {
            let uri = String(message.dropFirst(Self.localFile.count))
            self.init(uri: uri, Self.file("file"))
            return
        }
        let verb = Self.verbs.first { message.hasPrefix($0) }
        guard let verb, let reason = message.firstRange(of: " because "),
            let directive = Self.directive(in: message[reason.upperBound...])
        else { return nil }
        let object = message[..<reason.lowerBound].dropFirst(verb.count)
        let uri = verb == Self.verbOfInside ? nil : String(object)
        guard let words = uri == nil ? Self.inside[directive] : Self.outside[directive] else { return nil }
        self.init(uri: uri, words)
    }

    private init(uri: String?, _ words: Words) {
        self.uri = uri
        text = words.text.replacing("URI", with: uri ?? "")
        isPartOfPage = words.isPartOfPage
    }

    private static let localFile = "Not allowed to load local resource: "

    private static let verbOfInside = "Refused to "
    private static let verbs = [
        "Refused to load ", "Refused to connect to ", "Refused to change the document base URL to ",
        verbOfInside,
    ]

    /// The first word that ends in `-src`, `-uri` or `-action`, or `eval` where that is what is missing in it.
    private static func directive(in reason: Substring) -> String? {
        if reason.hasPrefix("'unsafe-eval'") { return "eval" }
        return reason.split(separator: " ").first { word in
            ["-src", "-uri", "-action"].contains { word.hasSuffix($0) }
        }.map(String.init)
    }

    private typealias Words = (text: String, isPartOfPage: Bool)

    private static let outside: [String: Words] = [
        "script-src": file("script"), "style-src": file("style sheet"), "img-src": file("picture"),
        "font-src": file("font"), "media-src": file("sound or video"),
        "frame-src": (
            "the frame URI is not shown, for pages hold no frames: link to a page of the app", true
        ),
        "object-src": ("URI is not shown, for there are no plug-ins: use img, audio or video", true),
        "base-uri": ("the base URI is not used: write links from the page's own place", true),
        "connect-src": (
            "no connection to URI, for pages have no network but fetch() to hosts of the manifest, outside of workers",
            false
        ),
        "worker-src": ("the worker URI is not started: start it from a file of the package", false),
        "form-action": ("the form is not sent to URI: take its submit event in a script", false),
    ]

    private static let inside: [String: Words] = [
        "script-src": ("a script inside the page does not run: put it into a file of the package", true),
        "style-src": ("a style inside the page is not used: put it into a style sheet of the package", true),
        "eval": ("a text is not run as a script: write it as a function", false),
    ]

    private static func file(_ name: String) -> Words {
        ("the \(name) URI is not loaded, for it is not in the package: put it there", true)
    }
}
