internal import Glibc
internal import Synchronization
public import YunCore

/// Threads for work that blocks on disk or saturates a core. Swift's cooperative pool must not be blocked, and a
/// command-line tool needs no pool at all.
public enum BlockingThreads {
    /// Processors that this process may use.
    public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Runs `body` on `count` threads, this one included, and waits for all. The first failure is thrown when all
    /// have ended; `body` learns of it through its own means.
    public static func run(
        count: Int, _ body: @escaping @Sendable (Int) throws(Failure) -> Void
    ) throws(Failure) {
        let first = Mutex<Failure?>(nil)
        let work: @Sendable (Int) -> Void = { index in
            do throws(Failure) {
                try body(index)
            } catch {
                first.withLock { $0 = $0 ?? error }
            }
        }
        withoutActuallyEscaping(work) { work in
            // Those that could be started must end before this returns, and can do the work of those that could not.
            var others: [Thread] = []
            for index in 1..<max(1, count) {
                do throws(Failure) { others.append(try Thread { work(index) }) } catch { break }
            }
            work(0)
            for thread in others { thread.join() }
        }
        if let failure = first.withLock({ $0 }) { throw failure }
    }
}

extension BlockingThreads {
    /// Transforms all elements at once, each on a thread of its own.
    public static func map<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], _ transform: @escaping @Sendable (Input) throws(Failure) -> Output
    ) throws(Failure) -> [Output] {
        guard !inputs.isEmpty else { return [] }
        let outputs = Mutex([Output?](repeating: nil, count: inputs.count))
        try run(count: inputs.count) { index throws(Failure) in
            let output = try transform(inputs[index])
            outputs.withLock { $0[index] = output }
        }
        return outputs.withLock { $0.compactMap(\.self) }
    }
}

/// One POSIX thread.
public struct Thread: Sendable {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let handle: pthread_t

    /// Starts a thread that runs `run`; it must be joined or detached.
    public init(_ run: @escaping @Sendable () -> Void) throws(Failure) {
        var handle = pthread_t()
        let body = unsafe Unmanaged.passRetained(Body(run))
        let error = unsafe pthread_create(
            &handle, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, body.toOpaque())
        guard error == 0 else {
            unsafe body.release()
            throw .system("cannot start a thread", code: .unavailable, errno: error)
        }
        self.handle = handle
    }

    /// Lets the thread end by itself; instead of joining it.
    public func detach() {
        pthread_detach(handle)
    }

    /// Waits for the end of the thread; once per thread.
    public func join() {
        pthread_join(handle, nil)
    }
}

/// Threads for work that somebody waits for and that may last. Those that have done theirs wait for more, for to start one
/// takes longer than to wake one.
public final class ThreadReserve: Sendable {
    /// What a thread does.
    public typealias Work = @Sendable () -> Void

    private let waiting = Mutex<[Inbox<Work>]>([])
    private let countMax: Int

    /// - Parameter countMax: how many wait at most.
    public init(countMax: Int) { self.countMax = countMax }

    /// Begins the work at once, on a thread that nobody joins.
    public func begin(_ work: @escaping Work) throws(Failure) {
        if let inbox = waiting.withLock({ $0.popLast() }) { return inbox.send(work) }
        let inbox = try Inbox<Work>()
        // Like all that follows: what a thread began with, it holds until it ends.
        inbox.send(work)
        try Thread { [self] in
            repeat { for work in inbox.receive() { work() } } while mayWait(inbox)
        }.detach()
    }

    private func mayWait(_ inbox: Inbox<Work>) -> Bool {
        waiting.withLock { waiting in
            guard waiting.count < countMax else { return false }
            waiting.append(inbox)
            return true
        }
    }
}
