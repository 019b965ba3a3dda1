import CloudDatabase
@testable import CloudMessages
import CloudModel
import Foundation
import Glibc
import Platform
import Support
import Synchronization
import Testing
import YunCore

private let now = Instant(milliseconds: 1_700_000_000_000)

/// A mail server that others wrote, until the object goes.
private final class TestMailServer {
    let port: Int
    private let process: ChildProcess
    private let output: OwnedDescriptor

    init(_ arguments: [String] = []) throws {
        let pipe = try Platform.Pipe()
        process = try ChildProcess(
            [
                CurrentProcess.environment["YUN_PYTHON"] ?? Checkout.path + "/.build/python/bin/python3",
                "\(Checkout.path)/Tests/CloudMessagesTests/mail-server.py",
            ] + arguments, descriptors: [-1, pipe.writing.number, 2])
        output = pipe.closingWritingEnd()
        port = try #require(Int(try Self.line(output)))
    }

    private static func line(_ output: borrowing OwnedDescriptor) throws -> String {
        var line: [UInt8] = []
        while let byte = try output.read(upTo: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    /// The next mail that it takes.
    func mail() throws -> [String: Any] {
        let line = try Self.line(output)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    deinit {
        do {
            try process.signal(SIGKILL)
            _ = try process.wait()
        } catch { print("a test's mail server does not end: \(error)") }
    }
}

@Suite struct MessageTests {
    private func message(_ name: String = "ming@example.com", _ text: String = "您的验证码是 123456") throws
        -> Message
    {
        Message(to: try LoginName(name), subject: "您的 Yun 验证码", text: text)
    }

    private func carrier(
        _ port: Int, scheme: String = "smtp", host: String = "127.0.0.1", phones: String? = nil
    )
        throws -> MailServer
    {
        try MailServer(
            url: "\(scheme)://\(host):\(port)", user: nil, password: nil, sender: "yun@example.org",
            phoneDomain: phones)
    }

    /// Mail as Python's reader understands it.
    private func parsed(_ mail: String) throws -> [String] {
        let script = """
            import email, email.policy, sys
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            assert not m.defects, m.defects
            print(m["To"], m["From"], m["Subject"], m["Date"].datetime.isoformat(), m.get_content().strip(), sep="\\n")
            """
        return try Program.python().run("-c", script, input: Array(mail.utf8)).output.split(separator: "\n")
            .map(String.init)
    }

    @Test("a mail says what it is to say, in any script and of any length")
    func mail() throws {
        let text = String(repeating: "长的消息 ", count: 200) + "end"
        let mail = try message("ming@example.com", text).mail(
            from: "yun@example.org", to: "ming@example.com", at: now)
        #expect(
            try parsed(mail) == [
                "ming@example.com", "Yun <yun@example.org>", "您的 Yun 验证码", "2023-11-14T22:13:20+00:00",
                text,
            ])
        #expect(mail.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 })
    }

    @Test("Y-78: a mail server takes a message")
    func sending() async throws {
        let server = try TestMailServer()
        try await carrier(server.port).carry(message(), at: now)
        let mail = try server.mail()
        #expect(mail["from"] as? String == "yun@example.org")
        #expect(mail["to"] as? [String] == ["ming@example.com"])
        #expect(try parsed(#require(mail["content"] as? String)).last == "您的验证码是 123456")
    }

    @Test("a message to a phone goes to its provider")
    func phones() async throws {
        let server = try TestMailServer()
        try await carrier(server.port, phones: "sms.example.org").carry(message("+86 138 0013 8000"), at: now)
        #expect(try server.mail()["to"] as? [String] == ["8613800138000@sms.example.org"])
        await #expect(throws: Problem.self) {
            try await carrier(server.port).carry(message("+86 138 0013 8000"), at: now)
        }
    }

    @Test(
        "Y-78: a certificate that nobody vouches for is refused, and nothing goes past TLS to another machine"
    )
    func strangerTLS() async throws {
        let directory = try TemporaryDirectory()
        let made = try Program("openssl").run(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", directory.path("key"), "-out",
            directory.path("certificate"), "-days", "2", "-subj", "/CN=mail.example.org")
        #expect(made.status == 0, "\(made.errors)")
        let server = try TestMailServer(["tls", directory.path("certificate"), directory.path("key")])
        await #expect(throws: Problem.self) { try await carrier(server.port).carry(message(), at: now) }
        // Another machine's name for this one: a server without TLS gets nothing.
        let plain = try TestMailServer()
        let name = try Program("hostname").run().output.split(separator: "\n").first.map(String.init) ?? ""
        await #expect(throws: Problem.self) {
            try await carrier(plain.port, host: name).carry(message(), at: now)
        }
    }

    @Test(
        "what is no mail server is refused",
        arguments: ["", "http://example.com", "smtp://", "mail.example.com:25", "smtps:///x"])
    func urls(url: String) {
        #expect(throws: Failure.self) {
            try MailServer(url: url, user: nil, password: nil, sender: "yun@example.org", phoneDomain: nil)
        }
    }

    @Test("a file outbox has each message as a whole file, which its owner alone reads")
    func outbox() async throws {
        let directory = try TemporaryDirectory()
        let outbox = FileOutbox(path: directory.path("outbox"))
        for _ in 0..<3 { try await outbox.carry(message("+86 138 0013 8000"), at: now) }
        let names = try Program("ls").run(directory.path("outbox")).output.split(separator: "\n")
        #expect(names.count == 3 && names.allSatisfy { $0.hasSuffix(".eml") })
        let mail = String(decoding: try directory.read("outbox/\(names[0])"), as: UTF8.self)
        #expect(try parsed(mail).first == "+8613800138000")
        let modes = try Program("stat").run(
            "-c", "%a", directory.path("outbox"), directory.path("outbox/\(names[0])"))
        #expect(modes.output == "700\n600\n")
    }
}

/// Takes what it is given, or not.
private final class TestCarrier: MessageCarrier {
    let reachesPhones = true
    private let state = Mutex<(taken: [String], isAway: Bool)>(([], false))

    var taken: [String] { state.withLock { $0.taken } }

    func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

    func carry(_ message: Message, at now: Instant) async throws(Problem) {
        let isAway = state.withLock { state in
            if !state.isAway { state.taken.append(message.text) }
            return state.isAway
        }
        if isAway { throw Problem(.unavailable, "the carrier is away") }
    }
}

@Suite struct MessageSendingTests {
    private let directory: TemporaryDirectory
    private let database: SQLiteDatabase
    private let carrier = TestCarrier()

    init() throws {
        directory = try TemporaryDirectory()
        database = try SQLiteDatabase(path: directory.path("cloud.db"))
    }

    private func sending(after seconds: Int64 = 0) -> MessageSending {
        MessageSending(database: database, carrier: carrier) { now.advanced(bySeconds: seconds) }
    }

    private func insert(_ text: String, lasting seconds: Int64 = 900) async throws {
        try await database.write { transaction throws(Problem) in
            try transaction.messages.insert(
                to: "ming@example.com", "s", text, at: now, until: now.advanced(bySeconds: seconds))
        }
    }

    @Test("Y-78: each message is sent once")
    func once() async throws {
        for number in 0..<5 { try await insert("\(number)") }
        #expect(try await sending().sendAll().isEmpty)
        #expect(carrier.taken == ["0", "1", "2", "3", "4"])
        _ = try await sending(after: 10_000).sendAll()
        #expect(carrier.taken.count == 5)
    }

    @Test("Y-78: while the carrier is away messages wait, longer and longer, and are sent when it is back")
    func away() async throws {
        carrier.setAway(true)
        try await insert("a")
        #expect(try await sending().sendAll().count == 1)
        #expect(try await sending(after: 1).sendAll().isEmpty, "it is not tried again at once")
        #expect(try await sending(after: 2).sendAll().count == 1)
        #expect(try await sending(after: 5).sendAll().isEmpty)
        carrier.setAway(false)
        #expect(try await sending(after: 6).sendAll().isEmpty)
        #expect(carrier.taken == ["a"])
    }

    @Test("Y-78: a message that is of no use any more is sent to nobody")
    func old() async throws {
        try await insert("a", lasting: 100)
        #expect(try await sending(after: 100).sendAll().isEmpty)
        #expect(carrier.taken.isEmpty)
        #expect(try await sending(after: 10_000).sendAll().isEmpty)
    }

    @Test("several servers on one database send each message once")
    func several() async throws {
        for number in 0..<50 { try await insert("\(number)") }
        let sending = sending()
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    let problems = try await sending.sendAll()
                    #expect(problems.isEmpty)
                }
            }
            try await group.waitForAll()
        }
        #expect(Set(carrier.taken).count == 50 && carrier.taken.count == 50)
    }
}
