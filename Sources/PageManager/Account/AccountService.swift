internal import AppNetwork
internal import Installer
internal import Lifecycle
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

/// `com.yunos.account`, for apps.
enum AccountService {
    static var methods: [Method<AppCaller>] { [Method(App.Account.token, token)] }

    private static func token(_ wish: App.Account.TokenParameters, _ call: Exchange<AppCaller>)
        throws(Failure) -> App.Account.TokenReply
    {
        let caller = call.context
        try caller.services.tokens.take("tokens")
        let (tokens, server) = try caller.manager.account.token(for: caller.domain, scope: wish.scope)
        guard let subject = tokens.sub else { throw server.nonsense() }
        return App.Account.TokenReply(
            token: tokens.accessToken, scope: tokens.scope, subject: subject,
            server: server.address.description, seconds: tokens.expiresIn)
    }
}

/// `com.yunos.pagemanager.account`, for the owner.
enum OwnerAccountService {
    private typealias Call = Exchange<OwnerCaller>

    static var methods: [Method<OwnerCaller>] {
        [
            Method(OwnerAccount.signIn, signIn), Method(OwnerAccount.status, status),
            Method(OwnerAccount.signOut, signOut),
        ]
    }

    private static func signIn(_ wish: OwnerAccount.SignInParameters, _ call: Call) throws(Failure)
        -> OwnerAccount.SignInReply
    {
        guard call.wantsMore else {
            throw Failure(.usage, "a sign-in has several replies", hint: "call SignIn with more")
        }
        let holder = try call.context.manager.account.signIn(
            at: wish.server, phone: wish.phone, model: model, unless: call.hangupDescriptor
        ) { code throws(Failure) in
            try call.reply(
                OwnerAccount.SignInReply(
                    code: code.userCode, address: code.verificationURI,
                    completeAddress: code.verificationURIComplete, seconds: code.expiresIn),
                continues: true)
        }
        return OwnerAccount.SignInReply(account: .init(holder))
    }

    /// What the owner sees in the list of phones.
    private static var model: String {
        let plain = DeviceModel.name.unicodeScalars.filter { (0x20...0x7E).contains($0.value) }.prefix(64)
        let text = String(String.UnicodeScalarView(plain))
        return text.contains { $0 != " " } ? text : "Linux"
    }

    private static func status(_: Nothing, _ call: Call) throws(Failure) -> OwnerAccount.StatusReply {
        let state = try call.context.manager.account.look()
        return OwnerAccount.StatusReply(
            state: state.session != nil ? .active : state.isEnded ? .ended : .none,
            account: state.holder.map { .init($0) }, untold: state.untold.count)
    }

    private static func signOut(_ wish: OwnerAccount.SignOutParameters, _ call: Call) throws(Failure)
        -> OwnerAccount.SignOutReply
    {
        let manager = call.context.manager
        let holder = try manager.account.signOut(keepsData: wish.data == .keep)
        // Whatever fails now, the server is told.
        defer { manager.account.tellLater() }
        try manager.forgetConsents()
        if wish.data == .remove {
            try manager.eraseData(of: holder.apps)
            try manager.account.forget(holder)
        }
        return OwnerAccount.SignOutReply(told: try manager.account.tell())
    }
}

extension OwnerAccount.Account {
    init(_ holder: AccountState.Holder) {
        self.init(server: holder.server, name: holder.name, since: holder.since, apps: holder.apps)
    }
}

extension PageManager {
    /// What an owner allowed apps with one account they may not do with the next.
    fileprivate func forgetConsents() throws(Failure) {
        let apps = try registry.withLock { registry throws(Failure) in
            let apps = try registry.apps().map(\.domain)
            for app in apps { try registry.forgetAnswers(to: .account, of: app) }
            return apps
        }
        for app in apps { enforce(.account, of: app) }
    }

    /// Ends apps and removes what they keep on the phone.
    fileprivate func eraseData(of apps: [String]) throws(Failure) {
        // Apps open while this waits for another ypkg.
        let root = try StoreRoot(path: path)
        for app in apps {
            let domain = try Domain(app)
            do throws(Failure) {
                _ = try ask { _, asker in .close(.app(domain), asker) }
            } catch { guard error.code == .appNotRunning else { throw error } }
            try Installer(root: root, threads: 1, announceWaiting: {}).eraseData(of: domain)
        }
    }
}
