/// Lets no press through before the question has been in sight for a while.
///
/// An app knows when a question will come up and could have the owner tap where a button is about to be. So the time
/// begins anew whenever the window comes into sight again.
struct InputGate {
    /// How long the question is looked at before it can be answered.
    static let milliseconds = 500

    private(set) var isOpen = false
    private var round = 0

    /// The question comes into sight; what is returned belongs to ``elapsed(_:)``.
    mutating func appear() -> Int {
        isOpen = false
        round += 1
        return round
    }

    /// Something covers the question.
    mutating func cover() { _ = appear() }

    /// The time that began with `round` is over.
    mutating func elapsed(_ round: Int) { if round == self.round { isOpen = true } }
}
