// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

public import Varlink

/// The account that this phone is signed in with. For the owner's own programs, not for apps.
public enum OwnerAccount {
    /// Whose the phone is, or what is kept on it: `name` as the server calls the owner, `since` Unix time. `apps` have had
    /// tokens of the account, so what they keep on the phone is taken to be the account's.
    public struct Account: Codable, Sendable {
        public var server: String
        public var name: String?
        public var since: Int
        public var apps: [String]

        public init(server: String, name: String? = nil, since: Int, apps: [String]) {
            self.server = server
            self.name = name
            self.since = since
            self.apps = apps
        }
    }

    /// The parameters of `SignIn`.
    public struct SignInParameters: Codable, Sendable {
        public var server: String
        public var phone: String?

        public init(server: String, phone: String? = nil) {
            self.server = server
            self.phone = phone
        }
    }

    /// A reply of `SignIn`.
    public struct SignInReply: Codable, Sendable {
        public var code: String?
        public var address: String?
        public var completeAddress: String?
        public var seconds: Int?
        public var account: Account?

        public init(code: String? = nil, address: String? = nil, completeAddress: String? = nil, seconds: Int? = nil, account: Account? = nil) {
            self.code = code
            self.address = address
            self.completeAddress = completeAddress
            self.seconds = seconds
            self.account = account
        }

        private enum CodingKeys: String, CodingKey { case code, address, completeAddress = "complete_address", seconds, account }
    }

    /// Signs the phone in at a server, `https://HOST`, under a name that the owner knows the phone by. Called with `more`.
    /// The first reply has the code that the owner types at `address`, and the address that has it in it, for a picture;
    /// both are good for `seconds`. The last one comes once the owner has let the phone in.
    public static let signIn = MethodSignature<SignInParameters, SignInReply>("com.yunos.pagemanager.account.SignIn")

    /// A reply of `Status`.
    public struct StatusReply: Codable, Sendable {
        public enum State: String, Codable, Sendable { case active, ended, none }

        public var state: State
        public var account: Account?
        public var untold: Int

        public init(state: State, account: Account? = nil, untold: Int) {
            self.state = state
            self.account = account
            self.untold = untold
        }
    }

    /// Who is signed in. `none` may have an account, too: what its apps keep is still there. With `ended` the server or the
    /// loss of the phone's key ended it, and the phone is to be signed in again. `untold` is how many sign-outs servers have
    /// not heard of yet.
    public static let status = MethodSignature<Nothing, StatusReply>("com.yunos.pagemanager.account.Status")

    /// The parameters of `SignOut`.
    public struct SignOutParameters: Codable, Sendable {
        public enum Data: String, Codable, Sendable { case keep, remove }

        public var data: Data

        public init(data: Data) {
            self.data = data
        }
    }

    /// A reply of `SignOut`.
    public struct SignOutReply: Codable, Sendable {
        public var told: Bool

        public init(told: Bool) {
            self.told = told
        }
    }

    /// Signs the phone out at once; `told` says whether the server has heard of it, which is tried again where not. What the
    /// account's apps keep is kept for it, or removed; it may be removed later, too.
    public static let signOut = MethodSignature<SignOutParameters, SignOutReply>("com.yunos.pagemanager.account.SignOut")

    /// The interface file.
    public static let text = #"""
        # The account that this phone is signed in with. For the owner's own programs, not for apps.
        interface com.yunos.pagemanager.account

        # Whose the phone is, or what is kept on it: `name` as the server calls the owner, `since` Unix time. `apps` have had
        # tokens of the account, so what they keep on the phone is taken to be the account's.
        type Account (server: string, name: ?string, since: int, apps: []string)

        # Signs the phone in at a server, `https://HOST`, under a name that the owner knows the phone by. Called with `more`.
        # The first reply has the code that the owner types at `address`, and the address that has it in it, for a picture;
        # both are good for `seconds`. The last one comes once the owner has let the phone in.
        method SignIn(server: string, phone: ?string) -> (
          code: ?string,
          address: ?string,
          complete_address: ?string,
          seconds: ?int,
          account: ?Account
        )

        # Who is signed in. `none` may have an account, too: what its apps keep is still there. With `ended` the server or the
        # loss of the phone's key ended it, and the phone is to be signed in again. `untold` is how many sign-outs servers have
        # not heard of yet.
        method Status() -> (state: (active, ended, none), account: ?Account, untold: int)

        # Signs the phone out at once; `told` says whether the server has heard of it, which is tried again where not. What the
        # account's apps keep is kept for it, or removed; it may be removed later, too.
        method SignOut(data: (keep, remove)) -> (told: bool)

        error Failed (code: string, message: string, hint: ?string)

        """#
}
