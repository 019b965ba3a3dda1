internal import CLibCurl
internal import Glibc
internal import Platform
internal import YunCore

/// One transfer while a lane carries it, from hop to hop. All of it happens on the lane's thread.
@safe final class TransferRun {
    private let transfer: Transfer
    /// Readable when the transfer is cancelled.
    private let interruption: Int32
    private let policy: RequestPolicy
    private let connections: Connections
    private var hop: Hop
    private var head: HeadReader
    private var nextHop: Hop?
    private var output: BodyOutput
    private var input: BodyInput?
    /// The app has nothing to send yet.
    private var isInputDry = false
    private var failure: Failure?
    private var bodyBytes = 0
    private var discardedBytes = 0
    private let start = CurrentProcess.monotonicNanoseconds
    private var lastProgress = CurrentProcess.monotonicNanoseconds
    private var lastMeasure = CurrentProcess.monotonicNanoseconds
    private var bytesSinceMeasure = 0

    /// What is read of a redirect's body, which nobody wants, to keep its connection.
    private static let discardedBytesMax = 64 << 10
    private static let nanosecondsPerMillisecond = 1_000_000

    init(
        _ transfer: Transfer, _ interruption: Int32, body: RequestBody, output: SharedDescriptor,
        _ policy: RequestPolicy,
        _ connections: Connections
    ) throws(Failure) {
        self.transfer = transfer
        self.interruption = interruption
        self.policy = policy
        self.connections = connections
        hop = transfer.firstHop
        head = HeadReader(host: hop.url.host, asksForCompression: hop.asksForCompression)
        self.output = try BodyOutput(output)
        input = try BodyInput(body)
    }

    /// Carries it to its end and returns that.
    func run(_ multi: Multi, _ tools: LaneTools) -> (failure: Failure?, bodyBytes: Int) {
        do throws(Failure) {
            while true {
                try carry(multi, tools)
                guard let next = nextHop else { break }
                if next.sendsBody, input?.seek(to: 0) != true {
                    throw Failure(
                        .networkRequest, "\(hop.url.host) redirects a body that is already sent",
                        hint: "send it as bytes or as a file")
                }
                hop = next
                nextHop = nil
                discardedBytes = 0
                head = HeadReader(host: hop.url.host, asksForCompression: hop.asksForCompression)
            }
            return (nil, bodyBytes)
        } catch {
            return (error, bodyBytes)
        }
    }

    private func carry(_ multi: Multi, _ tools: LaneTools) throws(Failure) {
        connections.reach = hop.reach
        lastProgress = CurrentProcess.monotonicNanoseconds
        isInputDry = false
        var easy = try EasyHandle()
        try easy.configure(tools, connectMilliseconds: transfer.limits.connectMilliseconds)
        try easy.request(hop, bodyLength: input?.length)
        try unsafe easy.connect(
            Self.callbacks, context: Unmanaged.passUnretained(self).toOpaque(), connections: connections)
        try multi.add(easy)
        let result = drive(easy, multi)
        connections.measure()
        defer { multi.remove(easy) }
        if nextHop != nil { return }
        if let failure { throw failure }
        if let result, result != CURLE_OK {
            throw Failure.transfer(
                result, to: hop.url, detail: easy.detail, connectError: easy.connectError,
                refused: connections.refused)
        }
        guard head.isComplete else {
            throw Failure(.networkResponse, "\(hop.url.host) answers with something that is no HTTP")
        }
    }

    /// Runs until libcurl says how it ended, or until `failure` does.
    private func drive(_ easy: borrowing EasyHandle, _ multi: Multi) -> CURLcode? {
        while true {
            let before = lastProgress
            if let result = multi.perform() { return result }
            measureIfDue()
            if failure != nil { return nil }
            guard checkPatience(hasMoved: lastProgress != before) else { return nil }
            var others = [(number: interruption, events: Int32(CURL_WAIT_POLLIN))]
            if isInputDry, let number = input?.number { others.append((number, Int32(CURL_WAIT_POLLIN))) }
            if output.canBeAbandoned { others.append((output.number, 0)) }
            multi.wait(others, milliseconds: remainingMilliseconds)
            if isInputDry, let number = input?.number,
                Readiness.wait([(number, POLLIN)], milliseconds: 0)[0] != 0
            {
                isInputDry = false
                _ = unsafe yun_curl_easy_pause(easy.handle, CURLPAUSE_CONT)
            }
        }
    }
}

/// Limits of time, and what it costs.
extension TransferRun {
    private func note(_ count: Int) {
        lastProgress = CurrentProcess.monotonicNanoseconds
        bytesSinceMeasure += count
    }

    private func measureIfDue() {
        let now = CurrentProcess.monotonicNanoseconds
        guard bytesSinceMeasure >= 1 << 20 || now - lastMeasure >= 1_000 * Self.nanosecondsPerMillisecond
        else {
            return
        }
        bytesSinceMeasure = 0
        lastMeasure = now
        connections.measure()
    }

    /// Notes a failure and says false where nothing should go on.
    private func checkPatience(hasMoved: Bool) -> Bool {
        let now = CurrentProcess.monotonicNanoseconds
        if isInputDry { lastProgress = now }
        if transfer.isCancelled || !hasMoved && output.isAbandoned {
            failure = Transfer.cancelledFailure
        } else if now >= deadline {
            failure = Failure(
                .networkTimeout, "the transfer from \(hop.url.host) takes longer than it may",
                hint: "try again, or allow more time")
        } else if now - lastProgress >= transfer.limits.idleMilliseconds * Self.nanosecondsPerMillisecond {
            failure = Failure(
                .networkTimeout, "\(hop.url.host) stopped answering", hint: "try again later")
        }
        return failure == nil
    }

    private var deadline: Int {
        transfer.limits.wholeMilliseconds.map { start + $0 * Self.nanosecondsPerMillisecond } ?? .max
    }

    /// Until there is something to check, a second at most.
    private var remainingMilliseconds: Int {
        let idle = lastProgress + transfer.limits.idleMilliseconds * Self.nanosecondsPerMillisecond
        let next = min(deadline, idle) - CurrentProcess.monotonicNanoseconds
        return min(1_000, max(0, next / Self.nanosecondsPerMillisecond + 1))
    }
}

/// What libcurl calls.
extension TransferRun {
    private static let callbacks = unsafe yun_curl_callbacks(
        header: { line, _, count, context in
            let bytes = unsafe UnsafeRawBufferPointer(start: line, count: count)
            return unsafe TransferRun.at(context).takeHeader(Array(bytes)) ? count : count &+ 1
        },
        body: { bytes, _, count, context in
            let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
            return unsafe TransferRun.at(context).takeBody(bytes) ? count : count &+ 1
        },
        read: { buffer, one, count, context in
            let buffer = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: one * count)
            return unsafe TransferRun.at(context).fill(buffer)
        },
        seek: { context, offset, origin in
            unsafe TransferRun.at(context).seek(to: Int(offset), origin)
                ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        })

    private static func at(_ context: UnsafeMutableRawPointer?) -> TransferRun {
        guard let context = unsafe context else { preconditionFailure("libcurl lost a context") }
        return unsafe Unmanaged<TransferRun>.fromOpaque(context).takeUnretainedValue()
    }

    private func takeHeader(_ line: [UInt8]) -> Bool {
        note(line.count)
        do throws(Failure) {
            let wasComplete = head.isComplete
            try head.take(line)
            guard head.isComplete, !wasComplete else { return true }
            nextHop = try hop.following(
                head.status, location: head.location, redirectsMax: transfer.redirectsMax, policy)
            if nextHop == nil {
                transfer.deliver(
                    ResponseHead(
                        status: head.status, url: hop.url.text, redirects: hop.redirects,
                        headers: head.headers))
            }
            return true
        } catch {
            failure = error
            return false
        }
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        note(bytes.count)
        guard nextHop == nil else {
            discardedBytes += bytes.count
            return discardedBytes <= Self.discardedBytesMax
        }
        guard bytes.count <= transfer.limits.bodyBytesMax - bodyBytes else {
            failure = Failure(
                .networkTooLarge,
                "\(hop.url.host) sends more than the \(transfer.limits.bodyBytesMax.bytesText) that the app takes",
                hint: "allow more in the request")
            return false
        }
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            switch unsafe output.write(rest) {
            case .moved(let count):
                bodyBytes += count
                unsafe rest = unsafe UnsafeRawBufferPointer(rebasing: rest[count...])
            case .wouldBlock: waitForReader()
            case .ended, .failed(EPIPE), .failed(ECONNRESET): failure = Transfer.cancelledFailure
            case .failed(let error): failure = .bodyUnwritable(error)
            }
            if failure != nil { return false }
        }
        // The time that the app took is not the server's.
        lastProgress = CurrentProcess.monotonicNanoseconds
        return true
    }

    /// The body's only brake: this lane stands still, and with it the server's sending.
    private func waitForReader() {
        lastProgress = CurrentProcess.monotonicNanoseconds
        _ = Readiness.wait(
            [(output.number, POLLOUT), (interruption, POLLIN)], milliseconds: remainingMilliseconds)
        measureIfDue()
        lastProgress = CurrentProcess.monotonicNanoseconds
        _ = checkPatience(hasMoved: true)
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard hop.sendsBody, input != nil else { return 0 }
        switch unsafe input?.read(into: buffer) {
        case .moved(let count):
            note(count)
            return count
        case .wouldBlock:
            isInputDry = true
            return Int(CURL_READFUNC_PAUSE)
        case .ended where input?.isComplete == true: return 0
        case .ended:
            failure = Failure(.networkRequest, "the body of the request became shorter while it was sent")
        case .failed, nil:
            failure = Failure(.networkRequest, "the body of the request cannot be read")
        }
        return Int(CURL_READFUNC_ABORT)
    }

    private func seek(to offset: Int, _ origin: Int32) -> Bool {
        origin == SEEK_SET && input?.seek(to: offset) == true
    }
}
