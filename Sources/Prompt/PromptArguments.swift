internal import YunCore

/// The command line of the prompt.
struct PromptArguments: Equatable {
    /// A picture of the window is written there instead of waiting for an answer.
    var screenshot: String?
    /// The app's picture can be read there.
    var iconDescriptor: Int32?
    /// How long presses are ignored.
    var gateMilliseconds = InputGate.milliseconds

    init(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            let value = rest.popFirst()
            switch (name, value) {
            case ("--screenshot", .some(let path)): screenshot = path
            case ("--gate-ms", .some(let text)):
                guard let number = Int(text), (0...600_000).contains(number) else { fallthrough }
                gateMilliseconds = number
            case ("--icon-descriptor", .some(let text)):
                guard let number = Int32(text), (3...1023).contains(number) else { fallthrough }
                iconDescriptor = number
            default:
                throw Failure(
                    .usage, "\(name.escaped) is not understood",
                    hint:
                        "yprompt [--screenshot FILE] [--gate-ms 0-600000] [--icon-descriptor 3-1023] < QUESTION"
                )
            }
        }
    }
}
