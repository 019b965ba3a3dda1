// Made by Scripts/generate-interfaces from spec/varlink; change it there.

/// The interface files of the page manager and its broker.
public enum InterfaceText {
    /// `com.yunos.device`.
    public static let device = #"""
        # What an app may know of the phone: nothing that tells one phone from another of its model. Needs no permission.
        interface com.yunos.device

        # `network` is the kind of network that requests would go over now, `language` a tag such as zh-CN.
        method Get() -> (model: string, language: string, network: (none, wifi, cellular, ethernet, other))

        error Failed (code: string, message: string, hint: ?string)

        """#

    /// `com.yunos.network`.
    public static let network = #"""
        # The only way out: HTTP to the hosts that the manifest declares. Needs NETWORK.permission.yunos.com.
        interface com.yunos.network

        type Header (name: string, value: string)

        # Sends a request. The first reply has the answer's head and beside it the descriptor of a pipe with the body; the last
        # one comes at its end and says how many bytes went over the network. Closing the pipe cancels. `body` says that a
        # descriptor beside the call gives the request's body until its end. `limit` bounds the answer's body in bytes,
        # `timeout` the whole in milliseconds. `redirect` is what to do about redirections: follow is the default.
        method Request(
          method: string,
          url: string,
          headers: []Header,
          body: ?bool,
          limit: ?int,
          timeout: ?int,
          redirect: ?(follow, error, manual)
        ) -> (
          status: ?int,
          url: ?string,
          headers: ?[]Header,
          redirected: ?bool,
          received: ?int,
          sent: ?int
        )

        error Failed (code: string, message: string, hint: ?string)

        """#

    /// `com.yunos.notification`.
    public static let notification = #"""
        # Notifications for the owner. Needs NOTIFICATION.permission.yunos.com.
        interface com.yunos.notification

        # What opens a page of the app when the owner takes the notification up.
        type Link (uri: string, event: ?string, data: ?string)

        # Shows a notification. One with the same tag is replaced.
        method Post(title: string, text: string, tag: ?string, link: ?Link) -> (number: int)

        # Takes a notification away.
        method Withdraw(number: int) -> ()

        error Failed (code: string, message: string, hint: ?string)

        """#

    /// `com.yunos.page`.
    public static let page = #"""
        # An app's pages: their lifecycle, links to them, links to others. Needs no permission.
        interface com.yunos.page

        # What opens a page: `page://DOMAIN/NAME`, with a query and a fragment where there are any, the name of an event
        # (`link` if none is given) and a text for it.
        type Link (uri: string, event: ?string, data: ?string)

        # The events of the caller's pages as they come: of the one page of a native program, of all web pages of a web host.
        # `number` counts the events of one instance. Each is to be answered with Taken when it has been dealt with; an app that
        # does not watch is not waited for. Only one connection of a program can watch, once, with `more`.
        # With create come `content`, the page's file or program in the package, `title`, and the `link` for which the page is,
        # which comes by itself when it has started; with link comes `link`; with trim_memory comes `level`.
        method Watch() -> (
          number: int,
          instance: int,
          event: (create, start, show, hide, stop, destroy, link, trim_memory, back_key),
          link: ?Link,
          content: ?string,
          title: ?string,
          level: ?(moderate, low, critical)
        )

        # The events of an instance up to this number have been dealt with. `handled` is false for a back_key that the page has
        # no use for: the page manager closes the page then.
        method Taken(instance: int, number: int, handled: ?bool) -> ()

        # Opens a page of this app, or of another one while a page of this app is shown.
        method Open(link: Link) -> ()

        # Closes one of the caller's pages.
        method Close(instance: int) -> ()

        # Goes on while hidden, for a reason that the manifest declares for the page. Called with `more`: one reply when it holds,
        # and it holds as long as the connection.
        method Hold(instance: int, reason: string) -> ()

        error Failed (code: string, message: string, hint: ?string)

        """#

    /// `com.yunos.pagemanager`.
    public static let pagemanager = #"""
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

        # `time` is in milliseconds since 1970.
        type LogLine (time: int, app: string, instance: int, kind: (output, error, denied, manager), text: string)

        # `answer` is what the owner has said, `answered` when (Unix time), `by` how; `reason` is the app's own words.
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

        # Uses of a permission in the minute that began at `time`.
        type Use (time: int, app: string, permission: string, method: string, count: int)

        # What the owner is asked. Titles, words and the reason are by language; `publisher` is the key's id, `reason` the app's
        # own words, `icon` the path of its picture.
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

        type Notification (number: int, app: string, title: string, text: string, link: ?Link, time: int)

        # Opens a page, or gives the link to it where it runs.
        method Open(link: Link, session: ?Session) -> (instance: int)

        # Runs a page with the caller's descriptors as its standard streams (0, 1 and 2 beside the call, a fourth one for a
        # picture), until it ends or the caller hangs up. Replies several times: first the instance, which is negative for what
        # is no page, a shell or a picture; then what was denied; at last the status.
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

        # The permissions that an app asks for, and how it stands with them.
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

    /// `com.yunos.permission`.
    public static let permission = #"""
        # How the app stands with the permissions that its manifest asks for. Needs no permission.
        interface com.yunos.permission

        type Permission (name: string, state: (granted, ask, denied))

        # The permissions of the manifest.
        method List() -> (permissions: []Permission)

        # Asks the owner for a permission, where he was not asked before. Waits for the answer.
        method Ask(name: string) -> (state: (granted, denied))

        error Failed (code: string, message: string, hint: ?string)

        """#

    /// `com.yunos.storage`.
    public static let storage = #"""
        # An app's own values and files. What was acknowledged is on the disk. Needs no permission (spec/storage.md).
        interface com.yunos.storage

        # `version` is the number of the change that stored it; the numbers of an app's changes grow.
        type Value (key: string, value: string, version: int)

        # Sets a value, or removes it where there is none. With `expected`, only if the key's version is that, 0 for no value.
        type Change (key: string, value: ?string, expected: ?int)

        # `modified` is in milliseconds since 1970.
        type File (name: string, kind: (file, directory), size: int, modified: int)

        # The value of a key, if there is one.
        method Get(key: string) -> (value: ?Value)

        # Makes all changes or none. `done` is false where one did not find what it expected.
        method Commit(changes: []Change) -> (done: bool, version: int)

        # The values whose keys begin with `prefix`, in the order of their bytes, behind the key `after`.
        method List(prefix: string, after: ?string, limit: ?int) -> (values: []Value, complete: bool)

        # Changes of keys that begin with `prefix`, as they are made; called with `more`. Without `key` so much has changed at
        # once that all is to be read anew.
        method Watch(prefix: string) -> (key: ?string, value: ?string, version: int)

        # How many bytes values and files take, and may take.
        method Usage() -> (values: int, values_limit: int, files: int, files_limit: int)

        # Opens a file to be read: the descriptor comes beside the reply.
        method ReadFile(path: string) -> (size: int)

        # Replaces or makes a file as a whole, of `text` or of what the descriptor beside the call gives until its end.
        method WriteFile(path: string, text: ?string) -> (size: int)

        # What lies in a directory, the top one where `path` is empty, behind the name `after`.
        method ListFiles(path: string, after: ?string, limit: ?int) -> (files: []File, complete: bool)

        method MakeDirectory(path: string) -> ()

        # With `replace` also over a file that is there.
        method MoveFile(path: string, to: string, replace: ?bool) -> ()

        # Removes a file or an empty directory; with `recursive` all that is in it.
        method RemoveFile(path: string, recursive: ?bool) -> ()

        error Failed (code: string, message: string, hint: ?string)

        """#
}
