internal import Lifecycle
internal import PageManagerInterface
internal import Store

// What is called the same here and in the interfaces. The compiler tells when one of them has a word more.

extension Owner.Page.Kind {
    init(_ kind: PageTraits.Kind) {
        switch kind {
        case .web: self = .web
        case .native: self = .native
        case .service: self = .service
        }
    }
}

extension Owner.Usage.State {
    init(_ condition: AppCondition) {
        switch condition {
        case .starting: self = .starting
        case .shown: self = .shown
        case .background: self = .background
        case .hidden: self = .hidden
        case .resting: self = .resting
        case .frozen: self = .frozen
        case .prepared: self = .prepared
        case .ending: self = .ending
        }
    }
}

extension Owner.Permission.State {
    init(_ decision: PermissionDecision) {
        switch decision {
        case .granted: self = .granted
        case .ask: self = .ask
        case .denied: self = .denied
        }
    }
}

extension Owner.Permission.By {
    init(_ answerer: PermissionAnswerer) {
        switch answerer {
        case .owner: self = .owner
        case .command: self = .command
        case .file: self = .file
        }
    }
}

extension App.Page.WatchReply.Level {
    init(_ level: MemoryLevel) {
        switch level {
        case .moderate: self = .moderate
        case .low: self = .low
        case .critical: self = .critical
        }
    }
}
