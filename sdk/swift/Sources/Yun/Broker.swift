internal import Glibc
internal import Synchronization

/// A connection for concurrent programs: its calls wait on a thread of their own, so that no task waits for another's.
public actor Broker {
    private let thread: BrokerThread
    private let path: String?
    private var connection: Connection?

    /// Connects at the first call.
    /// - Parameter path: as ``Connection/init(path:)`` takes it.
    public init(path: String? = nil) throws(Failure) {
        self.path = path
        thread = try BrokerThread()
    }

    /// Its thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    /// Calls what `body` calls: `try await broker.run { try $0.storage.get(key: "draft") }`.
    public func run<Result: Sendable>(
        _ body: @Sendable (Connection) throws -> Result
    ) throws -> Result {
        let connection = try connection ?? Connection(path: path)
        self.connection = connection
        // One that broke is made anew by the next call.
        defer { if connection.socket < 0 { self.connection = nil } }
        return try body(connection)
    }
}

extension Page {
    /// Gives each event of the program's page to `handle`, and acknowledges it when that returns, until the page is
    /// destroyed.
    /// - Parameter handle: false says that there is no use for a back key.
    public static func watch(
        path: String? = nil, isolation: isolated (any Actor)? = #isolation,
        _ handle: (WatchReply) async throws -> Bool
    ) async throws {
        let (events, answers) = (try Broker(path: path), try Broker(path: path))
        try await events.run { connection in try connection.begin(watchMethod, more: true) }
        while true {
            let event = try await events.run { connection in
                try WatchReply(connection.receive(watchMethod))
            }
            let isHandled = try await handle(event)
            try await answers.run { connection in try connection.take(event, isHandled) }
            if event.event == .destroy { return }
        }
    }

    /// The same for programs that have nothing else to do meanwhile.
    public static func watchAndWait(
        path: String? = nil, _ handle: (WatchReply) throws -> Bool
    ) throws {
        let (events, answers) = (try Connection(path: path), try Connection(path: path))
        try events.page.watch { event in
            try answers.take(event, handle(event))
            return event.event != .destroy
        }
    }

    private static let watchMethod = "com.yunos.page.Watch"
}

extension Connection {
    fileprivate func take(_ event: Page.WatchReply, _ isHandled: Bool) throws(Failure) {
        try page.taken(
            instance: event.instance, number: event.number,
            handled: event.event == .backKey ? isHandled : nil)
    }
}

/// A thread that runs the jobs of one actor.
private final class BrokerThread: SerialExecutor {
    /// What the thread shares with its owner, which it outlives.
    @safe private final class Jobs: Sendable {
        let waiting = unsafe Mutex<[(job: UnownedJob, executor: UnownedSerialExecutor)?]>([])
        nonisolated(unsafe) let count: UnsafeMutablePointer<sem_t>

        init() {
            unsafe count = .allocate(capacity: 1)
            unsafe sem_init(count, 0, 0)
        }

        deinit {
            unsafe sem_destroy(count)
            unsafe count.deallocate()
        }

        func add(_ job: (job: UnownedJob, executor: UnownedSerialExecutor)?) {
            unsafe waiting.withLock { unsafe $0.append(job) }
            unsafe sem_post(count)
        }

        func run() {
            while true {
                while unsafe sem_wait(count) != 0 {}
                guard let next = unsafe waiting.withLock({ unsafe $0.removeFirst() }) else { return }
                unsafe next.job.runSynchronously(on: next.executor)
            }
        }
    }

    private let jobs = Jobs()

    init() throws(Failure) {
        var thread = pthread_t()
        let jobs = unsafe Unmanaged.passRetained(jobs)
        let result = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Jobs>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            }, jobs.toOpaque())
        guard result == 0 else {
            unsafe jobs.release()
            throw Failure(code: "platform.unavailable", message: "there is no room for another thread")
        }
        pthread_detach(thread)
    }

    /// The thread ends when it has done what came before.
    deinit { unsafe jobs.add(nil) }

    func enqueue(_ job: consuming ExecutorJob) {
        unsafe jobs.add((UnownedJob(job), asUnownedSerialExecutor()))
    }
}
