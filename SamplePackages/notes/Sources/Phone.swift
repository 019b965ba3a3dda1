import Yun

/// What notes does with the phone around it. Without a broker there is none, and notes is a program like any other.
struct Phone {
    /// Whether there is a broker; one that is there and cannot be used is an error.
    static func isThere() throws -> Bool {
        do {
            let connection = try Connection()
            connection.hangUp()
            return true
        } catch where error.code == "platform.unavailable" {
            return false
        }
    }

    /// Lives as a page: says what it is told, and shows the notes that links lead to.
    static func watch(_ show: (Int) -> Void) throws {
        try Page.watchAndWait { event in
            print("notes: \(event.event)")
            if let number = event.event == .link ? event.link.flatMap({ noteNumber(in: $0.uri) }) : nil {
                show(number)
            }
            flush()
            // There is nowhere to go back to.
            return false
        }
    }

    /// 3 of `page://notes.yunos.com/main?note=3`.
    static func noteNumber(in uri: String) -> Int? {
        let query = uri.prefix { $0 != "#" }.drop { $0 != "?" }.dropFirst()
        let note = query.split(separator: "&").first { $0.hasPrefix("note=") }
        return note.flatMap { Int($0.dropFirst("note=".count)) }
    }

    /// Opens the shop.
    static func shop() throws(Failure) {
        try Connection().page.open(link: Page.Link(uri: "page://mobile.taobao.com/home"))
    }

    /// Posts a note, which leads back to it. The owner is asked where he was not before.
    static func remind(of note: String, _ number: Int) throws(Failure) {
        let connection = try Connection()
        let state = try connection.permission.ask(name: "NOTIFICATION.permission.yunos.com")
        print("notifications are \(state.rawValue)")
        guard state == .granted else { return }
        _ = try connection.notification.post(
            title: "Notes", text: note, tag: "note-\(number)",
            link: Notification.Link(uri: "page://notes.yunos.com/main?note=\(number)"))
    }

    /// How it stands with what the manifest asks for.
    static func permissions() throws(Failure) {
        for permission in try Connection().permission.list() {
            print("\(permission.name)  \(permission.state.rawValue)")
        }
    }
}
