/// `com.yunos.pagemanager`, as values. What they mean stands in the interface file.
public enum Owner {
    /// With the interface in front.
    public static func method(_ name: String) -> String { "com.yunos.pagemanager.\(name)" }

    /// Parameters of `Open`.
    public struct Open: Codable, Sendable {
        /// What to open.
        public var link: Link
        /// Where the caller sits.
        public var session: Session?
        /// All of it.
        public init(link: Link, session: Session?) {
            self.link = link
            self.session = session
        }
    }

    /// Where the caller sits.
    public struct Session: Codable, Sendable {
        /// Path of the compositor's socket.
        public var wayland: String?
        /// POSIX locale.
        public var locale: String?
        /// Whether pages are shown to nobody.
        public var headless: Bool?
        /// All of it.
        public init(wayland: String? = nil, locale: String? = nil, headless: Bool? = nil) {
            self.wayland = wayland
            self.locale = locale
            self.headless = headless
        }
    }

    /// Parameters of `Prepare`.
    public struct Prepare: Codable, Sendable {
        /// The app's domain.
        public var app: String
        /// Where the caller sits.
        public var session: Session?
        /// All of it.
        public init(app: String, session: Session?) {
            self.app = app
            self.session = session
        }
    }

    /// Parameters of `Trim`.
    public struct Trim: Codable, Sendable {
        /// `moderate`, `low` or `critical`.
        public var level: String
        /// This one.
        public init(level: String) { self.level = level }
    }

    /// Names an instance, in parameters and replies.
    public struct Instance: Codable, Sendable {
        /// Its number.
        public var instance: Int
        /// The one with this number.
        public init(instance: Int) { self.instance = instance }
    }

    /// Names an app.
    public struct App: Codable, Sendable {
        /// Its domain.
        public var app: String
        /// The one with this domain.
        public init(app: String) { self.app = app }
    }

    /// Parameters of `Run`.
    public struct Run: Codable, Sendable {
        /// The app's domain.
        public var app: String
        /// The page's name, the main one's if left out.
        public var page: String?
        /// The rest.
        public var options: Options
        /// All of it.
        public init(app: String, page: String?, options: Options) {
            self.app = app
            self.page = page
            self.options = options
        }
    }

    /// How `Run` runs.
    public struct Options: Codable, Sendable {
        /// What the program is given.
        public var arguments: [String] = []
        /// Where a web page begins.
        public var fragment: String?
        /// Size of a web page.
        public var width = 360
        /// Size of a web page.
        public var height = 640
        /// Whether descriptor 3 beside the call takes a picture of the page, and the page then ends.
        public var picture = false
        /// Milliseconds before the picture.
        public var delay = 0
        /// A shell instead of the page.
        public var shell = false
        /// Whether the standard streams are a terminal of the program's own.
        public var terminal = false
        /// POSIX locale.
        public var locale: String?
        /// `TERM`.
        public var term: String?
        /// Bytes.
        public var memory: Int?
        /// Whether to tell what is denied.
        public var reports = true
        /// Path of the compositor's socket.
        public var wayland: String?
        /// The defaults.
        public init() {}
    }

    /// Replies of `Run`.
    public struct Event: Codable, Sendable {
        /// First of all.
        public var instance: Int?
        /// A line for people.
        public var denied: String?
        /// At last: exit status, or 128 and the signal.
        public var status: Int?
        /// With the status: the limit in bytes that the app came up against.
        public var out_of_memory: Int?
        /// What is told is set afterwards, but for the instance.
        public init(instance: Int? = nil) { self.instance = instance }
    }

    /// Parameters of `Signal`.
    public struct Signal: Codable, Sendable {
        /// What `Run` told.
        public var instance: Int
        /// Its number.
        public var signal: Int
        /// Both.
        public init(instance: Int, signal: Int) {
            self.instance = instance
            self.signal = signal
        }
    }

    /// Parameters of `Stop`.
    public struct Stop: Codable, Sendable {
        /// One page.
        public var instance: Int?
        /// Or all of an app.
        public var app: String?
        /// One of them.
        public init(instance: Int? = nil, app: String? = nil) {
            self.instance = instance
            self.app = app
        }
    }

    /// A page that runs.
    public struct Page: Codable, Sendable {
        /// What it does.
        public enum State: String, Codable, Sendable {
            case starting, created, started, shown, hidden, stopped, ending
        }

        /// Its number.
        public var instance: Int
        /// Its address.
        public var uri: String
        /// Its app's domain.
        public var app: String
        /// Its app's or its own title.
        public var title: String
        /// `web`, `native`, `service`.
        public var kind: String
        /// What it does.
        public var state: State
        /// Whether its app stands still.
        public var frozen: Bool
        /// Why it may go on hidden.
        public var holds: [String]
        /// Of its sandbox.
        public var process: Int?
        /// Unix time.
        public var since: Int
        /// All of it.
        public init(
            instance: Int, uri: String, app: String, title: String, kind: String, state: State, frozen: Bool,
            holds: [String], process: Int?, since: Int
        ) {
            self.instance = instance
            self.uri = uri
            self.app = app
            self.title = title
            self.kind = kind
            self.state = state
            self.frozen = frozen
            self.holds = holds
            self.process = process
            self.since = since
        }
    }

    /// Reply of `List`.
    public struct Pages: Codable, Sendable {
        /// Oldest first.
        public var pages: [Page]
        /// These.
        public init(pages: [Page]) { self.pages = pages }
    }

    /// What an app uses.
    public struct Usage: Codable, Sendable {
        /// Its domain.
        public var app: String
        /// Its title.
        public var title: String
        /// As in `AppCondition`.
        public var state: String
        /// How many run.
        public var pages: Int
        /// Bytes.
        public var memory: Int?
        /// Microseconds.
        public var processor: Int?
        /// And threads.
        public var processes: Int?
        /// Bytes.
        public var received: Int
        /// Bytes.
        public var sent: Int
        /// All of it.
        public init(
            app: String, title: String, state: String, pages: Int, memory: Int?, processor: Int?,
            processes: Int?, received: Int, sent: Int
        ) {
            self.app = app
            self.title = title
            self.state = state
            self.pages = pages
            self.memory = memory
            self.processor = processor
            self.processes = processes
            self.received = received
            self.sent = sent
        }
    }

    /// Reply of `Usage`.
    public struct Usages: Codable, Sendable {
        /// By domain.
        public var apps: [Usage]
        /// These.
        public init(apps: [Usage]) { self.apps = apps }
    }

    /// Parameters of `Log`.
    public struct Log: Codable, Sendable {
        /// One app's, or all.
        public var app: String?
        /// Whether to go on.
        public var follow: Bool?
        /// Both.
        public init(app: String?, follow: Bool?) {
            self.app = app
            self.follow = follow
        }
    }

    /// A line of an app's log.
    public struct LogLine: Codable, Sendable {
        /// Whose words they are.
        public enum Kind: String, Codable, Sendable {
            case output, error, denied, manager
        }

        /// Milliseconds since 1970.
        public var time: Int
        /// The domain.
        public var app: String
        /// 0 where no page is meant.
        public var instance: Int
        /// Whose words they are.
        public var kind: Kind
        /// Without its end.
        public var text: String
        /// All of it.
        public init(time: Int, app: String, instance: Int, kind: Kind, text: String) {
            self.time = time
            self.app = app
            self.instance = instance
            self.kind = kind
            self.text = text
        }
    }

    /// Replies of `Log`.
    public struct LogReply: Codable, Sendable {
        /// The next ones.
        public var lines: [LogLine]
        /// These.
        public init(lines: [LogLine]) { self.lines = lines }
    }
}
