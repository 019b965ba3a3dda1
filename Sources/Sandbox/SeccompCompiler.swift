internal import CLinux
internal import Glibc

/// One instruction of classic BPF, `struct sock_filter`.
struct FilterInstruction: Equatable {
    var code: UInt16
    var ifTrue: UInt8 = 0
    var ifFalse: UInt8 = 0
    var value: UInt32

    var bytes: [UInt8] {
        [UInt8(truncatingIfNeeded: code), UInt8(truncatingIfNeeded: code >> 8), ifTrue, ifFalse]
            + (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

/// How much of what an app trips over is told.
public enum Reporting: Sendable, Equatable {
    /// The filter answers alone; no call is slower than it has to be.
    case off
    /// Denied calls and addresses of the internet.
    case calls
    /// Also files: the launcher looks at every path, which makes each such call a few microseconds slower.
    case files
}

/// Compiles a policy to the bytes that `seccomp(2)` takes.
struct SeccompCompiler {
    let policy: SeccompPolicy
    let reporting: Reporting

    private enum Code {
        static let load: UInt16 = 0x20  // BPF_LD | BPF_W | BPF_ABS
        static let jump: UInt16 = 0x05  // BPF_JMP | BPF_JA
        static let jumpIfEqual: UInt16 = 0x15  // BPF_JMP | BPF_JEQ | BPF_K
        static let jumpIfAtLeast: UInt16 = 0x35  // BPF_JMP | BPF_JGE | BPF_K
        static let and: UInt16 = 0x54  // BPF_ALU | BPF_AND | BPF_K
        static let answer: UInt16 = 0x06  // BPF_RET | BPF_K
    }

    /// `seccomp_data`: number, architecture, instruction pointer, six arguments.
    private enum Offset {
        static let number: UInt32 = 0
        static let architecture: UInt32 = 4
        static func argument(_ test: SeccompPolicy.Test) -> UInt32 {
            16 + 8 * UInt32(test.argument) + (test.isHighHalf ? 4 : 0)
        }
    }

    /// SECCOMP_RET_*.
    enum Answer {
        static let killProcess: UInt32 = 0x8000_0000
        static let error: UInt32 = 0x0005_0000
        static let notify: UInt32 = 0x7FC0_0000
        static let allow: UInt32 = 0x7FFF_0000
    }

    var instructions: [FilterInstruction] {
        [
            // A number means nothing before it is known whose number it is: the 32-bit entry has others.
            FilterInstruction(code: Code.load, value: Offset.architecture),
            FilterInstruction(code: Code.jumpIfEqual, ifTrue: 1, value: yun_audit_architecture()),
            FilterInstruction(code: Code.answer, value: Answer.killProcess),
            FilterInstruction(code: Code.load, value: Offset.number),
        ] + tree(ranges[...])
    }

    /// The standard policy's filter as `struct sock_filter`s, compiled once.
    static func bytes(_ reporting: Reporting) -> [UInt8] {
        switch reporting {
        case .off: silent
        case .calls: calls
        case .files: files
        }
    }

    private static let silent = compiled(.off)
    private static let calls = compiled(.calls)
    private static let files = compiled(.files)

    private static func compiled(_ reporting: Reporting) -> [UInt8] {
        SeccompCompiler(policy: .standard, reporting: reporting).instructions.flatMap(\.bytes)
    }

    /// The whole number space cut into ranges that are answered alike: the kernel translates each instruction anew for
    /// each launch. What lies above the ceiling, x32's numbers among it, does not exist.
    private var ranges: [(start: UInt32, code: [FilterInstruction])] {
        let missing = code(for: SeccompPolicy.Rule(otherwise: .refuse(ENOSYS)))
        var ranges: [(start: UInt32, code: [FilterInstruction])] = []
        for number in 0...SeccompPolicy.ceiling {
            let code = policy.rules[number].map(code(for:)) ?? missing
            if ranges.last?.code != code { ranges.append((number, code)) }
        }
        return ranges + [(SeccompPolicy.ceiling + 1, missing)]
    }

    /// Finds the range of the number by halving, so that no call pays for its place in a list.
    private func tree(
        _ ranges: ArraySlice<(start: UInt32, code: [FilterInstruction])>
    ) -> [FilterInstruction] {
        guard ranges.count > 1, let first = ranges.first else { return ranges.first?.code ?? [] }
        let middle = ranges.startIndex + ranges.count / 2
        let low = tree(ranges[..<middle])
        let high = tree(ranges[middle...])
        precondition(first.start < ranges[middle].start)
        let start = ranges[middle].start
        if let distance = UInt8(exactly: low.count) {
            return [FilterInstruction(code: Code.jumpIfAtLeast, ifTrue: distance, value: start)] + low + high
        }
        // Conditional jumps reach 255 instructions; this one reaches any.
        return [
            FilterInstruction(code: Code.jumpIfAtLeast, ifFalse: 1, value: start),
            FilterInstruction(code: Code.jump, value: UInt32(low.count)),
        ] + low + high
    }

    private func code(for rule: SeccompPolicy.Rule) -> [FilterInstruction] {
        rule.cases.flatMap(code(for:)) + [answer(rule.otherwise)]
    }

    /// Each test that fails jumps behind the case; the end of the last test falls into the verdict.
    private func code(for choice: SeccompPolicy.Case) -> [FilterInstruction] {
        var code = [answer(choice.verdict)]
        for test in choice.tests.reversed() {
            var part = [FilterInstruction(code: Code.load, value: Offset.argument(test))]
            if test.mask != .max { part.append(FilterInstruction(code: Code.and, value: test.mask)) }
            for (index, value) in test.values.enumerated() {
                let left = test.values.count - 1 - index
                part.append(
                    FilterInstruction(
                        code: Code.jumpIfEqual, ifTrue: UInt8(left),
                        ifFalse: left == 0 ? UInt8(code.count) : 0,
                        value: value))
            }
            code = part + code
        }
        return code
    }

    private func answer(_ verdict: SeccompPolicy.Verdict) -> FilterInstruction {
        let value: UInt32 =
            switch verdict {
            case .allow: Answer.allow
            case .kill: Answer.killProcess
            case .refuse(let error): Answer.error | UInt32(error)
            case .deny(let error): reporting == .off ? Answer.error | UInt32(error) : Answer.notify
            case .watchNetwork: reporting == .off ? Answer.allow : Answer.notify
            case .watchFiles: reporting == .files ? Answer.notify : Answer.allow
            }
        return FilterInstruction(code: Code.answer, value: value)
    }
}
