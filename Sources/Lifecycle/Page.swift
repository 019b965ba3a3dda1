public import YunCore

/// What the lifecycle must know of a page; it stands in its app's manifest.
public struct PageTraits: Sendable, Hashable {
    /// What runs behind a page.
    public enum Kind: Sendable, CaseIterable {
        /// A document in the app's web host.
        case web
        /// A program with a screen.
        case native
        /// A program without a screen.
        case service
    }

    /// The page.
    public let uri: PageURI
    /// What runs behind it.
    public let kind: Kind
    /// Whether each link opens another instance of it.
    public let isMultiple: Bool
    /// The link events that it takes beside `link`.
    public let events: Set<String>
    /// Why it may go on running while it is hidden.
    public let backgroundReasons: Set<BackgroundReason>

    /// A page as its manifest describes it.
    public init(
        _ uri: PageURI, _ kind: Kind, isMultiple: Bool = false, events: Set<String> = [],
        backgroundReasons: Set<BackgroundReason> = []
    ) {
        self.uri = uri
        self.kind = kind
        self.isMultiple = isMultiple
        self.events = events
        self.backgroundReasons = backgroundReasons
    }

    /// A service has none.
    public var hasScreen: Bool { kind != .service }
}

/// How short memory is.
public enum MemoryLevel: Int, Sendable, CaseIterable, Comparable {
    case moderate, low, critical

    /// The shorter, the greater.
    public static func < (left: MemoryLevel, right: MemoryLevel) -> Bool { left.rawValue < right.rawValue }
}

/// What a page is told.
public enum PageEvent: Sendable, Hashable {
    case create, start, show, hide, stop, destroy
    case link(PageLink)
    case trimMemory(MemoryLevel)
    case backKey
}

/// How far a page has been told that it lives.
public enum PageStage: Sendable {
    case new, created, started, shown, stopped, destroyed

    /// The next event towards another stage, and the stage after it; `nil` at the goal. This table is the whole order
    /// of the lifecycle (`spec/pages.md`, L-10): there is no other place that makes these events.
    func step(towards goal: PageStage) -> (event: PageEvent, stage: PageStage)? {
        switch (self, goal) {
        case (.new, .destroyed), (.destroyed, _): nil
        case (.new, _): (.create, .created)
        case (.created, _): (.start, .started)
        case (.started, .shown): (.show, .shown)
        case (.started, .stopped), (.started, .destroyed): (.stop, .stopped)
        case (.started, _): nil
        case (.shown, .shown): nil
        case (.shown, _): (.hide, .started)
        case (.stopped, .destroyed): (.destroy, .destroyed)
        case (.stopped, .stopped): nil
        case (.stopped, _): (.start, .started)
        }
    }
}
