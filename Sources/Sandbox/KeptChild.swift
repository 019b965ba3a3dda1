internal import CLinux
internal import Glibc
internal import Platform
internal import Synchronization
internal import YunCore

/// A child that dies with this process. The kernel kills it when the thread that spawned it ends, and the caller's may
/// end any time: it has a thread of its own, which stays until the child has ended.
final class KeptChild: Sendable {
    let process: SpawnedProcess
    private let keeper: KeptThread

    /// - Parameter onEnd: is told the exit status, on the child's own thread.
    init(
        _ executable: String, _ arguments: [String], descriptors: [Int32],
        onEnd: @escaping @Sendable (Int32) -> Void = { _ in }
    ) throws(Failure) {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_pipe(&pair) == 0 else { throw .system("cannot create a pipe") }
        let reading = OwnedDescriptor(owning: pair[0])
        let writing = pair[1]
        let outcome = Outcome()
        do throws(Failure) {
            keeper = try KeptThread {
                let result = Result { () throws(Failure) in
                    try SpawnedProcess(
                        arguments, executable: executable, descriptors: descriptors, deathSignal: SIGKILL)
                }
                outcome.value.withLock { $0 = result }
                close(writing)
                if case .success(let process) = result { onEnd(yun_wait_pidfd(process.handle.number)) }
            }
        } catch {
            close(writing)
            throw error
        }
        // The end of the file: the spawn was tried.
        _ = try reading.read(upTo: 1)
        switch outcome.value.withLock({ $0 }) {
        case .success(let spawned): process = spawned
        case .failure(let failure):
            keeper.join()
            throw Failure(.sandboxFailed, failure.message, hint: failure.hint)
        case nil: throw Failure(.internalError, "cannot tell how a spawn ended")
        }
    }

    private final class Outcome: Sendable {
        let value = Mutex<Result<SpawnedProcess, Failure>?>(nil)
    }

    /// Waits for the end of the child and its thread.
    func join() { keeper.join() }
}

/// A thread that several may wait for.
final class KeptThread: Sendable {
    private let thread: Mutex<Thread?>

    init(_ run: @escaping @Sendable () -> Void) throws(Failure) {
        thread = Mutex(try Thread(run))
    }

    func join() {
        thread.withLock { thread in
            thread?.join()
            thread = nil
        }
    }
}
