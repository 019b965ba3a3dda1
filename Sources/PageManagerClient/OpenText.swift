public import PageManagerInterface
public import Varlink

extension Owner.OpenParameters {
    /// As its encoder writes it, for the call for which a program is started each time.
    public var text: ObjectText {
        var written = ObjectText()
        var linkText = ObjectText()
        linkText.add("uri", link.uri)
        linkText.add("event", link.event)
        linkText.add("data", link.data)
        written.add("link", linkText)
        if let session {
            var sessionText = ObjectText()
            sessionText.add("wayland", session.wayland)
            sessionText.add("locale", session.locale)
            sessionText.add("headless", session.headless)
            written.add("session", sessionText)
        }
        return written
    }
}
