/// Why a page may go on running while it is hidden.
public enum BackgroundReason: String, Sendable, CaseIterable {
    case playback, transfer, location, call
}
