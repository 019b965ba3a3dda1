import Platform
import Testing
import YunCore

@testable import Varlink

@Suite struct RelayTests {
    private struct Text: Codable { let text: String }

    private static func pair() throws -> (Channel, Channel) {
        let (first, second) = try StreamSocket.pair()
        return (Channel(first), Channel(second))
    }

    @Test("A stranger's JSON becomes the parameters of a call, as it is") func call() throws {
        let (near, far) = try Self.pair()
        let json = Array(#" {"text" : "你\u0000", "more": [1, {}]} "#.utf8)
        try near.call("com.example.echo.Say", json: json, wantsMore: true)
        let message = try #require(try far.receive()).bytes
        #expect(
            String(decoding: message, as: UTF8.self)
                == #"{"method":"com.example.echo.Say","more":true,"parameters":\#(String(decoding: json, as: UTF8.self))}"#
        )
        #expect(try Wire.decode(CallHead.self, message).more == true)
    }

    @Test(
        "What is not one object of JSON does not leave: it could be another call",
        arguments: [
            "", "[]", "5", "null", "\"x\"", "{", "{}}", #"{},"method":"x","y":{}"#, "{} {}", "{\"a\":}",
            "{}\0{}",
            "{}\0", "nonsense", String(repeating: "[", count: 100_000),
            "{\"a\":" + String(repeating: "[", count: 100_000),
        ])
    func hostile(json: String) throws {
        let (near, far) = try Self.pair()
        let failure = #expect(throws: Failure.self) { try near.call("a.b.C", json: Array(json.utf8)) }
        #expect(failure?.code == .usage)
        near.close()
        #expect(try far.receive() == nil)
    }

    @Test("Replies come as they are, and say whether more follow and whether the call failed") func replies()
        throws
    {
        let (near, far) = try Self.pair()
        try far.send(Array(#"{"parameters":{"text":"a"},"continues":true}"#.utf8))
        try far.send(Failure(.noSpace, "there is no room", hint: "remove something").reply)
        try far.send(
            Array(#"{"error":"org.varlink.service.MethodNotFound","parameters":{"method":"x"}}"#.utf8))
        try far.send(Array("[]".utf8))
        let first = try near.reply()
        #expect(first.continues && !first.isError)
        #expect(try first.parameters(as: Text.self).text == "a")
        #expect(throws: Failure.self) { try first.parameters(as: [Int].self) }
        let second = try near.reply()
        #expect(!second.continues && second.isError)
        let failure = #expect(throws: Failure.self) { try second.parameters(as: Text.self) }
        #expect(failure?.code == .noSpace && failure?.hint == "remove something")
        #expect(throws: Failure.self) { try near.reply().parameters(as: Text.self) }
        #expect(throws: Failure.self) { try near.reply() }
        far.close()
        #expect(throws: Failure.self) { try near.reply() }
    }
}
