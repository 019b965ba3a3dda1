internal import YunCore

/// An owner before a browser, who signs in where that is asked for and lets phones in.
package struct OwnerBrowser {
    private let name: String
    private let password: String

    package init(_ name: String, password: String) {
        self.name = name
        self.password = password
    }

    /// Opens the address that a phone shows, and decides.
    package func decide(_ decision: String, at address: String) throws {
        let result = try Program("python3").run("-c", Self.script, address, decision, name, password)
        guard result.status == 0 else { throw Failure(.unavailable, result.errors) }
    }

    private static let script = """
        import http.cookiejar, sys, urllib.parse, urllib.request
        from html.parser import HTMLParser
        address, decision, name, password = sys.argv[1:]
        browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

        class Forms(HTMLParser):
            def __init__(self, text):
                super().__init__()
                self.forms = {}
                self.feed(text)
            def handle_starttag(self, tag, attributes):
                attributes = dict(attributes)
                if tag == "form":
                    self.fields = self.forms.setdefault(attributes.get("action"), {})
                elif tag in ("input", "button") and attributes.get("name") and self.forms:
                    self.fields.setdefault(attributes["name"], attributes.get("value", ""))

        def send(page, action, **changes):
            url = urllib.parse.urljoin(page[0], action)
            form = urllib.parse.urlencode(Forms(page[1]).forms[action] | changes).encode()
            return go(urllib.request.Request(url, form))

        def go(request):
            with browser.open(request) as answer:
                return answer.url, answer.read().decode()

        page = go(address)
        if urllib.parse.urlsplit(page[0]).path == "/sign-in":
            page = send(page, "/sign-in", name=name, password=password)
        send(page, "/device/decide", decision=decision)
        """
}
