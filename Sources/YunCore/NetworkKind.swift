/// Over what bytes go, as far as it matters to whoever pays for them.
public enum NetworkKind: String, Sendable, CaseIterable {
    case wifi, cellular, ethernet, loopback, other
}
