/// What apps send and are told, as values. What they mean stands in the interface files.
public enum App {
    /// Parameters of `com.yunos.page.Open`.
    public struct Open: Codable, Sendable {
        /// What to open.
        public var link: Link
        /// This.
        public init(link: Link) { self.link = link }
    }

    /// Parameters of `com.yunos.page.Taken`.
    public struct Taken: Codable, Sendable {
        /// Whose event.
        public var instance: Int
        /// Which, and all before it.
        public var number: Int
        /// False for a back key that the page has no use for.
        public var handled: Bool?
        /// All of it.
        public init(instance: Int, number: Int, handled: Bool? = nil) {
            self.instance = instance
            self.number = number
            self.handled = handled
        }
    }

    /// Parameters of `com.yunos.page.Hold`.
    public struct Hold: Codable, Sendable {
        /// Which page.
        public var instance: Int
        /// As the manifest spells it.
        public var reason: String
        /// Both.
        public init(instance: Int, reason: String) {
            self.instance = instance
            self.reason = reason
        }
    }

    /// Replies of `com.yunos.page.Watch`.
    public struct Event: Codable, Sendable {
        /// Counts the events of the instance.
        public var number: Int
        /// Whom it is for.
        public var instance: Int
        /// What it is told.
        public var event: Name
        /// With `link`; with `create` the one for which the page is, which comes once more when it has started.
        public var link: Link?
        /// With `create`: the page's file in the package.
        public var content: String?
        /// With `create`: for people.
        public var title: String?
        /// With `trim_memory`.
        public var level: String?

        /// What a page is told.
        public enum Name: String, Codable, Sendable {
            case create, start, show, hide, stop, destroy, link, trim_memory, back_key
        }

        /// One without more to say.
        public init(number: Int, instance: Int, event: Name) {
            self.number = number
            self.instance = instance
            self.event = event
        }
    }
}
