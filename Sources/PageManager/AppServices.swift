internal import Launcher
internal import Manifest
internal import AppNetwork
internal import Platform
internal import Store
internal import Synchronization
internal import Varlink
internal import YunCore

/// What the page manager keeps open for an app while anything of it runs. Opened when first needed: most apps need
/// little of it.
final class AppServices: Sendable {
    let package: InstalledPackage
    let policy: RequestPolicy
    /// Of all sandboxes of the app.
    let connections: Places
    let longMessages: Places
    let openings = AppAllowance.attention()
    let notices = AppAllowance.attention()
    let tokens = AppAllowance.attention()
    let output = AppAllowance.output()
    private let use: AppUse
    /// Since when it is not frozen, in monotonic nanoseconds.
    private let awakeSince = Mutex(0)
    private let openValues = Mutex<ValueStore?>(nil)
    private let openFiles = Mutex<AppFiles?>(nil)
    private let watchers = Mutex<[ObjectIdentifier: Inbox<Int>]>([:])

    init(_ package: InstalledPackage) throws(Failure) {
        guard let use = package.use else {
            throw Failure(.internalError, "\(package.app.domain) was not opened to be run")
        }
        self.package = package
        self.use = use
        connections = try Places(128)
        longMessages = try Places(2)
        policy = RequestPolicy(package.manifest, isDevelopers: package.app.signingClass == "developer")
    }

    /// How much the app may keep by keys and in its pages' files, each.
    var quotaBytes: Int { (package.manifest.wishes.storageMiB ?? 64) << 20 }

    var values: ValueStore {
        get throws(Failure) {
            try openValues.withLock { values throws(Failure) in
                if let values { return values }
                let opened = try ValueStore(of: use, quotaBytes: quotaBytes) { [weak self] number in
                    self?.announce(number)
                }
                values = opened
                return opened
            }
        }
    }

    var files: AppFiles {
        get throws(Failure) {
            try openFiles.withLock { files throws(Failure) in
                if let files { return files }
                var limits = AppFiles.Limits()
                limits.sizeBytesMax = max(quotaBytes, limits.sizeBytesMax)
                let opened = try AppFiles(of: use, limits: limits)
                files = opened
                return opened
            }
        }
    }

    func noteFreezing(_ isFrozen: Bool) {
        awakeSince.withLock { $0 = isFrozen ? .max : CurrentProcess.monotonicNanoseconds }
    }

    /// Whether it stands still, or did so a moment ago: what it began to send or to read then is not late.
    func wasFrozen(within milliseconds: Int32) -> Bool {
        let since = awakeSince.withLock { $0 }
        return since != 0 && CurrentProcess.monotonicNanoseconds - since < Int(milliseconds) * 1_000_000
    }

    private func announce(_ number: Int) {
        watchers.withLock { watchers in
            for inbox in watchers.values { inbox.send(number) }
        }
    }

    /// Calls `body` with an inbox that hears of each change of a value.
    func watching(_ body: (Inbox<Int>) throws(Failure) -> Void) throws(Failure) {
        let inbox = try Inbox<Int>()
        watchers.withLock { $0[ObjectIdentifier(inbox)] = inbox }
        defer { watchers.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(inbox)) } }
        try body(inbox)
    }
}
