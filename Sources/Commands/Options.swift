internal import ArgumentParser
internal import Launcher
internal import Platform
internal import Store
internal import Trust
internal import YunCore

/// Where the store lies.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The store to use.", discussion: "Default: YPKG_ROOT, else the user's own store.",
            valueName: "dir"),
        completion: .directory)
    var root: String?

    var place: StorePlace { StorePlace(root: root) }

    func path() throws(Failure) -> String { try place.path() }
    func open() throws(Failure) -> StoreRoot { try place.open() }
    func existing() throws(Failure) -> StoreRoot { try place.existing() }
    func existingPath() throws(Failure) -> String { try place.existingPath() }

    /// The keys that this store trusts.
    func policy() throws(Failure) -> TrustPolicy {
        let anchors = try AnchorStore(storePath: path())
        return TrustPolicy(
            anchors: try anchors.anchors(), revocations: try anchors.revocations(),
            today: CalendarDay(secondsSince1970: CurrentProcess.now))
    }
}

/// Which store is meant.
struct StorePlace {
    /// Where somebody said that it lies.
    var root: String?

    /// The store's path, by flag, environment and default in this order.
    func path() throws(Failure) -> String {
        if let root {
            guard !root.isEmpty else { throw Failure(.usage, "--root is empty", hint: "give a directory") }
            return root
        }
        return try StoreRoot.defaultPath(
            isRoot: CurrentProcess.isRoot, environment: CurrentProcess.environment)
    }

    /// The store, made where missing.
    func open() throws(Failure) -> StoreRoot { try StoreRoot(path: path()) }

    /// The store for a command that finds nothing in a new one.
    func existing() throws(Failure) -> StoreRoot { try StoreRoot(path: existingPath()) }

    /// The path of a store that is there: a mistyped one must not become a store. The default is nobody's typing, and
    /// whoever has not installed anything yet has an empty store there.
    func existingPath() throws(Failure) -> String {
        let path = try path()
        let isTyped = root != nil || CurrentProcess.variable("YPKG_ROOT")?.isEmpty == false
        let isThere = try AnchoredDirectory.status(ofPath: path + "/state.db") != nil
        guard isThere || !isTyped else {
            throw Failure(
                .inputUnreadable, "there is no store in \(path.escaped)",
                hint:
                    "look at --root and YPKG_ROOT; the first 'ypkg install' or 'ypkg trust add' makes a store"
            )
        }
        return path
    }
}

/// Which app is meant.
struct AppOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The app's domain, or an alias such as taobao for mobile.taobao.com.", valueName: "app"))
    var name: String

    func domain(in root: StoreRoot, includingKeptData: Bool = false) throws(Failure) -> Domain {
        try AppReference(name).domain(in: root.registry, includingKeptData: includingKeptData)
    }
}

/// How commands that change the store behave when another one is at work.
struct WaitOptions: ParsableArguments {
    @Flag(name: .long, help: "Fail at once if another ypkg is changing the store, instead of waiting.")
    var noWait = false

    /// What the installer calls before it waits; `nil` where it must not.
    var announcement: (() -> Void)? {
        noWait ? nil : { Console.note("waiting for another ypkg to finish") }
    }
}

/// How data is printed.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON for other programs.")
    var json = false
}

/// How many threads work.
struct ThreadOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Threads that work at once.", valueName: "count"))
    var threads: Int?

    var count: Int { max(1, min(threads ?? BlockingThreads.processorCount, 64)) }

    func validate() throws {
        guard threads.map({ (1...64).contains($0) }) ?? true else {
            throw ValidationError("--threads takes 1 to 64")
        }
    }
}
