public import CloudModel

/// How far below a folder a request reaches (RFC 4918, 10.2).
public enum Depth: Sendable {
    case zero, one, infinity

    /// - Parameter header: `nil` where the request has none.
    public init(_ header: String?, default missing: Depth) throws(Problem) {
        switch header?.lowercased() {
        case nil: self = missing
        case "0": self = .zero
        case "1": self = .one
        case "infinity": self = .infinity
        default: throw Problem(.malformed, "Depth is 0, 1 or infinity")
        }
    }
}

/// How long a lock is wanted for (RFC 4918, 10.7).
public enum LockTimeout {
    /// What a lock gets that asks for nothing.
    public static let secondsDefault: Int64 = 3600
    /// A client that forgot its lock keeps others out no longer.
    public static let secondsMax: Int64 = 86_400

    /// The first wish that is understood, within what is given.
    public static func seconds(_ header: String?) -> Int64 {
        for wish in (header ?? "").split(separator: ",") {
            let wish = wish.trimmed.lowercased()
            if wish == "infinite" { return secondsMax }
            guard wish.hasPrefix("second-"), let seconds = UInt64(wish.dropFirst(7)) else { continue }
            return max(1, min(Int64(clamping: seconds), secondsMax))
        }
        return secondsDefault
    }
}

/// A header that lists what must hold before anything is done (RFC 4918, 10.4).
public struct IfHeader {
    /// Reads a header's value.
    /// - Parameters:
    ///   - requested: what lists without a place of their own speak of.
    ///   - place: where a URI of the header leads; `nil` for another server's.
    public static func lists(
        _ text: String, requested: DrivePath, place: (String) throws(Problem) -> DrivePath?
    ) throws(Problem) -> [Preconditions.List] {
        var scanner = HeaderScanner(text)
        var lists: [Preconditions.List] = []
        var path: DrivePath? = requested
        while !scanner.isAtEnd {
            if scanner.skip("<") {
                path = try place(try scanner.text(until: ">"))
                guard scanner.isAt("(") else { throw HeaderScanner.malformed }
            } else {
                lists.append(Preconditions.List(path: path, conditions: try conditions(&scanner)))
            }
        }
        guard !lists.isEmpty else { throw HeaderScanner.malformed }
        return lists
    }

    private static func conditions(_ scanner: inout HeaderScanner) throws(Problem) -> [(
        holds: Bool, Preconditions.Condition
    )] {
        guard scanner.skip("(") else { throw HeaderScanner.malformed }
        var conditions: [(holds: Bool, Preconditions.Condition)] = []
        while !scanner.skip(")") {
            let holds = !scanner.skipWord("not")
            if scanner.skip("<") {
                conditions.append((holds, .lock(try scanner.text(until: ">"))))
            } else if scanner.skip("[") {
                conditions.append((holds, .entityTag(try scanner.text(until: "]"))))
            } else {
                throw HeaderScanner.malformed
            }
        }
        guard !conditions.isEmpty else { throw HeaderScanner.malformed }
        return conditions
    }
}

/// Goes through a header's value.
private struct HeaderScanner {
    static let malformed = Problem(.malformed, "the If header is malformed")

    private var rest: Substring

    init(_ text: String) {
        rest = text[...]
        skipSpace()
    }

    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ character: Character) -> Bool { rest.first == character }

    mutating func skip(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        skipSpace()
        return true
    }

    mutating func skipWord(_ word: String) -> Bool {
        guard rest.prefix(word.count).lowercased() == word else { return false }
        rest.removeFirst(word.count)
        skipSpace()
        return true
    }

    mutating func text(until end: Character) throws(Problem) -> String {
        guard let place = rest.firstIndex(of: end) else { throw Self.malformed }
        defer {
            rest = rest[rest.index(after: place)...]
            skipSpace()
        }
        return String(rest[..<place])
    }

    private mutating func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" } }
}

extension Preconditions.EntityTags {
    /// Reads `If-Match` or `If-None-Match`. Weak tags lose their mark, since ours are strong and nobody else's match.
    public init?(_ header: String?) {
        guard let header = header?[...].trimmed, !header.isEmpty else { return nil }
        guard header != "*" else {
            self = .any
            return
        }
        self = .some(
            header.split(separator: ",").map { tag in
                let tag = tag.trimmed
                return String(tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...])
            })
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let start = drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
