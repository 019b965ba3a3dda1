internal import CLinux
internal import Synchronization
public import YunCore

/// A number of places of which each is one's at a time: connections of a caller, or long messages under way.
public final class Places: Sendable {
    /// How many there are.
    public let count: Int
    private let free: Mutex<Int>
    /// Set while a place is free.
    private let event: OwnedDescriptor

    /// One place, until the last who holds it lets go.
    public final class Place: Sendable {
        private let places: Places

        fileprivate init(_ places: Places) { self.places = places }

        deinit { places.giveBack() }
    }

    /// All free.
    public init(_ count: Int) throws(Failure) {
        self.count = count
        free = Mutex(count)
        let number = yun_event_create()
        guard number >= 0 else { throw .system("cannot create an event") }
        event = OwnedDescriptor(owning: number)
        _ = yun_event_set(number)
    }

    /// A place, or `nil` where none is free.
    public func take() -> Place? {
        let isTaken = free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            if free == 0 { _ = yun_event_clear(event.number) }
            return true
        }
        return isTaken ? Place(self) : nil
    }

    /// Waits for a place.
    /// - Parameter hangup: a socket; `nil` comes back once its other end has hung up.
    public func take(unless hangup: Int32) -> Place? {
        while true {
            if let place = take() { return place }
            guard yun_wait_either(event.number, hangup, -1) == 1 else { return nil }
        }
    }

    private func giveBack() {
        free.withLock { free in
            free += 1
            _ = yun_event_set(event.number)
        }
    }
}
