extension StringProtocol {
    /// The text as it may be printed: control, bidirectional and other invisible characters become `\u{...}`,
    /// so that a hostile name can neither move the cursor nor pretend to be another name.
    public var escaped: String {
        if utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") }) { return String(self) }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isUnprintable || scalar == "\\" {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The text as it may stand in HTML, between tags and within quotes.
    public var markup: String {
        unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: String(scalar)
            }
        }.joined()
    }

    /// The text cut to `limit` scalars for a message; a character may have any number of them.
    public func abbreviated(to limit: Int) -> String {
        guard utf8.count > limit, unicodeScalars.count > limit else { return String(self) }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(limit - 1))) + "…"
    }
}

extension Unicode.Scalar {
    /// Whether the scalar has no shape of its own or changes how its neighbours are read: controls (Cc),
    /// format and bidi characters (Cf), line and paragraph separators, private use and unassigned ones.
    public var isUnprintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
            true
        default: false
        }
    }
}

/// A text for people, in one or several languages.
public struct LocalizedText: Sendable, Hashable {
    /// Language tag (`en`, `zh`, `zh-TW`) to text. Never empty; `en` is there whenever more than one is.
    public let texts: [String: String]

    /// The texts by language tag; `nil` where they break the rule above.
    public init?(_ texts: [String: String]) {
        guard !texts.isEmpty, texts.count == 1 || texts["en"] != nil else { return nil }
        self.texts = texts
    }

    /// One text, taken for English.
    public init(_ text: String) {
        texts = ["en": text]
    }

    /// A text of ours, in the languages that Yun speaks.
    init(_ text: (en: String, zh: String)) {
        texts = ["en": text.en, "zh": text.zh]
    }

    /// The text for a POSIX locale such as `zh_CN.UTF-8`: the exact tag, then its language, then English.
    public func text(forLocale locale: String) -> String {
        let tag = locale.prefix { $0 != "." && $0 != "@" }.map { $0 == "_" ? "-" : $0 }
        let language = String(tag.prefix { $0 != "-" })
        return texts[String(tag)] ?? texts[language] ?? texts["en"] ?? texts.values.min() ?? ""
    }
}

extension Int {
    /// So many of what is named, `1 key`, `2 keys`; `many` where an s is not enough.
    public func counted(_ one: String, _ many: String? = nil) -> String {
        self == 1 ? "1 \(one)" : "\(self) \(many ?? one + "s")"
    }

    /// A length for people, `1.4 MiB`.
    public var bytesText: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(self)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        guard unit > 0 else { return "\(self) B" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
