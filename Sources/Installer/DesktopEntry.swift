internal import Manifest
internal import Store
internal import YunCore

/// An app in launchers: the file that says so, by the Desktop Entry Specification.
struct DesktopEntry {
    /// The part that says of which release it is. It is first, so that looking at it takes neither a manifest nor the
    /// rest: an entry that begins so is up to date.
    let head: String

    /// - Parameter root: the store, whichever is the default where the entry is opened.
    init(_ release: InstalledRelease, root: String, hasIcon: Bool) {
        var lines = [
            "[Desktop Entry]", "Type=Application", "X-Yun-Release=\(release.directoryName)",
        ]
        if hasIcon { lines.append("Icon=\(release.domain.desktopName)") }
        lines.append("Exec=ypkg open --root \(Self.argument(root)) \(release.domain)\n")
        head = lines.joined(separator: "\n")
    }

    /// The whole file.
    /// - Parameter page: the main page.
    func text(_ manifest: Manifest, _ page: Page) -> String {
        var text = head + Self.lines("Name", manifest.title)
        if page.title != manifest.title { text += Self.lines("Comment", page.title) }
        let others = manifest.pages.filter { $0.kind != .service && !$0.isMain }.prefix(Self.keywordsMax)
        let tags = Set(others.flatMap(\.title.texts.keys))
        let keywords = LocalizedText(
            Dictionary(
                uniqueKeysWithValues: tags.union(["en"]).map { tag in
                    (tag, Self.list(others.map { $0.title.text(forLocale: tag) }))
                }))
        if !others.isEmpty, let keywords { text += Self.lines("Keywords", keywords) { $0 } }
        return text
    }

    /// An app is not found by more words than these.
    private static let keywordsMax = 16

    /// A key in each language; English is what stands for all others.
    private static func lines(
        _ key: String, _ text: LocalizedText, _ spelling: (String) -> String = value
    ) -> String {
        let others = text.texts.filter { $0.key != "en" }.sorted { $0.key < $1.key }
        return "\(key)=\(spelling(text.text(forLocale: "en")))\n"
            + others.map { tag, words in
                "\(key)[\(String(tag.map { $0 == "-" ? "_" : $0 }))]=\(spelling(words))\n"
            }.joined()
    }

    private static func list(_ texts: [String]) -> String {
        texts.map { value($0).map { $0 == ";" ? "\\;" : String($0) }.joined() + ";" }.joined()
    }

    /// An argument of `Exec`: in quotes, where a percent sign is two, and then spelled as every value.
    static func argument(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "`", "$", "\\": quoted += "\\\(scalar)"
            case "%": quoted += "%%"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return value("\"\(quoted)\"")
    }

    /// A value in one line; a blank at its beginning would not count.
    static func value(_ text: String) -> String {
        var value = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": value += "\\\\"
            case "\n": value += "\\n"
            case "\r": value += "\\r"
            case "\t": value += "\\t"
            case " " where value.isEmpty: value += "\\s"
            default: value.unicodeScalars.append(scalar)
            }
        }
        return value
    }
}
