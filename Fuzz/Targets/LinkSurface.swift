internal import YunCore

/// A page link as an app sends it: its event, a line feed, its URI, a line feed, its data.
enum LinkSurface {
    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let event = String(validating: parts[0], as: UTF8.self),
            let uri = String(validating: parts[1], as: UTF8.self),
            let data = String(validating: parts[2], as: UTF8.self)
        else { return false }
        let link = try attempt([.linkMalformed]) { () throws(Failure) in
            try PageLink(uri, event: event, data: data)
        }
        let isLink = isEvent(parts[0]) && isURI(parts[1]) && parts[2].count <= 65_536 && !parts[2].contains(0)
        try require((link != nil) == isLink, "the specification says otherwise")
        guard let link else { return false }
        try require(link.uri.utf8.elementsEqual(parts[1]), "written again, the link is another")
        try require(link.event.utf8.elementsEqual(parts[0]), "the event was changed")
        try require(link.data.utf8.elementsEqual(parts[2]), "the data was changed")
        return true
    }

    /// L-3, by bytes.
    private static func isEvent(_ bytes: ArraySlice<UInt8>) -> Bool {
        (1...32).contains(bytes.count) && bytes.allSatisfy { isAlphanumeric($0) }
    }

    /// L-1 and L-2, as a machine of states over bytes.
    private static func isURI(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= 4096, bytes.starts(with: "page://".utf8) else { return false }
        let rest = bytes.dropFirst(7)
        let page = rest.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let names = page.pieces("/")
        guard names.count == 2, Domain.isName(names[0].text), (1...64).contains(names[1].count),
            names[1].allSatisfy({ isAlphanumeric($0) || "-_".utf8.contains($0) })
        else { return false }
        var tail = rest.dropFirst(page.count)
        if tail.first == UInt8(ascii: "?") {
            let query = tail.dropFirst().prefix { $0 != UInt8(ascii: "#") }
            guard isText(query) else { return false }
            tail = tail.dropFirst(1 + query.count)
        }
        return tail.isEmpty || isText(tail.dropFirst())
    }

    private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
        var plain: [UInt8] = []
        var place = bytes.startIndex
        while place < bytes.endIndex {
            if bytes[place] == UInt8(ascii: "%") {
                let digits = bytes[(place + 1)...].prefix(2)
                guard digits.count == 2, digits.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }),
                    let value = UInt8(digits.text, radix: 16)
                else { return false }
                plain.append(value)
                place += 3
            } else {
                let isAllowed =
                    isAlphanumeric(bytes[place]) || "-._~!$&'()*+,;=:@/?".utf8.contains(bytes[place])
                guard isAllowed else { return false }
                plain.append(bytes[place])
                place += 1
            }
        }
        return !plain.contains(0) && String(validating: plain, as: UTF8.self) != nil
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        Unicode.Scalar(byte).properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
    }
}
