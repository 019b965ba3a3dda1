internal import Platform
internal import Synchronization
internal import Varlink
internal import YunCore

/// What the host asks of the app's broker, for its pages and for itself. Belongs to GTK's thread, which never waits
/// for an answer; the broker is the wall, so nothing is checked here that it checks anyway.
final class Broker {
    private let address: BrokerAddress
    /// What is answered at once has lanes of its own: it must not wait behind transfers and the owner's decisions.
    private let calls: BrokerLanes
    private let waits: BrokerLanes
    /// In their order, for the page manager goes by it.
    private let control: BrokerLane
    private let events: BrokerLane
    /// Those that pages have.
    private var streams: [WeakStream] = []

    /// Each has a connection, of which the page manager allows an app 32.
    static let streamsMax = 12

    /// The methods that pages may call as they are.
    static let pageMethods: Set = [
        "com.yunos.device.Get", "com.yunos.notification.Post", "com.yunos.notification.Withdraw",
        "com.yunos.page.Close", "com.yunos.page.Open", "com.yunos.permission.Ask",
        "com.yunos.permission.List",
        "com.yunos.storage.Commit", "com.yunos.storage.Get", "com.yunos.storage.List",
        "com.yunos.storage.ListFiles", "com.yunos.storage.MakeDirectory", "com.yunos.storage.MoveFile",
        "com.yunos.storage.RemoveFile", "com.yunos.storage.Usage",
    ]
    /// Those that reply several times.
    static let pageStreams: Set = ["com.yunos.page.Hold", "com.yunos.storage.Watch"]
    /// Those that the owner answers.
    private static let slowMethods: Set = ["com.yunos.permission.Ask"]

    init(_ address: BrokerAddress) throws(Failure) {
        self.address = address
        calls = BrokerLanes(address, lanesMax: 4)
        waits = BrokerLanes(address, lanesMax: 10)
        control = try BrokerLane(address)
        events = try BrokerLane(address)
    }

    /// Calls a method; `then` is given the reply as it came.
    func call(_ method: String, json: [UInt8], then: @escaping ([UInt8]) -> Void) {
        let task = MainLoopTask<[UInt8]>(then)
        (Self.slowMethods.contains(method) ? waits : calls).run(Self.work(method, json, task.finish))
    }

    /// Calls a method for the host itself, behind all that it has called before.
    func callInOrder(_ method: String, json: String) {
        control.run(Self.work(method, Array(json.utf8)) { _ in })
    }

    /// The page manager's events, as they come; `nil` when there will be no more.
    func watch(_ take: @escaping (PageEvent?) -> Void) {
        let task = MainLoopTask<PageEvent?>(take)
        events.run { channel in
            do throws(Failure) {
                let channel = try channel.get()
                try channel.call("com.yunos.page.Watch", json: Array("{}".utf8), wantsMore: true)
                while true {
                    let reply = try channel.reply()
                    task.run(try PageEvent(reply))
                    if !reply.continues { break }
                }
            } catch {
                // It has ended, or speaks another language: either way, nobody is left to say what to show.
            }
            task.finish(nil)
            return false
        }
    }

    /// Does `work` where it may take long.
    func transfer(_ work: @escaping BrokerLane.Work) { waits.run(work) }

    /// Begins a call that replies several times.
    func stream(_ method: String, json: [UInt8]) throws(Failure) -> BrokerStream {
        streams.removeAll { $0.stream == nil }
        guard streams.count < Self.streamsMax else {
            throw Failure(
                .pageBusy, "the app has \(Self.streamsMax) watches and holds already", hint: "end one first")
        }
        let stream = try BrokerStream(address, method, json)
        streams.append(WeakStream(stream: stream))
        return stream
    }

    private struct WeakStream {
        weak var stream: BrokerStream?
    }

    /// One call with one reply, whatever becomes of it.
    private static func work(
        _ method: String, _ json: [UInt8], _ take: @escaping @Sendable ([UInt8]) -> Void
    ) -> BrokerLane.Work {
        { channel in
            do throws(Failure) {
                let channel = try channel.get()
                try channel.call(method, json: json)
                let reply = try channel.reply()
                take(reply.json)
                return !reply.continues
            } catch {
                take(error.reply)
                return false
            }
        }
    }
}

/// A call that replies several times, one reply for each time that it is asked for: a page that does not ask holds up
/// the broker's answers to itself, and nothing piles up here.
final class BrokerStream {
    private let lane: BrokerLane
    private let end: BrokerStreamEnd
    private var isAsked = false

    init(_ address: BrokerAddress, _ method: String, _ json: [UInt8]) throws(Failure) {
        lane = try BrokerLane(address)
        let end = BrokerStreamEnd()
        self.end = end
        lane.run { channel in
            do throws(Failure) {
                try channel.get().call(method, json: json, wantsMore: true)
                return true
            } catch {
                end.set(error)
                return false
            }
        }
    }

    /// Gives the next reply to `then`, which must have come before another one is asked for.
    func next(_ then: @escaping ([UInt8]) -> Void) throws(Failure) {
        guard !isAsked else {
            throw Failure(.pageBusy, "a reply is waited for already", hint: "wait for it first")
        }
        isAsked = true
        let task = MainLoopTask<[UInt8]> { [self] reply in
            isAsked = false
            then(reply)
        }
        lane.run { [end] channel in
            do throws(Failure) {
                if let failure = end.failure { throw failure }
                let reply = try channel.get().reply()
                if !reply.continues { end.set(Self.ended) }
                task.finish(reply.json)
                return reply.continues
            } catch {
                end.set(error)
                task.finish((end.failure ?? error).reply)
                return false
            }
        }
    }

    /// Ends the call by hanging up.
    func stop() {
        end.set(Self.ended)
        lane.end()
    }

    private static let ended = Failure(.pageEnded, "this has ended")
}

/// Why a stream has no further reply.
private final class BrokerStreamEnd: Sendable {
    private let reason = Mutex<Failure?>(nil)

    var failure: Failure? { reason.withLock { $0 } }

    /// The first reason is the one that counts.
    func set(_ failure: Failure) { reason.withLock { $0 = $0 ?? failure } }
}

/// What becomes of a page, as `com.yunos.page.Watch` tells it.
struct PageEvent: Sendable {
    enum Kind: String, Decodable, Sendable {
        case create, start, show, hide, stop, destroy, link
        case trimMemory = "trim_memory"
        case backKey = "back_key"
    }

    struct Link: Decodable, Sendable {
        let uri: String
    }

    private struct Parameters: Decodable {
        let number: Int
        let instance: Int
        let event: Kind
        let link: Link?
        let content: String?
        let title: String?
    }

    let number: Int
    let instance: Int
    let kind: Kind
    let link: Link?
    let content: String?
    let title: String?
    /// As it came, for the page.
    let json: [UInt8]

    init(_ reply: RelayedReply) throws(Failure) {
        let parameters = try reply.parameters(as: Parameters.self)
        number = parameters.number
        instance = parameters.instance
        kind = parameters.event
        link = parameters.link
        content = parameters.content
        title = parameters.title
        json = reply.json
    }
}
