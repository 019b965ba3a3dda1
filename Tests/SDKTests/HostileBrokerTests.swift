import Glibc
import Platform
import Support
import Testing
import Yun

/// One end of a connection that says whatever it likes.
private struct HostileBroker {
    let connection: Yun.Connection
    let socket: StreamSocket

    init() throws {
        let pair = try StreamSocket.pair()
        socket = pair.0
        connection = Yun.Connection(owning: dup(pair.1.number))
    }

    func say(_ text: String, _ descriptors: [Int32] = []) throws {
        try socket.write(Array(text.utf8), descriptors: descriptors)
    }
}

extension Yun.Connection {
    /// A descriptor beside the latest reply, the caller's to close.
    func taken(_ index: Int = 0) -> Int32? { takeDescriptor(index)?.release() }
}

@Suite struct HostileBrokerTests {
    @Test(
        "An answer that is none is said to be none, and ends the connection",
        arguments: [
            "", "{", "{\"parameters\":{", "\0", "nonsense\0", "[]\0", "5\0", "null\0", "{\"parameters\":5}\0",
            "{\"parameters\":[]}\0", "{\"error\":5}\0", "{\"parameters\":{}}\0", "{}\0",
            "{\"parameters\":{\"done\":1,\"version\":1}}\0",
            "{\"parameters\":{\"done\":\"true\",\"version\":1}}\0",
            "{\"parameters\":{\"done\":true,\"version\":1.5}}\0",
            "{\"parameters\":{\"done\":true,\"version\":99999999999999999999}}\0",
            "{\"parameters\":{\"done\":true,\"version\":null}}\0",
            "{\"parameters\":{\"done\":true,\"vers\0ion\":1}}\0",
            "{\"parameters\":{\"done\\u0000\":true,\"version\":1}}\0", "\u{FEFF}{}\0",
        ])
    func nonsense(answer: String) throws {
        let broker = try HostileBroker()
        try broker.say(answer)
        broker.socket.endWriting()
        let failure = #expect(throws: Yun.Failure.self) { try broker.connection.storage.commit(changes: []) }
        #expect(failure?.code == "platform.unavailable")
    }

    @Test(
        "An error that is none of ours is passed on in words that cannot harm a terminal",
        arguments: [
            ("{\"error\":\"\"}", "platform.unavailable"),
            ("{\"error\":\"x.Failed\"}", "platform.unavailable"),
            (
                "{\"error\":\"com.yunos.page.Failed\",\"parameters\":{\"code\":5,\"message\":\"m\"}}",
                "platform.unavailable"
            ),
            (
                "{\"error\":\"com.yunos.page.Failed\",\"parameters\":{\"code\":\"\",\"message\":\"m\"}}",
                "platform.unavailable"
            ),
            (
                "{\"error\":\"com.yunos.page.Failed\",\"parameters\":{\"code\":\"a\",\"message\":\"\\u001b[2J%s%n\",\"hint\":[]}}",
                "a"
            ),
            ("{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{}}", "platform.unavailable"),
        ])
    func errors(answer: String, code: String) throws {
        let broker = try HostileBroker()
        try broker.say(answer + "\0")
        let failure = #expect(throws: Yun.Failure.self) { try broker.connection.device.get() }
        #expect(failure?.code == code && failure?.hint == nil)
        #expect(failure?.message.utf8.allSatisfy { $0 >= 0x20 } == true)
    }

    @Test("An error of any length is cut between characters") func longError() throws {
        let broker = try HostileBroker()
        for length in 500..<520 {
            let text =
                String(repeating: "a", count: length % 3) + String(repeating: "\u{8336}", count: length)
            try broker.say(
                "{\"error\":\"x.y.Failed\",\"parameters\":{\"code\":\"\(text)\",\"message\":\"\(text)\",\"hint\":\"\(text)\"}}\0"
            )
            let failure = #expect(throws: Yun.Failure.self) { try broker.connection.device.get() }
            for part in [failure?.code, failure?.message, failure?.hint].compactMap({ $0 }) {
                #expect(!part.isEmpty && text.hasPrefix(part))
            }
        }
    }

    @Test("An answer without an end is cut off at the limit") func endless() throws {
        let broker = try HostileBroker()
        let socket = broker.socket
        let writer = try Platform.Thread {
            do {
                while true { try socket.write(Array(repeating: UInt8(ascii: "{"), count: 50_000)) }
            } catch {
                // The client has hung up, which is what it is to do.
            }
        }
        let failure = #expect(throws: Yun.Failure.self) { try broker.connection.device.get() }
        #expect(failure?.message.contains("too long") == true)
        writer.join()
    }

    @Test("Answers in any pieces are the same answers") func pieces() throws {
        let answer = Array(
            "{\"parameters\":{\"done\":true,\"version\":7}}\0{\"parameters\":{\"done\":false,\"version\":8}}\0"
                .utf8)
        for size in 1...answer.count {
            let broker = try HostileBroker()
            let socket = broker.socket
            let writer = try Platform.Thread {
                do {
                    for start in stride(from: 0, to: answer.count, by: size) {
                        try socket.write(Array(answer[start..<min(start + size, answer.count)]))
                    }
                } catch {
                    Issue.record("\(error)")
                }
            }
            #expect(try broker.connection.storage.commit(changes: []).version == 7)
            #expect(try broker.connection.storage.commit(changes: []).version == 8)
            writer.join()
        }
    }

    @Test("Descriptors that nobody asked for are closed, and belong to the answer that they came with")
    func descriptors() throws {
        let broker = try HostileBroker()
        let files = try (0..<2).map { number in
            let file = try OwnedDescriptor.memoryFile("file")
            try file.write(Array("\(number)".utf8))
            try file.seek(to: 0)
            return SharedDescriptor(file)
        }
        let reply = "{\"parameters\":{\"size\":1}}\0"
        try broker.say(reply, [files[0].number, files[1].number])
        try broker.say(reply)
        try broker.say(reply, [files[1].number])
        #expect(try broker.connection.storage.readFile(path: "a") == 1)
        let first = try #require(broker.connection.taken())
        #expect(try broker.connection.storage.readFile(path: "a") == 1)
        #expect(broker.connection.taken() == nil)
        #expect(try broker.connection.storage.readFile(path: "a") == 1)
        let third = try #require(broker.connection.taken())
        for index in [-1, 1, .max] {
            #expect(broker.connection.taken(index) == nil)
        }
        for (number, text) in [(first, "0"), (third, "1")] {
            let bytes = try Yun.Descriptor(owning: number).readToEnd(limit: 10)
            #expect(bytes == Array(text.utf8))
        }
    }

    /// Reads to the end, which comes when nobody has the pipe's other end any more.
    private func isClosedEverywhere(_ end: borrowing OwnedDescriptor) throws -> Bool {
        try end.readToEnd(limit: 10, describedAs: "pipe").isEmpty
    }

    @Test("A flood of descriptors ends the connection, and leaves none open") func flood() throws {
        let broker = try HostileBroker()
        let pipe = try Pipe()
        let many = [Int32](repeating: pipe.writing.number, count: 16)
        for _ in 0..<4 { try broker.say("{\"a\":", many) }
        let reading = pipe.closingWritingEnd()
        let failure = #expect(throws: Yun.Failure.self) { try broker.connection.device.get() }
        #expect(failure?.message.contains("descriptors") == true)
        let again = #expect(throws: Yun.Failure.self) { try broker.connection.device.get() }
        #expect(again?.code == "platform.unavailable")
        #expect(broker.connection.socket == -1)
        let isClosed = try isClosedEverywhere(reading)
        #expect(isClosed)
    }

    @Test("Descriptors that nobody takes are closed with the next answer") func untaken() throws {
        let broker = try HostileBroker()
        let pipe = try Pipe()
        try broker.say("{\"parameters\":{\"size\":1}}\0", [pipe.writing.number, pipe.writing.number])
        let reading = pipe.closingWritingEnd()
        try broker.say("{\"parameters\":{\"size\":2}}\0")
        #expect(try broker.connection.storage.readFile(path: "a") == 1)
        #expect(try broker.connection.storage.readFile(path: "a") == 2)
        let isClosed = try isClosedEverywhere(reading)
        #expect(isClosed)
    }
}
