import DisplaySupport
import Glibc
import Platform
import YunCore

@testable import Prompt
@testable import PromptContract

extension PromptQuestion {
    static func sample(
        title: String = "Taobao", domain: String = "mobile.taobao.com", reason: String = "To scan codes",
        language: String = "en", standing: Publisher.Standing = .store
    ) -> PromptQuestion {
        PromptQuestion(
            domain: domain, title: title, publisher: Publisher(key: "3f2a9c0151b7e8d4", standing: standing),
            permission: "Camera", sentence: "Take pictures and videos with the phone's cameras.",
            reason: reason, language: language)
    }
}

/// A display, and the prompt's program on it. All is gone with it.
final class Scene {
    let display: Display
    let hand: Hand
    private let parent: AnchoredDirectory
    private let root: AnchoredDirectory
    private let name: String

    init() throws {
        parent = try AnchoredDirectory(at: "/tmp")
        name = "yun-prompt-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        root = try parent.makeDirectory(name, permissions: 0o700)
        try root.createDirectory("screen")
        display = try Display(scratch: root.directory("screen"))
        guard let hand = Hand(display: display.name) else {
            throw Failure(.unavailable, "libXtst cannot be used")
        }
        self.hand = hand
    }

    deinit {
        hand.leave()
        display.stop()
        do throws(Failure) { try parent.removeTree(name) } catch { print("cannot clean up: \(error)") }
    }

    /// Starts the program with a question on its standard input.
    /// - Parameter icon: becomes its descriptor 3.
    func start(
        _ question: [UInt8], _ arguments: [String] = [], hasDisplay: Bool = true, icon: Int32 = -1
    ) throws -> RunningPrompt {
        let input = try OwnedDescriptor.memoryFile("question")
        try input.write(question)
        try input.seek(to: 0)
        let output = try Pipe()
        let errors = try OwnedDescriptor.memoryFile("errors")
        var environment = ["HOME": root.path, "LANG": "C.UTF-8", "NO_AT_BRIDGE": "1"]
        if hasDisplay { environment["DISPLAY"] = display.name }
        let child = try Child.start(
            try builtProgram("yprompt"), arguments, environment: environment,
            descriptors: [input.number, output.writing.number, errors.number, icon])
        return RunningPrompt(child: child, output: output.closingWritingEnd(), errors: errors)
    }

    /// Width and height of what the owner would see.
    func pictureSize(_ question: PromptQuestion) throws -> (width: Int, height: Int) {
        try pictureSize(question, [], icon: -1)
    }

    /// Width and height of what the owner would see, with the app's picture.
    func pictureSize(_ question: PromptQuestion, icon: borrowing OwnedDescriptor) throws -> (
        width: Int, height: Int
    ) {
        try pictureSize(question, ["--icon-descriptor", "3"], icon: icon.number)
    }

    private func pictureSize(_ question: PromptQuestion, _ arguments: [String], icon: Int32) throws -> (
        width: Int, height: Int
    ) {
        let path = root.path + "/picture.png"
        let prompt = try start(
            question.json, ["--screenshot", path, "--gate-ms", "0"] + arguments, icon: icon)
        guard try prompt.finish() == ("", 0) else { throw Failure(.internalError, try prompt.errorText()) }
        let bytes = try root.contents(of: "picture.png", limit: 1 << 22)
        func number(at place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        return (number(at: 16), number(at: 20))
    }
}

/// A prompt that has been started.
final class RunningPrompt {
    let child: Child
    private let output: OwnedDescriptor
    private let errors: OwnedDescriptor

    init(child: Child, output: consuming OwnedDescriptor, errors: consuming OwnedDescriptor) {
        self.child = child
        self.output = output
        self.errors = errors
    }

    /// Does something again and again until the program has answered, or `nil` if it never does.
    func answer(after act: () -> Void) throws -> String? {
        for _ in 0..<500 {
            act()
            var waiting = pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&waiting, 1, 40) > 0 { return try finish().0 }
        }
        return nil
    }

    /// Waits for the end: what was answered, and the exit status.
    func finish() throws -> (String, Int32) {
        var waiting = pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&waiting, 1, 60_000) > 0 else {
            throw Failure(.internalError, "the prompt neither answers nor ends")
        }
        let bytes = try output.readToEnd(limit: 1 << 16, describedAs: "the answer")
        return (String(decoding: bytes, as: UTF8.self), child.wait())
    }

    func errorText() throws -> String {
        try errors.seek(to: 0)
        return String(decoding: try errors.readToEnd(limit: 1 << 16, describedAs: "errors"), as: UTF8.self)
    }
}
