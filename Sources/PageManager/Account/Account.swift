internal import AppNetwork
internal import Glibc
internal import Platform
internal import Store
internal import Synchronization
internal import YunCore

/// The account that the phone is signed in with, and the only holder of its tokens (`spec/account.md`). Any thread may
/// call it but the core's: who asks for what lies in the network waits for it.
final class Account: Sendable {
    private struct Held {
        let vault: AccountVault
        var state: AccountState
    }

    private let store: AnchoredDirectory
    private let announce: @Sendable (Failure) -> Void
    private let client: ServerClient
    /// Read when somebody first asks.
    private let held = Mutex<Held?>(nil)
    /// One renews the tokens at a time, and the others take what it got. Not `held`: whoever looks or signs out does not wait.
    private let renewal = Mutex(())
    private let telling = Mutex(())
    private let isRetrying = Mutex(false)

    init(in store: AnchoredDirectory, announce: @escaping @Sendable (Failure) -> Void) throws(Failure) {
        self.store = store
        self.announce = announce
        client = try ServerClient()
    }

    func close() { client.close() }

    /// How things stand.
    func look() throws(Failure) -> AccountState {
        try held.withLock { held throws(Failure) in try Self.read(&held, store).state }
    }

    /// Changes how things stand, on the disk first.
    private func change<Value>(_ body: (inout AccountState) throws(Failure) -> Value) throws(Failure)
        -> Value
    {
        try held.withLock { held throws(Failure) in
            var next = try Self.read(&held, store)
            let value = try body(&next.state)
            try next.state.write(to: next.vault)
            held = next
            return value
        }
    }

    private static func read(_ held: inout Held?, _ store: AnchoredDirectory) throws(Failure) -> Held {
        if let held { return held }
        let vault = try AccountVault(in: store)
        let read = Held(vault: vault, state: try AccountState(in: vault))
        held = read
        return read
    }
}

// MARK: Signing in

extension Account {
    /// Signs the phone in.
    /// - Parameters:
    ///   - hangup: the socket of whoever wants it.
    ///   - show: is given what the owner lets the phone in with.
    func signIn(
        at address: String, phone: String?, model: String, unless hangup: Int32,
        show: (DeviceCode) throws(Failure) -> Void
    ) throws(Failure) -> AccountState.Holder {
        let server = try AccountServer(client, at: address)
        try claim()
        defer { release() }
        let code = try server.beginSignIn(phone: phone ?? model, model: model)
        try show(code)
        let tokens = try tokens(for: code, server, unless: hangup)
        guard let refreshToken = tokens.refreshToken else { throw server.nonsense() }
        let session = AccountState.Session(
            server: server.address.description, refreshToken: refreshToken)
        do throws(Failure) {
            // From here on the code gives nothing more: only this is asked again.
            var interval = 1
            let person = try patiently(60, every: &interval, unless: hangup) { _ throws(Failure) in
                try server.person(of: tokens.accessToken)
            }
            return try begin(session, tokens, person)
        } catch {
            // Nobody uses it, so nobody shall.
            try change { $0.untold.append(session) }
            tellLater()
            throw error
        }
    }

    private func claim() throws(Failure) {
        try held.withLock { held throws(Failure) in
            let state = try Self.read(&held, store).state
            if state.session != nil, let holder = state.holder {
                throw Failure(
                    .accountConflict, "\(holder.words) is signed in on this phone",
                    hint: "sign out first: ypkg account sign-out")
            }
            guard !state.isBeginning else {
                throw Failure(
                    .accountConflict, "this phone is being signed in already", hint: "finish that, or end it")
            }
            held?.state.isBeginning = true
        }
    }

    private func release() {
        held.withLock { $0?.state.isBeginning = false }
    }

    private func tokens(for code: DeviceCode, _ server: AccountServer, unless hangup: Int32)
        throws(Failure) -> Tokens
    {
        var interval = min(max(code.interval ?? 5, 1), 60)
        return try patiently(min(code.expiresIn, 3600), every: &interval, unless: hangup) {
            interval throws(Failure) in
            switch try server.redeem(code) {
            case .given(let tokens): return tokens
            case .refused(let refusal):
                switch refusal.error {
                case "authorization_pending": return nil
                case "slow_down": interval = min(interval + 5, 60)
                default: throw refusal.failure("\(server.address) does not let this phone in")
                }
                return nil
            }
        }
    }

    /// Tries until something comes of it. A bad network only makes it take longer.
    private func patiently<Value>(
        _ seconds: Int, every interval: inout Int, unless hangup: Int32,
        _ body: (inout Int) throws(Failure) -> Value?
    ) throws(Failure) -> Value {
        let second = 1_000_000_000
        let end = CurrentProcess.monotonicNanoseconds + seconds * second
        let nothing = try Inbox<Never>()
        while CurrentProcess.monotonicNanoseconds < end {
            do throws(Failure) {
                if let value = try body(&interval) { return value }
            } catch {
                let passing: [FailureCode] = [.networkUnreachable, .networkTimeout, .networkHostUnknown]
                guard passing.contains(error.code) else { throw error }
            }
            let next = CurrentProcess.monotonicNanoseconds + interval * second
            guard nothing.receive(until: next, unless: hangup) != nil else {
                throw Failure(.networkCancelled, "the caller has hung up")
            }
        }
        throw Failure(.accountRefused, "nobody has let this phone in, in time", hint: "begin again")
    }

    private func begin(_ session: AccountState.Session, _ tokens: Tokens, _ person: Person)
        throws(Failure) -> AccountState.Holder
    {
        try change { state throws(Failure) in
            let former = state.holder
            let isSame = former?.server == session.server && former?.subject == person.sub
            if let former, !isSame, !former.apps.isEmpty {
                throw Failure(
                    .accountConflict,
                    "this phone still has what apps keep for \(former.words): \(former.apps.joined(separator: ", "))",
                    hint: "sign in as that one, or remove it: ypkg account sign-out --remove-data")
            }
            let holder = AccountState.Holder(
                server: session.server, subject: person.sub,
                name: person.name.map { $0.abbreviated(to: 200).escaped }, since: CurrentProcess.now,
                apps: isSame ? former?.apps ?? [] : [])
            state.holder = holder
            state.session = session
            state.access = AccountState.Access(tokens)
            state.isEnded = false
            state.number += 1
            return holder
        }
    }
}

extension AccountState.Holder {
    /// For people.
    var words: String { "\(name ?? "an account") at \(server)" }
}

// MARK: Tokens

extension Account {
    /// A token for one app, which the kernel has named.
    func token(for app: Domain, scope: String) throws(Failure) -> (Tokens, AccountServer) {
        var (token, server, number) = try access()
        var outcome = try exchange(token, for: app, scope, server, number)
        if case .refused(let refusal) = outcome, refusal.error == "invalid_request" {
            // While the phone slept the token may have run out, or its owner has signed the phone out elsewhere.
            (token, server, number) = try access(insteadOf: token)
            outcome = try exchange(token, for: app, scope, server, number)
        }
        switch outcome {
        case .refused(let refusal):
            throw refusal.failure(
                "\(server.address) gives \(app) no token for \(scope.abbreviated(to: 200).escaped)")
        case .given(let tokens):
            // Whoever signed out meanwhile gives nothing more away.
            guard try look().number == number else { throw Self.signedOut }
            return (tokens, server)
        }
    }

    private func exchange(
        _ token: String, for app: Domain, _ scope: String, _ server: AccountServer, _ number: Int
    ) throws(Failure) -> AccountServer.Outcome<Tokens> {
        // Before the app can keep anything of the account's.
        if try look().holder?.apps.contains(app.name) != true {
            try change { state throws(Failure) in
                guard state.number == number else { throw Self.signedOut }
                state.holder?.apps.append(app.name)
            }
        }
        return try server.exchange(token, for: app, scope: scope)
    }

    /// The phone's own token, renewed where that is due.
    /// - Parameter stale: one that the server does not take any more.
    private func access(insteadOf stale: String? = nil) throws(Failure) -> (String, AccountServer, Int) {
        try renewal.withLock { _ throws(Failure) in
            let state = try look()
            guard let session = state.session else {
                throw state.isEnded ? Self.ended : Self.signedOut
            }
            let server = try AccountServer(client, at: session.server)
            if let access = state.access, access.text != stale, access.isFresh {
                return (access.text, server, state.number)
            }
            switch try server.refresh(session.refreshToken) {
            case .given(let tokens):
                try renew(tokens, of: state.number)
                return (tokens.accessToken, server, state.number)
            case .refused(let refusal) where refusal.error == "invalid_grant":
                try change { if $0.number == state.number { $0.end(isOwners: false) } }
                throw Self.ended
            case .refused(let refusal): throw refusal.failure("\(server.address) gives no new token")
            }
        }
    }

    /// The new token is on the disk before anything is done with what came with it: until then the server takes the old one.
    private func renew(_ tokens: Tokens, of number: Int) throws(Failure) {
        try change { state throws(Failure) in
            guard state.number == number else { throw Self.signedOut }
            if let refreshToken = tokens.refreshToken { state.session?.refreshToken = refreshToken }
            state.access = AccountState.Access(tokens)
        }
    }

    private static let signedOut = Failure(
        .accountSignedOut, "nobody is signed in on this phone",
        hint: "sign in: ypkg account sign-in --server URL")

    private static let ended = Failure(
        .accountSignedOut,
        "this phone's sign-in has ended: its server does not take it any more, or its key is lost",
        hint: "sign in again: ypkg account sign-in --server URL")
}

// MARK: Signing out

extension Account {
    /// Ends the sign-in on this phone, whatever becomes of the server.
    /// - Parameter keepsData: who is signed out already can only remove what was kept.
    /// - Returns: whose it was.
    func signOut(keepsData: Bool) throws(Failure) -> AccountState.Holder {
        try change { state throws(Failure) in
            let isOver = state.session == nil && !state.isEnded
            guard let holder = state.holder, !(isOver && keepsData) else { throw Self.signedOut }
            if !isOver { state.end(isOwners: true) }
            return holder
        }
    }

    /// Nothing of an account is left on the phone.
    func forget(_ holder: AccountState.Holder) throws(Failure) {
        try change { state in if state.session == nil { state.holder = nil } }
    }

    /// Tells servers what they have not heard of.
    /// - Returns: whether all know.
    func tell() throws(Failure) -> Bool {
        try telling.withLock { _ throws(Failure) in
            for session in try look().untold {
                do throws(Failure) {
                    try AccountServer(client, at: session.server).revoke(session.refreshToken)
                } catch {
                    announce(error.during("cannot tell \(session.server) that this phone is signed out"))
                    continue
                }
                try change { $0.untold.removeAll { $0 == session } }
            }
            return try look().untold.isEmpty
        }
    }

    /// After a start: what the one before could not tell.
    func tellAfterStart() {
        do throws(Failure) {
            if try store.status(of: "account/sign-in") != nil { tellLater() }
        } catch { announce(error) }
    }

    /// Tells servers as soon as they can be reached, on a thread of its own, less often the longer it lasts.
    func tellLater() {
        let isFirst = isRetrying.withLock { isRetrying in
            defer { isRetrying = true }
            return !isRetrying
        }
        guard isFirst else { return }
        do throws(Failure) {
            try Thread { [self] in
                var seconds: UInt32 = 1
                while !isAllTold() {
                    _ = sleep(seconds)
                    seconds = min(2 * seconds, 3600)
                }
            }.detach()
        } catch {
            isRetrying.withLock { $0 = false }
            announce(error)
        }
    }

    /// The last look is at the same time as the end of trying: what comes after it begins anew.
    private func isAllTold() -> Bool {
        do throws(Failure) {
            _ = try tell()
            return try isRetrying.withLock { isRetrying throws(Failure) in
                isRetrying = try !look().untold.isEmpty
                return !isRetrying
            }
        } catch {
            announce(error)
            return false
        }
    }
}
