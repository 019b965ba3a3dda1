internal import YunCore

extension String {
    /// A text of somebody else's as it may stand among ours: of bounded length, on one line, with nothing in it that
    /// reorders, hides or paints over what stands around it.
    ///
    /// Accents stack without limit and are drawn over the lines above and below, blanks push what follows out of sight, and
    /// some letters are drawn as nothing.
    package func foreign(scalarsMax: Int) -> String {
        var text = String.UnicodeScalarView()
        var markCount = 0
        for scalar in unicodeScalars {
            let category = scalar.properties.generalCategory
            let isMark = category == .nonspacingMark || category == .enclosingMark
            markCount = isMark ? markCount + 1 : 0
            if markCount > 2 { continue }
            let isBlank = category == .spaceSeparator || scalar == "\n" || scalar == "\t"
            if isBlank, text.last == " " || text.isEmpty { continue }
            text.append(isBlank ? " " : scalar)
            // One more than may be shown, so that it can be seen to be cut.
            if text.count > scalarsMax { break }
        }
        if text.last == " " { text.removeLast() }
        return String(text).abbreviated(to: scalarsMax).unicodeScalars
            .map { $0.isInvisible ? "\\u{\(String($0.value, radix: 16))}" : String($0).escaped }.joined()
    }

    /// The text between marks that keep its direction to itself.
    package var isolated: String { "\u{2068}\(self)\u{2069}" }

    /// The end of the text, where there is not room for all of it: who owns a domain stands at its end.
    package func ending(scalarsMax: Int) -> String {
        guard unicodeScalars.count > scalarsMax else { return self }
        return "…" + String(UnicodeScalarView(unicodeScalars.suffix(scalarsMax - 1)))
    }
}

extension Unicode.Scalar {
    /// Takes a place in the text and is drawn as nothing, although it is a letter or a symbol.
    fileprivate var isInvisible: Bool {
        self == "\u{2800}" || properties.isDefaultIgnorableCodePoint
    }
}
