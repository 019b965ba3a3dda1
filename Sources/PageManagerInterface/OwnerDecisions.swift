extension Owner {
    /// What an app wants the owner to see.
    public struct Notification: Codable, Sendable {
        /// Names it.
        public var number: Int
        /// The domain.
        public var app: String
        /// The app's words.
        public var title: String
        /// The app's words.
        public var text: String
        /// What opens when the owner takes it up.
        public var link: Link?
        /// Milliseconds since 1970.
        public var time: Int
        /// All of it.
        public init(number: Int, app: String, title: String, text: String, link: Link? = nil, time: Int) {
            self.number = number
            self.app = app
            self.title = title
            self.text = text
            self.link = link
            self.time = time
        }
    }

    /// Replies of `Notifications`.
    public struct NotificationNews: Codable, Sendable {
        /// A new one.
        public var notification: Notification?
        /// One that is to be taken away.
        public var withdrawn: Int?
        /// All of it.
        public init(notification: Notification? = nil, withdrawn: Int? = nil) {
            self.notification = notification
            self.withdrawn = withdrawn
        }
    }

    /// Parameters of `Notifications`.
    public struct Follow: Codable, Sendable {
        /// Whether to go on with what comes.
        public var follow: Bool?
        /// All of it.
        public init(follow: Bool? = nil) {
            self.follow = follow
        }
    }

    /// How an app stands with a permission.
    public struct Permission: Codable, Sendable {
        /// `NAME.permission.yunos.com`.
        public var name: String
        /// In English.
        public var title: String
        /// `install`, `first-use` or `system`.
        public var permission_class: String
        /// `granted`, `ask` or `denied`.
        public var state: String
        /// What the owner has said.
        public var answer: String?
        /// When, Unix time.
        public var answered: Int?
        /// How: `owner`, `command` or `file`.
        public var by: String?
        /// The app's words, in English.
        public var reason: String?
        /// Of the broker.
        public var methods: [String]
        /// All of it.
        public init(
            name: String, title: String, permission_class: String, state: String, answer: String? = nil,
            answered: Int? = nil, by: String? = nil, reason: String? = nil, methods: [String]
        ) {
            self.name = name
            self.title = title
            self.permission_class = permission_class
            self.state = state
            self.answer = answer
            self.answered = answered
            self.by = by
            self.reason = reason
            self.methods = methods
        }
    }

    /// Reply of `Permissions`.
    public struct Permissions: Codable, Sendable {
        /// By name.
        public var permissions: [Permission]
        /// All of it.
        public init(permissions: [Permission]) {
            self.permissions = permissions
        }
    }

    /// Parameters of `Decide`.
    public struct Decision: Codable, Sendable {
        /// The domain.
        public var app: String
        /// All that the app asks for if left out.
        public var permission: String?
        /// `always`, `never`, `reset`.
        public var answer: String
        /// All of it.
        public init(app: String, permission: String? = nil, answer: String) {
            self.app = app
            self.permission = permission
            self.answer = answer
        }
    }

    /// Uses of a permission in one minute.
    public struct Use: Codable, Sendable {
        /// Unix time.
        public var time: Int
        /// The domain.
        public var app: String
        /// `NAME.permission.yunos.com`.
        public var permission: String
        /// Of the broker.
        public var method: String
        /// How often.
        public var count: Int
        /// All of it.
        public init(time: Int, app: String, permission: String, method: String, count: Int) {
            self.time = time
            self.app = app
            self.permission = permission
            self.method = method
            self.count = count
        }
    }

    /// Reply of `PermissionLog`.
    public struct Uses: Codable, Sendable {
        /// The latest first.
        public var uses: [Use]
        /// All of it.
        public init(uses: [Use]) {
            self.uses = uses
        }
    }

    /// Names an app, or all.
    public struct MaybeApp: Codable, Sendable {
        /// The domain.
        public var app: String?
        /// All of it.
        public init(app: String? = nil) {
            self.app = app
        }
    }

    /// What the owner is asked.
    public struct Question: Codable, Sendable {
        /// Names it.
        public var number: Int
        /// The domain.
        public var app: String
        /// The app's name by language.
        public var title: [String: String]
        /// The key's id.
        public var publisher: String
        /// `developer`, `store` or `system`.
        public var signing_class: String
        /// `NAME.permission.yunos.com`.
        public var permission: String
        /// Ours, by language.
        public var permission_title: [String: String]
        /// Ours, by language.
        public var permission_words: [String: String]
        /// The app's words, by language.
        public var reason: [String: String]?
        /// Path of the app's picture.
        public var icon: String?
        /// All of it.
        public init(
            number: Int, app: String, title: [String: String], publisher: String, signing_class: String,
            permission: String, permission_title: [String: String], permission_words: [String: String],
            reason: [String: String]? = nil, icon: String? = nil
        ) {
            self.number = number
            self.app = app
            self.title = title
            self.publisher = publisher
            self.signing_class = signing_class
            self.permission = permission
            self.permission_title = permission_title
            self.permission_words = permission_words
            self.reason = reason
            self.icon = icon
        }
    }

    /// Replies of `Questions`.
    public struct QuestionNews: Codable, Sendable {
        /// A new one.
        public var question: Question?
        /// One that needs no answer any more.
        public var withdrawn: Int?
        /// All of it.
        public init(question: Question? = nil, withdrawn: Int? = nil) {
            self.question = question
            self.withdrawn = withdrawn
        }
    }

    /// Parameters of `Answer`.
    public struct Answer: Codable, Sendable {
        /// Which.
        public var question: Int
        /// `once`, `while-in-use`, `always`, `never`, `not-now`.
        public var answer: String
        /// All of it.
        public init(question: Int, answer: String) {
            self.question = question
            self.answer = answer
        }
    }
}
