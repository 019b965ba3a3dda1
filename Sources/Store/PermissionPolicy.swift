public import Trust
public import YunCore

/// An answer of the owner that stays. One that holds once is the page manager's to remember.
public enum PermissionAnswer: String, Sendable, CaseIterable {
    case whileInUse = "while-in-use"
    case always
    case never
}

/// Who gave an answer.
public enum PermissionAnswerer: String, Sendable, CaseIterable {
    /// The owner, to a question.
    case owner
    /// The owner, with `ypkg permissions`.
    case command
    /// A file that the maker or a test laid down.
    case file
}

/// One permission that an installed app asks for, and what became of it.
public struct AskedPermission: Sendable, Equatable {
    /// An answer with its origin.
    public struct Answer: Sendable, Equatable {
        /// What was answered.
        public let answer: PermissionAnswer
        /// Unix time.
        public let at: Int
        /// By whom.
        public let by: PermissionAnswerer
    }

    /// Which.
    public let permission: Permission
    /// Whether the owner agreed to it by installing the app.
    public let isGrantedAtInstall: Bool
    /// What was answered, if anything was.
    public let answer: Answer?
}

/// What is decided of a use of a permission.
public enum PermissionDecision: Sendable, Equatable {
    case granted
    /// The owner is to be asked.
    case ask
    /// Why not, a clause for people.
    case denied(String)
}

/// The permissions of an installed app. Decisions about them are functions of this value (`spec/permissions.md`).
public struct AppPermissions: Sendable, Equatable {
    /// The class of the publisher.
    public let signingClass: SigningClass
    /// All that the manifest asks for, by name.
    public let asked: [AskedPermission]

    /// Decides about one use.
    /// - Parameters:
    ///   - isInUse: whether the app is on the screen, or is doing in the background what it declared.
    ///   - once: whether the owner allowed it for this run of the app.
    public func decision(on permission: Permission, isInUse: Bool, once: Bool = false) -> PermissionDecision {
        if let refusal = refusal(of: permission) { return .denied(refusal) }
        let row = asked.first { $0.permission == permission }
        switch row?.answer?.answer {
        case .never: return .denied("the owner has denied \(permission.rawValue)")
        case .always: return .granted
        case .whileInUse where isInUse || once: return .granted
        case .whileInUse:
            return .denied("the owner has allowed \(permission.rawValue) only while the app is in use")
        case nil where once || row?.isGrantedAtInstall == true: return .granted
        case nil: return permission.terms.permissionClass == .system ? .granted : .ask
        }
    }

    /// What a sandbox is opened with: nobody is asked for that.
    public var openings: Set<Permission> {
        Set(asked.map(\.permission).filter { decision(on: $0, isInUse: true) == .granted })
    }

    /// Why no answer could grant this, or `nil`.
    public func refusal(of permission: Permission) -> String? {
        guard asked.contains(where: { $0.permission == permission }) else {
            return "the manifest does not ask for \(permission.rawValue)"
        }
        guard permission.terms.permissionClass != .system || signingClass == .system else {
            return "\(permission.rawValue) is for apps of the phone's maker alone"
        }
        return nil
    }
}
