/// What carries a connection's bytes: what the owner pays for depends on it.
public enum NetworkKind: String, Sendable, CaseIterable {
    case wifi, cellular, ethernet, loopback
    /// Tunnels, and what is not known.
    case other
}
