public import CloudModel
internal import NIOPosix
public import YunCore

/// Threads for what waits for disks, or takes long: Swift's own are as many as processors, and must not wait.
public struct BlockingWork: Sendable {
    /// Any number of these share their threads.
    public init() {}

    /// Runs `body` on such a thread.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws(Failure) -> Value)
        async throws(Problem) -> Value
    {
        do {
            return try await NIOThreadPool.singleton.runIfActive(body)
        } catch let failure as Failure {
            throw Problem(failure)
        } catch { throw .fault("\(error)") }
    }
}
