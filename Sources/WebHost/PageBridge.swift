internal import CWebKitGTK
internal import GTKSignals
internal import Varlink
internal import YunCore

/// The host's side of one page's bridge: takes what its script asks for and gives it events.
///
/// Whatever a page sends here it may do: it could only say the same through `window.yun`. Bounds keep it from taking
/// more of the host than its share.
final class PageBridge {
    private let broker: Broker?
    private let requests: PageRequests
    private var queue = PageEventQueue()
    private var poll: ScriptReply?
    private var streams: [Int: BrokerStream] = [:]
    private var streamsCount = 0
    private var callsInFlight = 0
    /// Told of each event that the page has dealt with, or had its time for, and whether it prevented what follows.
    var onTaken: (PageEvent, _ isPrevented: Bool) -> Void = { _, _ in }

    /// Told when a document of the page asks for events: it is there.
    var onReady: () -> Void = {}

    static let callsInFlightMax = 256
    static let streamsMax = 8
    /// With room for the name of the method.
    static let callBytesMax = ChannelLimits().messageBytesMax - 4096
    /// How long a page may take for an event before the host goes on.
    static let eventMillisecondsMax = 3000

    init(broker: Broker?, requests: PageRequests) {
        self.broker = broker
        self.requests = requests
    }

    /// Takes a message of the page's script: a word, what it is about, and for calls JSON on the next line.
    func take(_ message: String, _ reply: ScriptReply) {
        let end = message.utf8.firstIndex(of: UInt8(ascii: "\n")) ?? message.endIndex
        let words = message[..<end].split(separator: " ", omittingEmptySubsequences: false)
        let json = Array(message.utf8[end...].dropFirst())
        do throws(Failure) {
            guard let word = words.first, let object = words.dropFirst().first.map(String.init) else {
                throw Failure(.usage, "the page's message is not understood")
            }
            switch word {
            case "call": try call(object, json, reply)
            case "open": try open(object, json, reply)
            case "next": try stream(object).next { reply.answer($0) }
            case "end": endStream(object, reply)
            case "cancel":
                requests.cancel(object)
                reply.answer("{}")
            case "read":
                requests.read(words.last.flatMap { Int($0) } ?? 0, of: object)
                reply.answer("{}")
            case "event": takeEvent(Int(object), isPrevented: words.last == "prevented", reply)
            default: throw Failure(.usage, "the page's message is not understood")
            }
        } catch {
            reply.answer(error.reply)
        }
    }

    /// Ends what the page has under way: it is gone, or shows another document.
    func reset() {
        for stream in streams.values { stream.stop() }
        streams = [:]
        poll = nil
        requests.cancel(nil)
    }

    private func requireBroker() throws(Failure) -> Broker {
        guard let broker else {
            throw Failure(.unavailable, "there is no page manager here", hint: "run the app with ypkg")
        }
        return broker
    }

    private func call(_ method: String, _ json: [UInt8], _ reply: ScriptReply) throws(Failure) {
        let broker = try requireBroker()
        guard Broker.pageMethods.contains(method) else { throw unknown(method) }
        guard json.count <= Self.callBytesMax else {
            throw Failure(
                .usage, "a call has \(Self.callBytesMax.bytesText) at most",
                hint: "store what is large as a file")
        }
        guard callsInFlight < Self.callsInFlightMax else {
            throw Failure(
                .pageBusy, "\(Self.callsInFlightMax) calls of the page wait already",
                hint: "wait for answers first")
        }
        callsInFlight += 1
        broker.call(method, json: json) { [self] answer in
            callsInFlight -= 1
            reply.answer(answer)
        }
    }

    private func unknown(_ method: String) -> Failure {
        Failure(.usage, "pages cannot call \(method.abbreviated(to: 200).escaped)")
    }
}

// MARK: What replies several times

extension PageBridge {
    private func open(_ method: String, _ json: [UInt8], _ reply: ScriptReply) throws(Failure) {
        let broker = try requireBroker()
        guard Broker.pageStreams.contains(method) else { throw unknown(method) }
        guard streams.count < Self.streamsMax else {
            throw Failure(
                .pageBusy, "the page has \(Self.streamsMax) watches and holds already", hint: "end one first")
        }
        streamsCount += 1
        streams[streamsCount] = try broker.stream(method, json: json)
        reply.answer(#"{"stream":\#(streamsCount)}"#)
    }

    private func stream(_ number: String) throws(Failure) -> BrokerStream {
        guard let stream = Int(number).flatMap({ streams[$0] }) else {
            throw Failure(.pageEnded, "this has ended")
        }
        return stream
    }

    private func endStream(_ number: String, _ reply: ScriptReply) {
        if let number = Int(number) { streams.removeValue(forKey: number)?.stop() }
        reply.answer("{}")
    }
}

// MARK: Events

extension PageBridge {
    /// Gives the page an event, behind those before it.
    func deliver(_ event: PageEvent) {
        queue.add(event)
        after(milliseconds: Self.eventMillisecondsMax) { [weak self] in self?.giveUp(event) }
        answerPoll()
    }

    /// The page asks for its next event and says which it has dealt with.
    private func takeEvent(_ number: Int?, isPrevented: Bool, _ reply: ScriptReply) {
        poll?.answer("{}")
        poll = reply
        if number == nil { onReady() }
        if let done = queue.taken(number) { onTaken(done, isPrevented) }
        answerPoll()
    }

    private func answerPoll() {
        guard let reply = poll, let event = queue.next() else { return }
        poll = nil
        reply.answer(event.json)
    }

    private func giveUp(_ event: PageEvent) {
        guard queue.giveUp(event.number) else { return }
        onTaken(event, false)
    }
}

/// The events of one page in their order: the page has one of them at a time.
struct PageEventQueue {
    private var waiting: [PageEvent] = []
    private var delivered: PageEvent?

    mutating func add(_ event: PageEvent) { waiting.append(event) }

    /// The page asks for more and has dealt with `number`; the event, if it was still waited for. What it had been
    /// given and has not dealt with comes again: another document of the page asks now.
    mutating func taken(_ number: Int?) -> PageEvent? {
        guard let event = delivered else { return nil }
        delivered = nil
        if event.number == number { return event }
        waiting.insert(event, at: 0)
        return nil
    }

    /// What to give to the page now.
    mutating func next() -> PageEvent? {
        guard delivered == nil, !waiting.isEmpty else { return nil }
        delivered = waiting.removeFirst()
        return delivered
    }

    /// Waits for this event no longer; false where it was dealt with.
    mutating func giveUp(_ number: Int) -> Bool {
        if delivered?.number == number {
            delivered = nil
            return true
        }
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return false }
        waiting.remove(at: index)
        return true
    }
}

// MARK: Messages

/// The answer that a script waits for: given once, on GTK's thread.
@safe final class ScriptReply {
    private let reply: OpaquePointer

    init(_ reply: OpaquePointer) { unsafe self.reply = webkit_script_message_reply_ref(reply) }

    deinit { unsafe webkit_script_message_reply_unref(reply) }

    func answer(_ json: [UInt8]) { answer(String(decoding: json, as: UTF8.self)) }

    func answer(_ json: String) {
        let value = unsafe jsc_value_new_string(Self.context, json)
        unsafe webkit_script_message_reply_return_value(reply, value)
        unsafe g_object_unref(UnsafeMutableRawPointer(value))
    }

    /// A place for values on their way to pages.
    private nonisolated(unsafe) static let context = unsafe jsc_context_new()
}
