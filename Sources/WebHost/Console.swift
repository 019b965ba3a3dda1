internal import YunCore

/// Turns what WebKit writes about a page into reports, and knows what of it means that the page is broken.
struct Console {
    private let domain: Domain
    /// Level and place of the last message, which further lines of its text belong to.
    private var last: (level: String, place: String?)?
    /// Where the next rejected promise without a place was rejected.
    private var rejectionPlace: String?

    init(domain: Domain) {
        self.domain = domain
    }

    /// What to say of a line.
    enum Verdict: Equatable {
        case console(level: String, place: String?, text: String)
        case uncaught(place: String?, text: String)
        /// By the content security policy.
        case refused(place: String?, PolicyRefusal)
        /// Something else that the engine keeps a page from.
        case insecure(place: String?, text: String)
        case engine(text: String)
        case nothing
    }

    /// Takes the next line that a process of the engine wrote.
    mutating func take(_ line: String) -> Verdict {
        guard let message = ConsoleLine(line) else { return continuation(line) }
        if message.level == "debug", message.source == nil, message.text.hasPrefix(Bridge.rejectionMark) {
            rejectionPlace = ownPlace(message.text.dropFirst(Bridge.rejectionMark.count))
            return .nothing
        }
        last = (message.level, message.place)
        switch (message.source, message.level) {
        case ("JS", "error"):
            let place = message.place ?? rejectionPlace
            rejectionPlace = nil
            return .uncaught(place: place, text: message.text)
        case ("SECURITY", _):
            last = nil
            guard let refusal = PolicyRefusal(message.text) else {
                return .insecure(place: message.place, text: message.text)
            }
            return .refused(place: message.place, refusal)
        case ("NETWORK", _) where message.text.hasPrefix("Failed to load resource"):
            // The host itself has said why, as the one who did not serve it.
            return .nothing
        default:
            return .console(level: message.level, place: message.place, text: message.text)
        }
    }

    private func continuation(_ line: String) -> Verdict {
        guard !line.isEmpty else { return .nothing }
        guard let last, !Self.isEngineTalk(line) else { return .engine(text: line) }
        return .console(level: last.level, place: last.place, text: line)
    }

    /// GLib's and WebKit's own complaints begin with the name of a program or stars.
    private static func isEngineTalk(_ line: String) -> Bool {
        ["(WebKit", "(process:", "(ywebhost:", "** ", "libEGL", "MESA", "Gtk-", "WebKit encountered"]
            .contains { line.hasPrefix($0) }
    }

    /// A page says itself where its promise was rejected, so only its own places are believed.
    private func ownPlace(_ text: some StringProtocol) -> String? {
        let isOwn = text.hasPrefix("\(PageURI.scheme)://\(domain)/") && text.utf8.count <= 1024
        return isOwn && !text.contains(" ") ? String(text) : nil
    }
}
