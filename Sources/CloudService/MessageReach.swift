internal import CloudModel

/// Whom messages can be sent to.
public struct MessageReach: Sendable {
    /// Whether to e-mail addresses.
    public let email: Bool
    /// Whether to phone numbers.
    public let phone: Bool

    /// Says whom.
    public init(email: Bool, phone: Bool) {
        self.email = email
        self.phone = phone
    }

    /// Both.
    public static let everybody = MessageReach(email: true, phone: true)

    /// Fails for names that no message reaches.
    func check(_ name: LoginName) throws(Problem) {
        guard name.isPhone ? phone : email else {
            throw Problem(
                .unavailable,
                "this server cannot send messages to \(name.isPhone ? "phones" : "e-mail addresses")",
                reason: .messageUndeliverable)
        }
    }
}
