@testable import Sandbox

/// Runs a compiled filter over one call, as the kernel does.
struct FilterInterpreter {
    let instructions: [FilterInstruction]

    /// SECCOMP_RET_* of a call.
    func answer(number: UInt32, architecture: UInt32, arguments: [UInt64] = []) -> UInt32 {
        var data = [UInt32](repeating: 0, count: 16)
        data[0] = number
        data[1] = architecture
        for (index, argument) in arguments.enumerated() {
            data[4 + 2 * index] = UInt32(truncatingIfNeeded: argument)
            data[5 + 2 * index] = UInt32(truncatingIfNeeded: argument >> 32)
        }
        var position = 0
        var accumulator: UInt32 = 0
        while true {
            let instruction = instructions[position]
            position += 1
            switch instruction.code {
            case 0x20: accumulator = data[Int(instruction.value) / 4]
            case 0x54: accumulator &= instruction.value
            case 0x05: position += Int(instruction.value)
            case 0x15:
                position += Int(accumulator == instruction.value ? instruction.ifTrue : instruction.ifFalse)
            case 0x35:
                position += Int(accumulator >= instruction.value ? instruction.ifTrue : instruction.ifFalse)
            case 0x06: return instruction.value
            default: return .max
            }
        }
    }
}
