internal import CLinux
internal import Glibc

/// Which system calls a process may make: an allow list by name, rules on arguments for a few, and everything else
/// denied (`spec/sandbox.md`, System calls). Numbers come from the build's kernel headers.
public struct SeccompPolicy: Sendable {
    /// What becomes of a call.
    enum Verdict: Sendable, Equatable {
        case allow
        /// Fails with the error, and is worth a line to the developer.
        case deny(Int32)
        /// Ends the process, whatever it does about signals.
        case kill
        /// Fails with the error; libraries try such calls and live without them.
        case refuse(Int32)
        /// Goes on; other walls decide. With reports the launcher looks at the address first.
        case watchNetwork
        /// Goes on; other walls decide. With reports on files the launcher looks at the path first.
        case watchFiles
    }

    /// One half of an argument, masked, is among `values`.
    struct Test: Sendable, Equatable {
        var argument: Int
        var isHighHalf = false
        var mask: UInt32 = .max
        var values: [UInt32]

        func holds(for arguments: [UInt64]) -> Bool {
            let word = isHighHalf ? arguments[argument] >> 32 : arguments[argument]
            return values.contains(UInt32(truncatingIfNeeded: word) & mask)
        }
    }

    /// The first case whose tests all hold gives the verdict.
    struct Rule: Sendable, Equatable {
        var cases: [Case] = []
        var otherwise: Verdict

        func verdict(for arguments: [UInt64]) -> Verdict {
            cases.first { $0.tests.allSatisfy { $0.holds(for: arguments) } }?.verdict ?? otherwise
        }
    }

    /// What is decided when all of `tests` hold.
    struct Case: Sendable, Equatable {
        var tests: [Test]
        var verdict: Verdict
    }

    /// Every call that the headers know.
    static let numbers: [String: UInt32] = {
        var numbers: [String: UInt32] = [:]
        for index in 0..<yun_system_call_count() {
            guard let name = unsafe yun_system_call_name(index) else { continue }
            numbers[unsafe String(cString: name)] = yun_system_call_number(index)
        }
        return numbers
    }()

    /// Numbers above are calls newer than this policy. They do not exist for an app, as on an older kernel.
    static let ceiling = numbers.values.max() ?? 0

    /// By call number. A number up to the ceiling that has no rule is no call at all.
    let rules: [UInt32: Rule]

    /// The one policy of every app.
    static let standard = SeccompPolicy { name in
        if let rule = argumentRules[name] { return rule }
        if SystemCalls.allowed.contains(name) { return Rule(otherwise: .allow) }
        if SystemCalls.watchedForFiles.contains(name) { return Rule(otherwise: .watchFiles) }
        if SystemCalls.unsupported.contains(name) { return Rule(otherwise: .refuse(ENOSYS)) }
        return Rule(otherwise: .deny(EPERM))
    }

    /// - Parameter rule: of the call of that name.
    init(_ rule: (String) -> Rule) {
        var rules: [UInt32: Rule] = [:]
        for (name, number) in Self.numbers { rules[number] = rule(name) }
        self.rules = rules
    }

    /// What becomes of one call, as the compiled filter decides it.
    func verdict(number: UInt32, arguments: [UInt64]) -> Verdict {
        guard number <= Self.ceiling, let rule = rules[number] else { return .refuse(ENOSYS) }
        return rule.verdict(for: arguments)
    }

    /// The name of a call, for messages.
    static func name(of number: UInt32) -> String {
        numbers.first { $0.value == number }?.key ?? "number \(number)"
    }
}
