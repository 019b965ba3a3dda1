// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

public import Varlink

extension App {
    /// The account that the phone is signed in with. Needs ACCOUNT.permission.yunos.com.
    public enum Account {
        /// The parameters of `Token`.
        public struct TokenParameters: Decodable, Sendable {
            public let scope: String
        }

        /// A reply of `Token`.
        public struct TokenReply: Codable, Sendable {
            public var token: String
            public var scope: String
            public var subject: String
            public var server: String
            public var seconds: Int

            public init(token: String, scope: String, subject: String, server: String, seconds: Int) {
                self.token = token
                self.scope = scope
                self.subject = subject
                self.server = server
                self.seconds = seconds
            }
        }

        /// A token for the calling app alone. `scope` has names with blanks between them: `openid` to know the owner by `subject`,
        /// a text that no other app has for the same owner, `profile` to read the name, `storage.app` to use the app's own folder;
        /// the reply says what was given. The token is good for `seconds` at `server`, and ends when the owner signs out.
        public static let token = MethodSignature<TokenParameters, TokenReply>("com.yunos.account.Token")

        /// The interface file.
        public static let text = #"""
            # The account that the phone is signed in with. Needs ACCOUNT.permission.yunos.com.
            interface com.yunos.account

            # A token for the calling app alone. `scope` has names with blanks between them: `openid` to know the owner by `subject`,
            # a text that no other app has for the same owner, `profile` to read the name, `storage.app` to use the app's own folder;
            # the reply says what was given. The token is good for `seconds` at `server`, and ends when the owner signs out.
            method Token(scope: string) -> (token: string, scope: string, subject: string, server: string, seconds: int)

            error Failed (code: string, message: string, hint: ?string)

            """#
    }
}
