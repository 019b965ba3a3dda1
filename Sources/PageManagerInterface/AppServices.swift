extension App {
    /// A line of a head.
    public struct Header: Codable, Sendable {
        /// Any case.
        public var name: String
        /// Without line ends.
        public var value: String
        /// All of it.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Replies of `com.yunos.network.Request`: the head, and at last what it cost.
    public struct Response: Codable, Sendable {
        /// With the head.
        public var status: Int?
        /// With the head: where the answer came from.
        public var url: String?
        /// With the head.
        public var headers: [Header]?
        /// With the head.
        public var redirected: Bool?
        /// At last: bytes over the network.
        public var received: Int?
        /// At last: bytes over the network.
        public var sent: Int?
        /// All of it.
        public init(
            status: Int? = nil, url: String? = nil, headers: [Header]? = nil, redirected: Bool? = nil,
            received: Int? = nil, sent: Int? = nil
        ) {
            self.status = status
            self.url = url
            self.headers = headers
            self.redirected = redirected
            self.received = received
            self.sent = sent
        }
    }

    /// Parameters of `com.yunos.notification.Post`.
    public struct Post: Codable, Sendable {
        /// 1 to 200 characters.
        public var title: String
        /// At most 2000 characters.
        public var text: String
        /// Replaces the app's notification of this tag.
        public var tag: String?
        /// What opens when the owner takes it up.
        public var link: Link?
        /// All of it.
        public init(title: String, text: String, tag: String? = nil, link: Link? = nil) {
            self.title = title
            self.text = text
            self.tag = tag
            self.link = link
        }
    }

    /// Names a notification.
    public struct Number: Codable, Sendable {
        /// The page manager's.
        public var number: Int
        /// All of it.
        public init(number: Int) {
            self.number = number
        }
    }

    /// Reply of `com.yunos.device.Get`.
    public struct Device: Codable, Sendable {
        /// Of all phones of its kind.
        public var model: String
        /// `zh-CN`.
        public var language: String
        /// What requests would go over.
        public var network: String
        /// All of it.
        public init(model: String, language: String, network: String) {
            self.model = model
            self.language = language
            self.network = network
        }
    }

    /// How the app stands with a permission.
    public struct Permission: Codable, Sendable {
        /// `NAME.permission.yunos.com`.
        public var name: String
        /// `granted`, `ask` or `denied`.
        public var state: String
        /// All of it.
        public init(name: String, state: String) {
            self.name = name
            self.state = state
        }
    }

    /// Reply of `com.yunos.permission.List`.
    public struct Permissions: Codable, Sendable {
        /// By name.
        public var permissions: [Permission]
        /// All of it.
        public init(permissions: [Permission]) {
            self.permissions = permissions
        }
    }

    /// Parameters of `com.yunos.permission.Ask`.
    public struct PermissionName: Codable, Sendable {
        /// `NAME.permission.yunos.com`.
        public var name: String
        /// All of it.
        public init(name: String) {
            self.name = name
        }
    }

    /// Reply of `com.yunos.permission.Ask`.
    public struct PermissionState: Codable, Sendable {
        /// `granted` or `denied`.
        public var state: String
        /// All of it.
        public init(state: String) {
            self.state = state
        }
    }

    /// Parameters of `com.yunos.network.Request`.
    public struct Request: Codable, Sendable {
        /// What to do about redirections.
        public enum Redirect: String, Codable, Sendable {
            case follow, error, manual
        }

        /// `GET` and its like.
        public var method: String
        /// With its scheme.
        public var url: String
        /// What the app adds.
        public var headers: [Header]
        /// Whether a descriptor beside the call gives a body.
        public var body: Bool?
        /// Bytes of the answer's body.
        public var limit: Int?
        /// Milliseconds for the whole.
        public var timeout: Int?
        /// `follow` if left out.
        public var redirect: Redirect?
        /// What every request has.
        public init(method: String, url: String, headers: [Header] = []) {
            self.method = method
            self.url = url
            self.headers = headers
        }
    }
}
