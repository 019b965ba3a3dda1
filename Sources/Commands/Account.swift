internal import ArgumentParser
internal import Glibc
internal import PageManagerClient
internal import PageManagerInterface
internal import Platform
internal import QRCode
internal import Store
internal import Varlink
internal import YunCore

struct Account: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", _superCommandName: Ypkg.name,
        abstract: "Signs this phone in and out, and shows who is signed in.",
        discussion: """
            One account at a time. Apps that are allowed to share it; what they keep on the phone is the account's, and no \
            other account gets to see it.
            """,
        subcommands: [SignIn.self, Status.self, SignOut.self])

    struct SignIn: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sign-in", abstract: "Signs this phone in.",
            discussion: """
                Shows a code, and an address to type it at: on another device, where you sign in and let this phone in.
                """)

        @Option(
            name: .long,
            help: ArgumentHelp("Where the account is, such as https://cloud.example.com.", valueName: "url"))
        var server: String

        @Option(
            name: .long,
            help: ArgumentHelp(
                "How you call this phone.", discussion: "Default: its model.", valueName: "name"))
        var name: String?

        @OptionGroup var store: StoreOptions
        @OptionGroup var format: OutputOptions

        func run() throws {
            let client = try Account.client(store.open().directory.path)
            var account: OwnerAccount.Account?
            try client.stream(OwnerAccount.signIn, .init(server: server, phone: name)) { reply, _ in
                if let code = reply.code, let address = reply.address { show(code, address, reply) }
                account = reply.account ?? account
                return true
            }
            guard let account else {
                throw Failure(
                    .unavailable, "the page manager ended before the sign-in did", hint: "try again")
            }
            if format.json { return try Console.json(account) }
            Console.note("signed in as \(account.words)")
        }

        private func show(_ code: String, _ address: String, _ reply: OwnerAccount.SignInReply) {
            Console.note(
                "On another device, open \(address.escaped) and type this code:\n\n    \(code.escaped)\n")
            guard let complete = reply.completeAddress else { return }
            if CurrentProcess.isTerminal(STDERR_FILENO), let picture = QRCode(complete) {
                Console.note("or take a picture of this:\n\n\(picture.terminalText)")
            }
            Console.note("\(complete.escaped)\n\nWaiting for you to let this phone in ...")
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Shows who is signed in.")

        @OptionGroup var store: StoreOptions
        @OptionGroup var format: OutputOptions

        func run() throws {
            let client = try Account.client(store.existing().directory.path)
            let status = try client.call(OwnerAccount.status)
            if format.json { return try Console.json(status) }
            Console.data(Self.words(status))
            if let account = status.account, !account.apps.isEmpty {
                Console.data("apps: \(account.apps.joined(separator: ", "))")
            }
            if status.untold > 0 {
                Console.note(
                    "\(status.untold.counted("sign-out")) still to be told to the server; that is tried again"
                )
            }
        }

        private static func words(_ status: OwnerAccount.StatusReply) -> String {
            switch (status.state, status.account) {
            case (.active, let account?): "signed in as \(account.words)"
            case (.ended, let account?):
                "not signed in any more: sign in again as \(account.words) with 'ypkg account sign-in --server \(account.server.escaped)'"
            case (_, let account?) where !account.apps.isEmpty:
                "nobody is signed in; what apps keep for \(account.words) is still on this phone"
            default: "nobody is signed in"
            }
        }
    }

    struct SignOut: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sign-out", abstract: "Signs this phone out.",
            discussion: """
                At once, also without a network: the server is told as soon as it can be reached. What the account's apps \
                keep on the phone stays for the account's return, unless you remove it, now or later.
                """)

        @Flag(name: .long, help: "Keep what the account's apps keep on this phone; this is the default.")
        var keepData = false

        @Flag(name: .long, help: "End the account's apps and remove what they keep on this phone.")
        var removeData = false

        @OptionGroup var store: StoreOptions

        func validate() throws {
            guard !(keepData && removeData) else {
                throw ValidationError("--keep-data and --remove-data exclude each other")
            }
        }

        func run() throws {
            let client = try Account.client(store.existing().directory.path)
            let reply = try client.call(OwnerAccount.signOut, .init(data: removeData ? .remove : .keep))
            Console.note(
                "this phone is signed out\(removeData ? ", and what the account's apps kept is removed" : "")"
            )
            if !reply.told {
                Console.warning("the server could not be reached; it is told as soon as it can be")
            }
        }
    }

    private static func client(_ root: String) throws(Failure) -> Client {
        try PageManagerClient.connect(root: root)
    }
}

extension OwnerAccount.Account {
    /// For people: both are a server's words.
    fileprivate var words: String { "\((name ?? "an account").escaped) at \(server.escaped)" }
}
