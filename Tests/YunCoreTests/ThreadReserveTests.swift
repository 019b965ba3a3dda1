import Glibc
import Platform
import Synchronization
import Testing
import YunCore

@Suite struct ThreadReserveTests {
    private final class Held: Sendable {
        let count: SharedCount
        init(_ count: SharedCount) { self.count = count }
        deinit { count.value.withLock { $0 += 1 } }
    }

    private final class SharedCount: Sendable {
        let value = Mutex(0)
    }

    /// Which thread does the next work.
    private func thread(of reserve: ThreadReserve) throws -> pthread_t {
        let promise = try Promise<pthread_t>()
        try reserve.begin { promise.keep(pthread_self()) }
        return try #require(promise.wait())
    }

    @Test("A thread that has done its work does the next, and keeps nothing of the last") func again() throws
    {
        let reserve = ThreadReserve(countMax: 1)
        let released = SharedCount()
        try reserve.begin { [held = Held(released)] in withExtendedLifetime(held) {} }
        // It says that it is done a moment before it waits for more.
        var rounds = 0
        while released.value.withLock({ $0 }) == 0, rounds < 10_000 {
            usleep(1000)
            rounds += 1
        }
        #expect(released.value.withLock { $0 } == 1)
        let first = try thread(of: reserve)
        var isSame = false
        for _ in 0..<10_000 where !isSame {
            usleep(1000)
            isSame = try thread(of: reserve) == first
        }
        #expect(isSame)
    }

    @Test("Work that lasts holds up no other") func together() throws {
        let reserve = ThreadReserve(countMax: 1)
        let done = try (0..<4).map { _ in try Promise<Int>() }
        for number in done.indices {
            try reserve.begin {
                // Each waits for the one that begins after it.
                let next = number + 1 < done.count ? done[number + 1].wait() : 0
                done[number].keep((next ?? 0) + 1)
            }
        }
        #expect(done[0].wait() == 4)
    }
}
