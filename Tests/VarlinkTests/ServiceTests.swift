import Glibc
import Platform
import Support
import Synchronization
import Testing
import Varlink
import YunCore

/// A service with a method of every kind.
private struct Echo {
    static let interface = """
        # For tests
        interface com.example.echo
        method Say(text: string, times: ?int) -> (text: string)
        method Count(to: int) -> (number: int)
        method Store() -> (size: int)
        method Refuse() -> ()
        error Failed (code: string, message: string, hint: ?string)

        """

    struct Saying: Codable {
        let text: String
        var times: Int?
    }
    struct Number: Codable { let number: Int }
    struct End: Codable { let to: Int }
    struct Size: Codable { let size: Int }

    static let say = MethodSignature<Saying, Saying>("com.example.echo.Say")
    static let count = MethodSignature<End, Number>("com.example.echo.Count")
    static let store = MethodSignature<Nothing, Size>("com.example.echo.Store")
    static let refuse = MethodSignature<Nothing, Nothing>("com.example.echo.Refuse")
    static let getInfo = MethodSignature<Nothing, Nothing>("org.varlink.service.GetInfo")

    static func service() throws -> Service<Int32> {
        try Service(
            .init(vendor: "Example", product: "Echo", version: "1", url: "https://example.com"),
            interfaces: [interface],
            methods: [
                Method(say) { saying, _ throws(Failure) in
                    Saying(text: String(repeating: saying.text, count: saying.times ?? 1))
                },
                Method(count) { end, exchange throws(Failure) in
                    for number in 1..<end.to { try exchange.reply(Number(number: number), continues: true) }
                    return Number(number: end.to)
                },
                Method(store) { _, exchange throws(Failure) in
                    let file = try exchange.descriptor(0)
                    let bytes = try file.descriptor.readToEnd(limit: 100, describedAs: "file")
                    let answer = try OwnedDescriptor.memoryFile("answer")
                    try answer.write(bytes + bytes)
                    try answer.seek(to: 0)
                    try exchange.reply(Size(size: bytes.count), descriptors: [answer.number])
                    return Size(size: 0)
                },
                Method(refuse) { _, _ throws(Failure) in
                    throw Failure(.noSpace, "cannot do it", hint: "do something else")
                },
            ])
    }
}

/// The service on a socket, while it lives.
private final class Running {
    let directory: TemporaryDirectory
    let anchored: AnchoredDirectory
    let server: Server<Int32>

    init(connections: Int = 8, shared: [Places] = [], limits: ChannelLimits = ChannelLimits()) throws {
        directory = try TemporaryDirectory()
        anchored = try AnchoredDirectory(at: directory.path)
        server = Server(
            try ListeningSocket("socket", in: anchored), try Echo.service(),
            places: [try Places(connections)] + shared,
            limits: limits
        ) { socket throws(Failure) in try socket.peer().processID }
        try server.start()
    }

    deinit { server.stop() }

    func connect() throws -> StreamSocket {
        try #require(try StreamSocket.connect(to: "socket", in: anchored))
    }

    func client() throws -> Client { Client(Channel(try connect()), server: "echo") }

    /// What comes back for raw bytes, until the server closes or the texts are there.
    func answer(to bytes: [UInt8], endWriting: Bool = true) throws -> String {
        let socket = try connect()
        try socket.write(bytes)
        if endWriting { socket.endWriting() }
        var answer: [UInt8] = []
        while let piece = try socket.read(upTo: 4096), !piece.bytes.isEmpty { answer += piece.bytes }
        return String(decoding: answer, as: UTF8.self)
    }
}

@Suite struct ServiceTests {
    @Test("A call is answered, with defaults, several replies and failures") func calls() throws {
        let running = try Running()
        let client = try running.client()
        let said = try client.call(Echo.say, Echo.Saying(text: "ab", times: 2))
        #expect(said.text == "abab")
        var numbers: [Int] = []
        try client.stream(Echo.count, Echo.End(to: 4)) { reply, _ in
            numbers.append(reply.number)
            return true
        }
        #expect(numbers == [1, 2, 3, 4])
        let failure = #expect(throws: Failure.self) { try client.call(Echo.refuse) }
        #expect(failure?.code == .noSpace && failure?.hint == "do something else")
    }

    @Test("Descriptors travel beside calls and replies") func descriptors() throws {
        let running = try Running()
        let file = try OwnedDescriptor.memoryFile("content")
        try file.write(Array("yes".utf8))
        try file.seek(to: 0)
        let (size, answer) = try running.client().call(
            Echo.store, Nothing(), descriptors: [file.number])
        #expect(size.size == 3)
        let bytes = try #require(answer.first).descriptor.readToEnd(limit: 100, describedAs: "answer")
        #expect(bytes == Array("yesyes".utf8))
        let failure = #expect(throws: Failure.self) { try running.client().call(Echo.store) }
        #expect(failure?.code == .usage)
    }

    @Test(
        "What is not understood is answered with what is wrong (D-11)",
        arguments: [
            (#"{"method":"com.example.echo.Say","parameters":{}}"#, #""parameter":"text""#),
            (#"{"method":"com.example.echo.Say","parameters":{"text":5}}"#, #""parameter":"text""#),
            (#"{"method":"com.example.echo.Say","parameters":[]}"#, "InvalidParameter"),
            (#"{"method":"com.example.echo.Say"}"#, #""parameter":"text""#),
            (#"{"method":"com.example.echo.Shout","parameters":{}}"#, "org.varlink.service.MethodNotFound"),
            (#"{"method":"com.example.other.Say","parameters":{}}"#, "org.varlink.service.InterfaceNotFound"),
            (#"{"method":"Say","parameters":{}}"#, "org.varlink.service.InterfaceNotFound"),
            (#"{"method":"","parameters":{}}"#, "org.varlink.service.InterfaceNotFound"),
            (#"{"method":"com.example.echo.Say","upgrade":true}"#, #""parameter":"upgrade""#),
            (#"{"method":"org.varlink.service.Nothing"}"#, "MethodNotFound"),
            (#"{"method":"org.varlink.service.GetInterfaceDescription"}"#, #""parameter":"interface""#),
        ])
    func misunderstood(call: String, words: String) throws {
        let running = try Running()
        let answer = try running.answer(to: Array(call.utf8) + [0])
        #expect(answer.contains("\"error\"") && answer.contains(words), "\(answer)")
    }

    @Test(
        "What is no call closes the connection, and nobody else's",
        arguments: [
            Array("nonsense".utf8) + [0], [0], [0xFF, 0xFE, 0], Array("[]".utf8) + [0],
            Array(#"{"method":5}"#.utf8) + [0],
            Array(repeating: UInt8(ascii: "["), count: 100_000) + [0],
            Array(#"{"method":"com.example.echo.Say","#.utf8),
        ])
    func hostile(bytes: [UInt8]) throws {
        let running = try Running()
        let client = try running.client()
        #expect(try running.answer(to: bytes).isEmpty)
        let said = try client.call(Echo.say, Echo.Saying(text: "there"))
        #expect(said.text == "there")
    }

    @Test("A message beyond the limit, one that stalls, and one too many connections are cut off")
    func bounds() throws {
        var limits = ChannelLimits()
        limits.messageBytesMax = 1000
        limits.stallMilliseconds = 50
        let running = try Running(connections: 2, limits: limits)
        let endless = Array(#"{"method":""#.utf8) + Array(repeating: UInt8(ascii: "a"), count: 2000)
        #expect(try running.answer(to: endless, endWriting: false).isEmpty)
        #expect(try running.answer(to: Array("{".utf8), endWriting: false).isEmpty)
        let (first, second) = (try running.client(), try running.client())
        for client in [first, second] { try client.call(Echo.getInfo) }
        #expect(try running.answer(to: [], endWriting: false).contains("call.too-many"))
        try first.call(Echo.getInfo)
    }

    @Test(
        "D-13: of long messages as many are under way as there are places, and short ones are answered meanwhile"
    )
    func longMessages() throws {
        let places = try Places(1)
        var limits = ChannelLimits()
        limits.longMessages = places
        // However slow the machine is: the first one is to be there until it goes.
        limits.stallMilliseconds = .max
        let running = try Running(limits: limits)
        let text = String(repeating: "a", count: 100_000)
        let message = Array(#"{"method":"com.example.echo.Say","parameters":{"text":"\#(text)"}}"#.utf8)
        let first = try running.connect()
        try first.write(message)
        while places.take() != nil {}
        let second = try running.connect()
        try second.write(message + [0])
        let said = try running.client().call(Echo.say, Echo.Saying(text: "short"))
        #expect(said.text == "short")
        #expect(try second.read(upTo: 1, timeoutMilliseconds: 0) == nil)
        first.close()
        #expect(try second.read(upTo: 1)?.bytes.count == 1)
    }

    @Test("D-12: places that servers share are taken once, and given back with the connection")
    func sharedPlaces() throws {
        let places = try Places(1)
        let (one, other) = (try Running(shared: [places]), try Running(shared: [places]))
        let socket = try one.connect()
        let client = Client(Channel(socket), server: "echo")
        try client.call(Echo.getInfo)
        #expect(try other.answer(to: [], endWriting: false).contains("call.too-many"))
        socket.close()
        while places.take() == nil {}
        try other.client().call(Echo.getInfo)
    }

    @Test(
        "D-10: who could not help it, for it was frozen, has as long again to send a message and to take a reply"
    )
    func excused() throws {
        let asked = Counter()
        var limits = ChannelLimits()
        limits.stallMilliseconds = 20
        limits.isExcused = { asked.increase() > 0 }
        let running = try Running(limits: limits)
        let socket = try running.connect()
        try socket.write(Array(#"{"method":"com.example.echo.Say","parameters":{"te"#.utf8))
        while asked.value < 2 { usleep(1000) }
        try socket.write(Array(#"xt":"ab","times":1000000}}"#.utf8) + [0])
        // Nothing is read before the reply has waited, too.
        while asked.value < 4 { usleep(1000) }
        var count = 0
        while count < 2_000_000, let piece = try socket.read(upTo: 1 << 16), !piece.bytes.isEmpty {
            count += piece.bytes.count
        }
        #expect(count > 2_000_000)
        // Without an excuse it is as ever.
        limits.isExcused = { false }
        #expect(try Running(limits: limits).answer(to: [UInt8(ascii: "{")], endWriting: false).isEmpty)
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func increase() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    @Test("A caller that reads nothing is let go, and holds up nobody (D-12)") func noReader() throws {
        var limits = ChannelLimits()
        limits.stallMilliseconds = 100
        let running = try Running(limits: limits)
        let greedy = try running.connect()
        try greedy.write(
            Array(#"{"method":"com.example.echo.Count","more":true,"parameters":{"to":1000000}}"#.utf8) + [0])
        let said = try running.client().call(Echo.say, Echo.Saying(text: "there"))
        #expect(said.text == "there")
        // It ends only if the server lets go.
        running.server.stop()
    }

    @Test("Calls without an answer, and many at once, are taken in order") func oneway() throws {
        let running = try Running()
        let quiet = #"{"method":"com.example.echo.Say","oneway":true,"parameters":{"text":"a"}}"#
        let loud = #"{"method":"com.example.echo.Say","parameters":{"text":"b"}}"#
        let calls = [quiet, loud, quiet, loud].map { Array($0.utf8) + [0] }.joined()
        let answer = try running.answer(to: Array(calls))
        #expect(answer.split(separator: "\0").count == 2 && !answer.contains("\"a\""))
    }

    @Test("The client of others understands the service and its description") func pythonClient() throws {
        let running = try Running()
        let script = """
            import sys, varlink
            with varlink.Client("unix:" + sys.argv[1]) as client:
                info = client.get_info() if hasattr(client, "get_info") else None
                with client.open("org.varlink.service") as service:
                    print(sorted(service.GetInfo()["interfaces"]))
                with client.open("com.example.echo") as echo:
                    print(echo.Say("ab", 3)["text"])
                    print([reply["number"] for reply in echo.Count(3, _more=True)])
                    try:
                        echo.Refuse()
                    except varlink.VarlinkError as error:
                        print(error.error(), error.parameters()["code"])
            """
        let result = try Program.python().run("-c", script, running.directory.path("socket"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.output == """
                ['com.example.echo', 'org.varlink.service']
                ababab
                [1, 2, 3]
                com.example.echo.Failed io.no-space

                """)
    }
}
