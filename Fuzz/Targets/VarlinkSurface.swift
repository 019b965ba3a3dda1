internal import Platform
internal import Synchronization
internal import Varlink
internal import Yun
internal import YunCore

/// What comes over a connection to a service: calls, or anything. The first two bytes say how it is cut.
enum VarlinkSurface {
    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let stream = Array(bytes.dropFirst(2))
        try checkFrames(stream, cuts: bytes.prefix(2).map { Int($0) })
        guard stream.count <= MemoryPackage.streamBytesMax else { return false }
        return try checkService(stream)
    }

    /// However a stream is cut, its messages are what stands between the NULs, and what came beside a piece belongs to the
    /// last message that begins in it.
    private static func checkFrames(_ stream: [UInt8], cuts: [Int]) throws(Violation) {
        let limit = 1000
        let size = max(1, cuts.first ?? 1)
        var frames = MessageFrames<Int>(messageBytesMax: limit, descriptorsMax: 16)
        var messages: [[UInt8]] = []
        var owners: [Int: Int] = [:]
        var starts = [0] + stream.indices.filter { stream[$0] == 0 }.map { $0 + 1 }
        if starts.last == stream.count { starts.removeLast() }
        var wanted: [Int: Int] = [:]
        var isTooLong = false
        for start in stride(from: 0, to: stream.count, by: size) where !isTooLong {
            let end = min(start + size, stream.count)
            let hasDescriptor = (start / size) % 7 == (cuts.last ?? 0) % 7
            // A message that began in an earlier piece has its descriptors already; this one's are those of a beginning.
            if hasDescriptor, let begun = starts.lastIndex(where: { (start..<end).contains($0) }) {
                wanted[start] = begun
            }
            frames.add(Array(stream[start..<end]), wanted[start] == nil ? [] : [start])
            do throws(YunCore.Failure) {
                while let (message, descriptors) = try frames.next() {
                    for descriptor in descriptors { owners[descriptor] = messages.count }
                    messages.append(message)
                }
            } catch {
                try checkPrintable(error.message)
                isTooLong = true
            }
        }
        let pieces = stream.pieces("\0")
        try require(
            messages.elementsEqual(pieces.prefix(messages.count)) { $0.elementsEqual($1) }, "other messages")
        if !isTooLong { try require(messages.count == pieces.count - 1, "messages are missing") }
        let isAnyTooLong = pieces.contains { $0.count > limit }
        try require(isTooLong == isAnyTooLong, "the limit is another")
        for (descriptor, owner) in owners {
            try require(wanted[descriptor] == owner, "a descriptor has another message")
        }
    }

    private struct Text: Codable {
        let text: String
    }

    private static let service: Service<Int>? = {
        do throws(YunCore.Failure) {
            return try Service<Int>(
                .init(vendor: "Example", product: "Fuzz", version: "1", url: "https://example.com"),
                interfaces: [
                    """
                    interface com.example.echo
                    method Say(text: string) -> (text: string)
                    method Twice(text: string) -> (text: string)
                    method Refuse() -> ()
                    error Failed (code: string, message: string, hint: ?string)

                    """
                ],
                methods: [
                    Method(MethodSignature("com.example.echo.Say")) {
                        (said: Text, _: Exchange<Int>) throws(YunCore.Failure) in
                        said
                    },
                    Method(MethodSignature("com.example.echo.Twice")) {
                        (said: Text, call: Exchange<Int>) throws(YunCore.Failure) in
                        if call.wantsMore { try call.reply(said, continues: true) }
                        return said
                    },
                    Method(MethodSignature("com.example.echo.Refuse")) {
                        (_: Nothing, call: Exchange<Int>) throws(YunCore.Failure) -> Nothing in
                        _ = try call.descriptor(0)
                        throw YunCore.Failure(.noSpace, "cannot do it", hint: "do something else")
                    },
                ])
        } catch { return nil }
    }()

    /// Everything that comes back is a reply, and there are no more of them than were asked for.
    private static func checkService(_ stream: [UInt8]) throws(Violation) -> Bool {
        guard let service else { throw Violation("there is no service") }
        let answer: [UInt8]
        do {
            answer = try exchange(stream, with: service)
        } catch { throw Violation("no connection: \(error)") }
        try require(answer.isEmpty || answer.last == 0, "a reply is cut off")
        let replies = answer.pieces("\0").dropLast()
        try require(
            replies.count <= 2 * (stream.pieces("\0").count - 1), "nobody asked for that many replies")
        var isAnswered = false
        for reply in replies {
            guard case .object(let members) = JSON(Array(reply)) else {
                throw Violation("a reply is no object: \(Array(reply).text.escaped)")
            }
            guard case .object = members["parameters"] else { throw Violation("a reply has no parameters") }
            if members["error"] == nil { isAnswered = true }
        }
        return isAnswered
    }

    private static func exchange(_ stream: [UInt8], with service: Service<Int>) throws(YunCore.Failure)
        -> [UInt8]
    {
        let (near, far) = try StreamSocket.pair()
        let channel = Channel(far)
        let serving = try Thread {
            do throws(YunCore.Failure) { try service.serve(channel, 0) } catch {}
            channel.close()
        }
        // Who only writes would wait for a service that waits for him to read.
        let writing = try Thread {
            do throws(YunCore.Failure) { try near.write(stream) } catch {}
            near.endWriting()
        }
        var answer: [UInt8] = []
        while let piece = try near.read(upTo: 64 << 10), !piece.bytes.isEmpty { answer += piece.bytes }
        serving.join()
        writing.join()
        return answer
    }
}
