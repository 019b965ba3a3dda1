internal import YunCore

/// Reads the members of one JSON object and collects what is wrong with them, so that a developer sees all
/// mistakes at once.
final class ObjectReader {
    private let name: String
    private let position: SourcePosition
    private var members: [JSON.Member]
    private let diagnostics: DiagnosticList

    /// `nil`, with a diagnostic, where `value` is not an object.
    init?(_ value: JSON, _ name: String, _ diagnostics: DiagnosticList) {
        guard case .object(let members) = value.content else {
            diagnostics.report(value.position, "\(name) is \(value.kind)", "write an object: { ... }")
            return nil
        }
        self.name = name
        self.position = value.position
        self.diagnostics = diagnostics
        self.members = members
    }

    /// Takes a member that may be missing.
    func optional(_ key: String) -> JSON? {
        members.firstIndex { $0.key == key }.map { members.remove(at: $0).value }
    }

    /// Takes a member that must be there.
    func required(_ key: String, _ remedy: String) -> JSON? {
        guard let value = optional(key) else {
            diagnostics.report(position, "\(name) has no \"\(key)\"", remedy)
            return nil
        }
        return value
    }

    /// Reports what was not taken. Keys that begin with `x-` are the developer's own.
    func finish(known: [String]) {
        for member in members where !member.key.utf8.starts(with: "x-".utf8) {
            let near = known.min { $0.distance(to: member.key) < $1.distance(to: member.key) }
            let guess = near.flatMap { $0.distance(to: member.key) <= 3 ? $0 : nil }
            diagnostics.report(
                member.keyPosition, "\(name) has an unknown key \"\(member.key.escaped)\"",
                guess.map { "did you mean \"\($0)\"?" }
                    ?? "remove it, or begin it with x- if it is for your own tools")
        }
    }
}

/// What has been found wrong so far.
final class DiagnosticList {
    private(set) var all: [Diagnostic] = []

    func report(_ position: SourcePosition, _ message: String, _ remedy: String) {
        all.append(Diagnostic(position: position, message: message, remedy: remedy))
    }

    /// Runs a check of a value's own rules and reports its failure at `value`.
    func checking<T>(_ value: JSON, _ body: () throws(Failure) -> T) -> T? {
        do throws(Failure) {
            return try body()
        } catch {
            report(value.position, error.message, error.hint ?? "correct it")
            return nil
        }
    }

    func string(_ value: JSON?, _ name: String) -> (text: String, json: JSON)? {
        guard let value else { return nil }
        guard case .string(let text) = value.content else {
            report(value.position, "\(name) is \(value.kind)", "write a string")
            return nil
        }
        return (text, value)
    }

    func integer(_ value: JSON?, _ name: String) -> (number: Int, json: JSON)? {
        guard let value else { return nil }
        guard case .integer(let number) = value.content else {
            report(value.position, "\(name) is \(value.kind)", "write an integer")
            return nil
        }
        return (number, value)
    }

    func boolean(_ value: JSON?, _ name: String) -> Bool? {
        guard let value else { return nil }
        guard case .boolean(let truth) = value.content else {
            report(value.position, "\(name) is \(value.kind)", "write true or false")
            return nil
        }
        return truth
    }

    func array(_ value: JSON?, _ name: String, countMax: Int) -> [JSON] {
        guard let value else { return [] }
        guard case .array(let elements) = value.content else {
            report(value.position, "\(name) is \(value.kind)", "write an array: [ ... ]")
            return []
        }
        guard elements.count <= countMax else {
            report(value.position, "\(name) has \(elements.count) elements", "use at most \(countMax)")
            return []
        }
        return elements
    }

    /// One of a few words.
    func choice<T: RawRepresentable<String> & CaseIterable>(_ value: JSON?, _ name: String, _: T.Type) -> T? {
        guard let (text, json) = string(value, name) else { return nil }
        guard let choice = T(rawValue: text) else {
            let words = T.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            report(json.position, "\(name) cannot be \"\(text.escaped)\"", "write one of \(words)")
            return nil
        }
        return choice
    }
}

extension String {
    /// How many single-character edits lie between two keys; keys are short.
    fileprivate func distance(to other: String) -> Int {
        var row = Array(0...other.utf8.count)
        for (i, a) in utf8.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for (j, b) in other.utf8.enumerated() {
                let substituted = previous + (a == b ? 0 : 1)
                previous = row[j + 1]
                row[j + 1] = Swift.min(substituted, row[j] + 1, previous + 1)
            }
        }
        return row[other.utf8.count]
    }
}
