// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

public import Varlink

/// What runs on this phone, and the owner's word over it. For the owner's own programs, not for apps.
///
/// A failure is the error Failed with a code of spec/errors.md, one line for people, and mostly what to do about it.
public enum Owner {
    /// A line of an app's log, without its end. `time` is in milliseconds since 1970, `instance` 0 where no page is meant,
    /// `kind` whose words they are.
    public struct LogLine: Codable, Sendable {
        public enum Kind: String, Codable, Sendable { case output, error, denied, manager }

        public var time: Int
        public var app: String
        public var instance: Int
        public var kind: Kind
        public var text: String

        public init(time: Int, app: String, instance: Int, kind: Kind, text: String) {
            self.time = time
            self.app = app
            self.instance = instance
            self.kind = kind
            self.text = text
        }
    }

    /// What an app wants the owner to see, in its own words. `link` opens when the owner takes it up; `time` is in
    /// milliseconds since 1970.
    public struct Notification: Codable, Sendable {
        public var number: Int
        public var app: String
        public var title: String
        public var text: String
        public var link: Link?
        public var time: Int

        public init(number: Int, app: String, title: String, text: String, link: Link? = nil, time: Int) {
            self.number = number
            self.app = app
            self.title = title
            self.text = text
            self.link = link
            self.time = time
        }
    }

    /// How Run runs. `fragment` is where a web page begins, `width` and `height` are its size. With `picture` the page ends
    /// once its picture was taken, after `delay` milliseconds. `shell` is a shell instead of the page, `terminal` says that
    /// the standard streams are a terminal of the program's own, `term` is its TERM, and `locale` the POSIX locale. `memory`
    /// is a limit in bytes, `reports` whether to tell what is denied, `wayland` the path of the compositor's socket.
    public struct Options: Codable, Sendable {
        public var arguments: [String]
        public var fragment: String?
        public var width: Int
        public var height: Int
        public var picture: Bool
        public var delay: Int
        public var shell: Bool
        public var terminal: Bool
        public var locale: String?
        public var term: String?
        public var memory: Int?
        public var reports: Bool
        public var wayland: String?

        public init(arguments: [String], fragment: String? = nil, width: Int, height: Int, picture: Bool, delay: Int, shell: Bool, terminal: Bool, locale: String? = nil, term: String? = nil, memory: Int? = nil, reports: Bool, wayland: String? = nil) {
            self.arguments = arguments
            self.fragment = fragment
            self.width = width
            self.height = height
            self.picture = picture
            self.delay = delay
            self.shell = shell
            self.terminal = terminal
            self.locale = locale
            self.term = term
            self.memory = memory
            self.reports = reports
            self.wayland = wayland
        }
    }

    /// One page that runs. `since` is Unix time; `holds` are the reasons for which it may go on while it is hidden.
    public struct Page: Codable, Sendable {
        public enum Kind: String, Codable, Sendable { case web, native, service }
        public enum State: String, Codable, Sendable { case starting, created, started, shown, hidden, stopped, ending }

        public var instance: Int
        public var uri: String
        public var app: String
        public var title: String
        public var kind: Kind
        public var state: State
        public var frozen: Bool
        public var holds: [String]
        public var process: Int?
        public var since: Int

        public init(instance: Int, uri: String, app: String, title: String, kind: Kind, state: State, frozen: Bool, holds: [String], process: Int? = nil, since: Int) {
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

    /// How an app stands with a permission: `title` and the app's own `reason` in English, `permission_class` install,
    /// first-use or system. `answer` is what the owner has said, `answered` when (Unix time), `by` how. `methods` are the
    /// broker's that it stands for.
    public struct Permission: Codable, Sendable {
        public enum State: String, Codable, Sendable { case granted, ask, denied }
        public enum By: String, Codable, Sendable { case owner, command, file }

        public var name: String
        public var title: String
        public var permissionClass: String
        public var state: State
        public var answer: String?
        public var answered: Int?
        public var by: By?
        public var reason: String?
        public var methods: [String]

        public init(name: String, title: String, permissionClass: String, state: State, answer: String? = nil, answered: Int? = nil, by: By? = nil, reason: String? = nil, methods: [String]) {
            self.name = name
            self.title = title
            self.permissionClass = permissionClass
            self.state = state
            self.answer = answer
            self.answered = answered
            self.by = by
            self.reason = reason
            self.methods = methods
        }

        private enum CodingKeys: String, CodingKey { case name, title, permissionClass = "permission_class", state, answer, answered, by, reason, methods }
    }

    /// What the owner is asked. Titles, words and the reason are by language; `publisher` is the key's id, `signing_class`
    /// developer, store or system, `reason` the app's own words, `icon` the path of its picture: a stranger's file, to be decoded
    /// where it can do no harm.
    public struct Question: Codable, Sendable {
        public var number: Int
        public var app: String
        public var title: [String: String]
        public var publisher: String
        public var signingClass: String
        public var permission: String
        public var permissionTitle: [String: String]
        public var permissionWords: [String: String]
        public var reason: [String: String]?
        public var icon: String?

        public init(number: Int, app: String, title: [String: String], publisher: String, signingClass: String, permission: String, permissionTitle: [String: String], permissionWords: [String: String], reason: [String: String]? = nil, icon: String? = nil) {
            self.number = number
            self.app = app
            self.title = title
            self.publisher = publisher
            self.signingClass = signingClass
            self.permission = permission
            self.permissionTitle = permissionTitle
            self.permissionWords = permissionWords
            self.reason = reason
            self.icon = icon
        }

        private enum CodingKeys: String, CodingKey { case number, app, title, publisher, signingClass = "signing_class", permission, permissionTitle = "permission_title", permissionWords = "permission_words", reason, icon }
    }

    /// Where the caller sits: his Wayland compositor's socket and his locale. The page manager's own session if left out.
    /// With `headless` web pages are shown to nobody, on a display of their own.
    public struct Session: Codable, Sendable {
        public var wayland: String?
        public var locale: String?
        public var headless: Bool?

        public init(wayland: String? = nil, locale: String? = nil, headless: Bool? = nil) {
            self.wayland = wayland
            self.locale = locale
            self.headless = headless
        }
    }

    /// What one app uses now, and what it has sent and received since it was installed. What the machine cannot tell is left
    /// out. Memory in bytes, time of processors in microseconds, transfers in bytes.
    public struct Usage: Codable, Sendable {
        public enum State: String, Codable, Sendable { case starting, shown, background, hidden, resting, frozen, prepared, ending }

        public var app: String
        public var title: String
        public var state: State
        public var pages: Int
        public var memory: Int?
        public var processor: Int?
        public var processes: Int?
        public var received: Int
        public var sent: Int

        public init(app: String, title: String, state: State, pages: Int, memory: Int? = nil, processor: Int? = nil, processes: Int? = nil, received: Int, sent: Int) {
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

    /// Uses of a permission in the minute that began at `time` (Unix time).
    public struct Use: Codable, Sendable {
        public var time: Int
        public var app: String
        public var permission: String
        public var method: String
        public var count: Int

        public init(time: Int, app: String, permission: String, method: String, count: Int) {
            self.time = time
            self.app = app
            self.permission = permission
            self.method = method
            self.count = count
        }
    }

    /// The parameters of `Open`.
    public struct OpenParameters: Codable, Sendable {
        public var link: Link
        public var session: Session?

        public init(link: Link, session: Session? = nil) {
            self.link = link
            self.session = session
        }
    }

    /// A reply of `Open`.
    public struct OpenReply: Codable, Sendable {
        public var instance: Int

        public init(instance: Int) {
            self.instance = instance
        }
    }

    /// Opens a page, or gives the link to it where it runs.
    public static let open = MethodSignature<OpenParameters, OpenReply>("com.yunos.pagemanager.Open")

    /// The parameters of `Run`.
    public struct RunParameters: Codable, Sendable {
        public var app: String
        public var page: String?
        public var options: Options

        public init(app: String, page: String? = nil, options: Options) {
            self.app = app
            self.page = page
            self.options = options
        }
    }

    /// A reply of `Run`.
    public struct RunReply: Codable, Sendable {
        public var instance: Int?
        public var denied: String?
        public var status: Int?
        public var outOfMemory: Int?

        public init(instance: Int? = nil, denied: String? = nil, status: Int? = nil, outOfMemory: Int? = nil) {
            self.instance = instance
            self.denied = denied
            self.status = status
            self.outOfMemory = outOfMemory
        }

        private enum CodingKeys: String, CodingKey { case instance, denied, status, outOfMemory = "out_of_memory" }
    }

    /// Runs a page with the caller's descriptors as its standard streams (0, 1 and 2 beside the call, a fourth one for a
    /// picture), until it ends or the caller hangs up. Replies several times: first the instance, which is negative for what
    /// is no page, a shell or a picture; then lines for people about what was denied; at last the exit status, or 128 and the
    /// signal, with the limit in bytes where the app came up against that.
    public static let run = MethodSignature<RunParameters, RunReply>("com.yunos.pagemanager.Run")

    /// The parameters of `Signal`.
    public struct SignalParameters: Codable, Sendable {
        public var instance: Int
        public var signal: Int

        public init(instance: Int, signal: Int) {
            self.instance = instance
            self.signal = signal
        }
    }

    /// Sends a signal to what Run has started.
    public static let signal = MethodSignature<SignalParameters, Nothing>("com.yunos.pagemanager.Signal")

    /// A reply of `List`.
    public struct ListReply: Codable, Sendable {
        public var pages: [Page]

        public init(pages: [Page]) {
            self.pages = pages
        }
    }

    /// The pages that run, in the order in which they were opened.
    public static let list = MethodSignature<Nothing, ListReply>("com.yunos.pagemanager.List")

    /// A reply of `Usage`.
    public struct UsageReply: Codable, Sendable {
        public var apps: [Usage]

        public init(apps: [Usage]) {
            self.apps = apps
        }
    }

    /// What every running app uses.
    public static let usage = MethodSignature<Nothing, UsageReply>("com.yunos.pagemanager.Usage")

    /// The parameters of `Stop`.
    public struct StopParameters: Codable, Sendable {
        public var instance: Int?
        public var app: String?

        public init(instance: Int? = nil, app: String? = nil) {
            self.instance = instance
            self.app = app
        }
    }

    /// Closes a page, or all pages of an app: in order, and by force where that takes too long.
    public static let stop = MethodSignature<StopParameters, Nothing>("com.yunos.pagemanager.Stop")

    /// The parameters of `Freeze`.
    public struct FreezeParameters: Codable, Sendable {
        public var app: String

        public init(app: String) {
            self.app = app
        }
    }

    /// Freezes an app whatever it does, until it is thawed or opened.
    public static let freeze = MethodSignature<FreezeParameters, Nothing>("com.yunos.pagemanager.Freeze")

    /// The parameters of `Thaw`.
    public struct ThawParameters: Codable, Sendable {
        public var app: String

        public init(app: String) {
            self.app = app
        }
    }

    /// Thaws an app; it stays so until it is hidden the next time.
    public static let thaw = MethodSignature<ThawParameters, Nothing>("com.yunos.pagemanager.Thaw")

    /// The owner's way back: told to the page that is shown.
    public static let back = MethodSignature<Nothing, Nothing>("com.yunos.pagemanager.Back")

    /// The parameters of `Changed`.
    public struct ChangedParameters: Codable, Sendable {
        public var app: String

        public init(app: String) {
            self.app = app
        }
    }

    /// An app was installed, updated or removed: what runs of it ends, or goes on until it is hidden.
    public static let changed = MethodSignature<ChangedParameters, Nothing>("com.yunos.pagemanager.Changed")

    /// The parameters of `Prepare`.
    public struct PrepareParameters: Codable, Sendable {
        public var app: String
        public var session: Session?

        public init(app: String, session: Session? = nil) {
            self.app = app
            self.session = session
        }
    }

    /// Prepares an app's web host, so that its first page is there at once. A hint: where memory is short, nothing happens, and
    /// what was prepared ends. One app is prepared at a time.
    public static let prepare = MethodSignature<PrepareParameters, Nothing>("com.yunos.pagemanager.Prepare")

    /// The parameters of `Trim`.
    public struct TrimParameters: Codable, Sendable {
        public var level: String

        public init(level: String) {
            self.level = level
        }
    }

    /// Does what is done where memory is short: `moderate`, `low` or `critical`. For whoever tests an app.
    public static let trim = MethodSignature<TrimParameters, Nothing>("com.yunos.pagemanager.Trim")

    /// The parameters of `Log`.
    public struct LogParameters: Codable, Sendable {
        public var app: String?
        public var follow: Bool?

        public init(app: String? = nil, follow: Bool? = nil) {
            self.app = app
            self.follow = follow
        }
    }

    /// A reply of `Log`.
    public struct LogReply: Codable, Sendable {
        public var lines: [LogLine]

        public init(lines: [LogLine]) {
            self.lines = lines
        }
    }

    /// What apps have written and what was denied them, the oldest first, in several replies; with `follow`, also what comes.
    public static let log = MethodSignature<LogParameters, LogReply>("com.yunos.pagemanager.Log")

    /// The parameters of `Permissions`.
    public struct PermissionsParameters: Codable, Sendable {
        public var app: String

        public init(app: String) {
            self.app = app
        }
    }

    /// A reply of `Permissions`.
    public struct PermissionsReply: Codable, Sendable {
        public var permissions: [Permission]

        public init(permissions: [Permission]) {
            self.permissions = permissions
        }
    }

    /// The permissions that an app asks for by name, and how it stands with them.
    public static let permissions = MethodSignature<PermissionsParameters, PermissionsReply>("com.yunos.pagemanager.Permissions")

    /// The parameters of `Decide`.
    public struct DecideParameters: Codable, Sendable {
        public var app: String
        public var permission: String?
        public var answer: String

        public init(app: String, permission: String? = nil, answer: String) {
            self.app = app
            self.permission = permission
            self.answer = answer
        }
    }

    /// Decides about permissions of an app; of all that it asks for where none is named. The answer is `always`, `never`, or
    /// `reset`, which forgets what was answered.
    public static let decide = MethodSignature<DecideParameters, Nothing>("com.yunos.pagemanager.Decide")

    /// The parameters of `PermissionLog`.
    public struct PermissionLogParameters: Codable, Sendable {
        public var app: String?

        public init(app: String? = nil) {
            self.app = app
        }
    }

    /// A reply of `PermissionLog`.
    public struct PermissionLogReply: Codable, Sendable {
        public var uses: [Use]

        public init(uses: [Use]) {
            self.uses = uses
        }
    }

    /// Who used what when, the latest first.
    public static let permissionLog = MethodSignature<PermissionLogParameters, PermissionLogReply>("com.yunos.pagemanager.PermissionLog")

    /// A reply of `Questions`.
    public struct QuestionsReply: Codable, Sendable {
        public var question: Question?
        public var withdrawn: Int?

        public init(question: Question? = nil, withdrawn: Int? = nil) {
            self.question = question
            self.withdrawn = withdrawn
        }
    }

    /// Questions for the owner, as they come up, for a program that can ask; called with `more`. One that was `withdrawn`
    /// needs no answer.
    public static let questions = MethodSignature<Nothing, QuestionsReply>("com.yunos.pagemanager.Questions")

    /// The parameters of `Answer`.
    public struct AnswerParameters: Codable, Sendable {
        public var question: Int
        public var answer: String

        public init(question: Int, answer: String) {
            self.question = question
            self.answer = answer
        }
    }

    /// What the owner said: `once`, `while-in-use`, `always`, `never`, or `not-now`.
    public static let answer = MethodSignature<AnswerParameters, Nothing>("com.yunos.pagemanager.Answer")

    /// The parameters of `Notifications`.
    public struct NotificationsParameters: Codable, Sendable {
        public var follow: Bool?

        public init(follow: Bool? = nil) {
            self.follow = follow
        }
    }

    /// A reply of `Notifications`.
    public struct NotificationsReply: Codable, Sendable {
        public var notification: Notification?
        public var withdrawn: Int?

        public init(notification: Notification? = nil, withdrawn: Int? = nil) {
            self.notification = notification
            self.withdrawn = withdrawn
        }
    }

    /// Notifications that are there, and with `follow` as they come; one that was `withdrawn` is to be taken away.
    public static let notifications = MethodSignature<NotificationsParameters, NotificationsReply>("com.yunos.pagemanager.Notifications")

    /// Ends every app in order, and then the page manager.
    public static let quit = MethodSignature<Nothing, Nothing>("com.yunos.pagemanager.Quit")

    /// The interface file.
    public static let text = #"""
        # What runs on this phone, and the owner's word over it. For the owner's own programs, not for apps.
        #
        # A failure is the error Failed with a code of spec/errors.md, one line for people, and mostly what to do about it.
        interface com.yunos.pagemanager

        # What opens a page: `page://DOMAIN/NAME`, with a query and a fragment where there are any, the name of an event
        # (`link` if none is given) and a text for it.
        type Link (uri: string, event: ?string, data: ?string)

        # Where the caller sits: his Wayland compositor's socket and his locale. The page manager's own session if left out.
        # With `headless` web pages are shown to nobody, on a display of their own.
        type Session (wayland: ?string, locale: ?string, headless: ?bool)

        # One page that runs. `since` is Unix time; `holds` are the reasons for which it may go on while it is hidden.
        type Page (
          instance: int,
          uri: string,
          app: string,
          title: string,
          kind: (web, native, service),
          state: (starting, created, started, shown, hidden, stopped, ending),
          frozen: bool,
          holds: []string,
          process: ?int,
          since: int
        )

        # What one app uses now, and what it has sent and received since it was installed. What the machine cannot tell is left
        # out. Memory in bytes, time of processors in microseconds, transfers in bytes.
        type Usage (
          app: string,
          title: string,
          state: (starting, shown, background, hidden, resting, frozen, prepared, ending),
          pages: int,
          memory: ?int,
          processor: ?int,
          processes: ?int,
          received: int,
          sent: int
        )

        # How Run runs. `fragment` is where a web page begins, `width` and `height` are its size. With `picture` the page ends
        # once its picture was taken, after `delay` milliseconds. `shell` is a shell instead of the page, `terminal` says that
        # the standard streams are a terminal of the program's own, `term` is its TERM, and `locale` the POSIX locale. `memory`
        # is a limit in bytes, `reports` whether to tell what is denied, `wayland` the path of the compositor's socket.
        type Options (
          arguments: []string,
          fragment: ?string,
          width: int,
          height: int,
          picture: bool,
          delay: int,
          shell: bool,
          terminal: bool,
          locale: ?string,
          term: ?string,
          memory: ?int,
          reports: bool,
          wayland: ?string
        )

        # A line of an app's log, without its end. `time` is in milliseconds since 1970, `instance` 0 where no page is meant,
        # `kind` whose words they are.
        type LogLine (time: int, app: string, instance: int, kind: (output, error, denied, manager), text: string)

        # How an app stands with a permission: `title` and the app's own `reason` in English, `permission_class` install,
        # first-use or system. `answer` is what the owner has said, `answered` when (Unix time), `by` how. `methods` are the
        # broker's that it stands for.
        type Permission (
          name: string,
          title: string,
          permission_class: string,
          state: (granted, ask, denied),
          answer: ?string,
          answered: ?int,
          by: ?(owner, command, file),
          reason: ?string,
          methods: []string
        )

        # Uses of a permission in the minute that began at `time` (Unix time).
        type Use (time: int, app: string, permission: string, method: string, count: int)

        # What the owner is asked. Titles, words and the reason are by language; `publisher` is the key's id, `signing_class`
        # developer, store or system, `reason` the app's own words, `icon` the path of its picture: a stranger's file, to be decoded
        # where it can do no harm.
        type Question (
          number: int,
          app: string,
          title: [string]string,
          publisher: string,
          signing_class: string,
          permission: string,
          permission_title: [string]string,
          permission_words: [string]string,
          reason: ?[string]string,
          icon: ?string
        )

        # What an app wants the owner to see, in its own words. `link` opens when the owner takes it up; `time` is in
        # milliseconds since 1970.
        type Notification (number: int, app: string, title: string, text: string, link: ?Link, time: int)

        # Opens a page, or gives the link to it where it runs.
        method Open(link: Link, session: ?Session) -> (instance: int)

        # Runs a page with the caller's descriptors as its standard streams (0, 1 and 2 beside the call, a fourth one for a
        # picture), until it ends or the caller hangs up. Replies several times: first the instance, which is negative for what
        # is no page, a shell or a picture; then lines for people about what was denied; at last the exit status, or 128 and the
        # signal, with the limit in bytes where the app came up against that.
        method Run(app: string, page: ?string, options: Options) -> (
          instance: ?int,
          denied: ?string,
          status: ?int,
          out_of_memory: ?int
        )

        # Sends a signal to what Run has started.
        method Signal(instance: int, signal: int) -> ()

        # The pages that run, in the order in which they were opened.
        method List() -> (pages: []Page)

        # What every running app uses.
        method Usage() -> (apps: []Usage)

        # Closes a page, or all pages of an app: in order, and by force where that takes too long.
        method Stop(instance: ?int, app: ?string) -> ()

        # Freezes an app whatever it does, until it is thawed or opened.
        method Freeze(app: string) -> ()

        # Thaws an app; it stays so until it is hidden the next time.
        method Thaw(app: string) -> ()

        # The owner's way back: told to the page that is shown.
        method Back() -> ()

        # An app was installed, updated or removed: what runs of it ends, or goes on until it is hidden.
        method Changed(app: string) -> ()

        # Prepares an app's web host, so that its first page is there at once. A hint: where memory is short, nothing happens, and
        # what was prepared ends. One app is prepared at a time.
        method Prepare(app: string, session: ?Session) -> ()

        # Does what is done where memory is short: `moderate`, `low` or `critical`. For whoever tests an app.
        method Trim(level: string) -> ()

        # What apps have written and what was denied them, the oldest first, in several replies; with `follow`, also what comes.
        method Log(app: ?string, follow: ?bool) -> (lines: []LogLine)

        # The permissions that an app asks for by name, and how it stands with them.
        method Permissions(app: string) -> (permissions: []Permission)

        # Decides about permissions of an app; of all that it asks for where none is named. The answer is `always`, `never`, or
        # `reset`, which forgets what was answered.
        method Decide(app: string, permission: ?string, answer: string) -> ()

        # Who used what when, the latest first.
        method PermissionLog(app: ?string) -> (uses: []Use)

        # Questions for the owner, as they come up, for a program that can ask; called with `more`. One that was `withdrawn`
        # needs no answer.
        method Questions() -> (question: ?Question, withdrawn: ?int)

        # What the owner said: `once`, `while-in-use`, `always`, `never`, or `not-now`.
        method Answer(question: int, answer: string) -> ()

        # Notifications that are there, and with `follow` as they come; one that was `withdrawn` is to be taken away.
        method Notifications(follow: ?bool) -> (notification: ?Notification, withdrawn: ?int)

        # Ends every app in order, and then the page manager.
        method Quit() -> ()

        error Failed (code: string, message: string, hint: ?string)

        """#
}
