public import CloudDatabase
public import CloudModel

/// Takes messages out of the database and hands them over, again and again until that succeeds or they are of no use any more.
public struct MessageSending: Sendable {
    /// Longer than a carrier takes: meanwhile no other server takes the same.
    private static let leaseSeconds: Int64 = 300
    private static let pauseSecondsMax: Int64 = 900

    private let database: any Database
    private let carrier: any MessageCarrier
    private let clock: @Sendable () -> Instant

    /// - Parameter clock: tells the time; tests turn it.
    public init(
        database: any Database, carrier: any MessageCarrier, clock: @escaping @Sendable () -> Instant
    ) {
        self.database = database
        self.carrier = carrier
        self.clock = clock
    }

    /// Sends all that are due. One that the carrier does not take keeps no other from being sent.
    /// - Returns: what kept some from being sent, for the operator.
    public func sendAll() async throws(Problem) -> [Problem] {
        var problems: [Problem] = []
        while let message = try await next() {
            let now = clock()
            do throws(Problem) {
                if message.expiresAt > now {
                    let recipient = try LoginName(message.recipient)
                    try await carrier.carry(
                        Message(to: recipient, subject: message.subject, text: message.text), at: now)
                }
                try await database.write { transaction throws(Problem) in
                    try transaction.messages.remove(message.id)
                }
            } catch {
                problems.append(error)
                let pause = min(Int64(1) << min(message.tries, 10), Self.pauseSecondsMax)
                try await database.write { transaction throws(Problem) in
                    try transaction.messages.postpone(message.id, until: now.advanced(bySeconds: pause))
                }
            }
        }
        return problems
    }

    private func next() async throws(Problem) -> StoredMessage? {
        let now = clock()
        // Looking costs next to nothing, writing waits for the disk.
        let isDue = try await database.read { transaction throws(Problem) in
            try transaction.messages.isDue(at: now)
        }
        guard isDue else { return nil }
        return try await database.write { transaction throws(Problem) in
            try transaction.messages.take(at: now, until: now.advanced(bySeconds: Self.leaseSeconds))
        }
    }
}
