public import Signing
public import YunCore

/// A day of the Gregorian calendar, `YYYY-MM-DD`.
public struct CalendarDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// As it is written, which also is its order.
    public let description: String

    /// Reads `YYYY-MM-DD`.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1...12).contains(month), (1...Self.days(of: month, in: year)).contains(day)
        else { return nil }
        description = text
    }

    private static func days(of month: Int, in year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The day of a Unix time, in UTC (Howard Hinnant's `civil_from_days`).
    public init(secondsSince1970 seconds: Int) {
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        description = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// Earlier days first.
    public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        left.description < right.description
    }
}

/// A store's or maker's statement: this key may publish these domains with at most these permissions until then.
public struct Profile: Sendable, Equatable {
    /// The first line.
    public static let typeLine = "ypkg-profile 1"

    /// Whose profile it is.
    public let key: PublicKey
    /// Names, or `*.` and a name for all below it.
    public let domains: [String]
    /// The most that an app may ask for.
    public let permissions: [Permission]
    /// The last day.
    public let until: CalendarDay

    /// The statement about `key`.
    public init(key: PublicKey, domains: [String], permissions: [Permission], until: CalendarDay) {
        self.key = key
        self.domains = domains
        self.permissions = permissions
        self.until = until
    }

    /// The text to sign.
    public var text: [UInt8] {
        var lines = [Self.typeLine, "key\t\(key.base64)"]
        lines += domains.map { "domain\t\($0)" }
        lines += permissions.map { "permission\t\($0.rawValue)" }
        lines.append("until\t\(until)")
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// Reads a profile that a signature vouches for; like an index it has one spelling only.
    public init(text bytes: [UInt8]) throws(Failure) {
        var lines = try StatementLines(bytes, typeLine: Self.typeLine)
        guard let key = try PublicKey(base64: lines.value(of: "key")) else { throw lines.fault }
        var domains: [String] = []
        while let domain = lines.optionalValue(of: "domain") {
            guard Domain.isName(domain.hasPrefix("*.") ? String(domain.dropFirst(2)) : domain) else {
                throw lines.fault
            }
            domains.append(domain)
        }
        var permissions: [Permission] = []
        while let name = lines.optionalValue(of: "permission") {
            guard let permission = Permission(rawValue: name) else { throw lines.fault }
            permissions.append(permission)
        }
        guard let until = CalendarDay(try lines.value(of: "until")) else { throw lines.fault }
        self.init(key: key, domains: domains, permissions: permissions, until: until)
        guard text == bytes else { throw lines.fault }
    }

    func authorize(domain: Domain, permissions asked: [Permission]) throws(Failure) {
        let isCovered = domains.contains { pattern in
            pattern.hasPrefix("*.") ? domain.name.hasSuffix(pattern.dropFirst(1)) : domain.name == pattern
        }
        guard isCovered else {
            throw Failure(
                .notAllowed, "the publisher's profile does not cover \(domain)",
                hint: "its publisher must ask the store for this domain")
        }
        if let excess = asked.first(where: { !permissions.contains($0) }) {
            throw Failure(
                .notAllowed, "the publisher's profile does not allow \(excess.rawValue)",
                hint: "its publisher must ask the store for this permission")
        }
    }
}

/// A chain of keys of one publisher in which each signs its successor.
public struct Lineage: Sendable, Equatable {
    /// The first line, also of the statement that each key signs.
    public static let typeLine = "ypkg-lineage 1"
    private static let linksMax = 16

    /// Oldest first; two at least.
    public let keys: [PublicKey]
    /// The contents of `.minisig` files; their comments are free, so they are kept as they came.
    private let signatures: [[UInt8]]

    /// Begins a lineage, or adds to one whose newest key is `old`.
    public init(from old: SecretKey, to new: PublicKey, after earlier: Lineage? = nil) throws(Failure) {
        guard earlier.map({ $0.newest == old.publicKey }) ?? true else {
            throw Failure(
                .notAllowed, "the lineage does not end with the key \(old.publicKey.id)",
                hint: "sign with the newest key of the lineage")
        }
        let statement = Self.statement(from: old.publicKey, to: new)
        keys = (earlier?.keys ?? [old.publicKey]) + [new]
        let signature = old.sign(statement, trustedComment: "successor \(new.id)")
        signatures = (earlier?.signatures ?? []) + [Array(signature.fileText.utf8)]
    }

    /// The newest key.
    public var newest: PublicKey { keys[keys.count - 1] }

    /// All keys before the newest, if `start` is one of them and the chain may be believed from there.
    func keys(after start: PublicKey) -> [PublicKey]? {
        guard let place = keys.dropLast().firstIndex(of: start) else { return nil }
        return Array(keys[place..<keys.count - 1])
    }

    private static func statement(from old: PublicKey, to new: PublicKey) -> [UInt8] {
        Array("\(typeLine)\nkey\t\(old.base64)\nsuccessor\t\(new.base64)\n".utf8)
    }

    /// The contents of the member.
    public var text: [UInt8] {
        var lines = [Self.typeLine, "key\t\(keys[0].base64)"]
        for (key, signature) in zip(keys.dropFirst(), signatures) {
            lines.append("successor\t\(key.base64)\t\(signature.hexadecimal)")
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// Reads a lineage and checks every signature in it.
    public init(text bytes: [UInt8]) throws(Failure) {
        var lines = try StatementLines(bytes, typeLine: Self.typeLine)
        guard let first = try PublicKey(base64: lines.value(of: "key")) else { throw lines.fault }
        var keys = [first]
        var signatures: [[UInt8]] = []
        while let link = lines.optionalValue(of: "successor") {
            let parts = link.split(separator: "\t")
            guard parts.count == 2, keys.count <= Self.linksMax, let key = PublicKey(base64: parts[0]),
                let signatureText = [UInt8](hexadecimal: parts[1])
            else { throw lines.fault }
            let signature = try Signature(fileText: signatureText)
            guard
                signature.isValid(
                    for: Self.statement(from: keys[keys.count - 1], to: key), by: keys[keys.count - 1])
            else {
                throw Failure(
                    .signatureWrong, "the publisher's lineage is broken at the key \(key.id)",
                    hint: "its publisher must make it again")
            }
            keys.append(key)
            signatures.append(signatureText)
        }
        self.keys = keys
        self.signatures = signatures
        guard keys.count > 1, text == bytes else { throw lines.fault }
    }
}

/// The lines of a statement, taken in order.
struct StatementLines {
    private let typeLine: String
    private var rest: ArraySlice<Substring>

    init(_ bytes: [UInt8], typeLine: String) throws(Failure) {
        self.typeLine = typeLine
        rest = []
        guard bytes.count <= Limits.statementBytesMax, let text = String(validating: bytes, as: UTF8.self)
        else {
            throw fault
        }
        rest = text.split(separator: "\n")[...]
        guard let first = rest.popFirst(), first == typeLine else { throw fault }
    }

    var fault: Failure {
        Failure(
            .statementMalformed, "the statement '\(typeLine)' is malformed",
            hint: "it must be got again from whoever made it")
    }

    mutating func optionalValue(of key: String) -> String? {
        guard let line = rest.first, line.hasPrefix(key + "\t") else { return nil }
        rest.removeFirst()
        return String(line.dropFirst(key.count + 1))
    }

    mutating func value(of key: String) throws(Failure) -> String {
        guard let value = optionalValue(of: key) else { throw fault }
        return value
    }
}
