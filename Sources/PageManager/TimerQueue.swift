/// What is to happen when, on a clock that only goes forward.
struct TimerQueue<Timer: Hashable> {
    private var deadlines: [Timer: Int] = [:]

    /// The earliest deadline in nanoseconds.
    var next: Int? { deadlines.values.min() }

    mutating func start(_ timer: Timer, at deadline: Int) { deadlines[timer] = deadline }

    mutating func cancel(_ timer: Timer) { deadlines[timer] = nil }

    /// Those whose time has come, earliest first; they are gone then.
    mutating func takeElapsed(at now: Int) -> [Timer] {
        let elapsed = deadlines.filter { $0.value <= now }.sorted { $0.value < $1.value }.map(\.key)
        for timer in elapsed { deadlines[timer] = nil }
        return elapsed
    }
}
