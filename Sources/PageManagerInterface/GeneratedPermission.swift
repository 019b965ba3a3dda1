// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

public import Varlink

extension App {
    /// How the app stands with the permissions that its manifest asks for. Needs no permission.
    public enum Permission {
        /// How the app stands with the permission of that full name.
        public struct Permission: Codable, Sendable {
            public enum State: String, Codable, Sendable { case granted, ask, denied }

            public var name: String
            public var state: State

            public init(name: String, state: State) {
                self.name = name
                self.state = state
            }
        }

        /// A reply of `List`.
        public struct ListReply: Codable, Sendable {
            public var permissions: [Permission]

            public init(permissions: [Permission]) {
                self.permissions = permissions
            }
        }

        /// The permissions of the manifest.
        public static let list = MethodSignature<Nothing, ListReply>("com.yunos.permission.List")

        /// The parameters of `Ask`.
        public struct AskParameters: Decodable, Sendable {
            public let name: String
        }

        /// A reply of `Ask`.
        public struct AskReply: Codable, Sendable {
            public enum State: String, Codable, Sendable { case granted, denied }

            public var state: State

            public init(state: State) {
                self.state = state
            }
        }

        /// Asks the owner for a permission, where he was not asked before. Waits for the answer.
        public static let ask = MethodSignature<AskParameters, AskReply>("com.yunos.permission.Ask")

        /// The interface file.
        public static let text = #"""
            # How the app stands with the permissions that its manifest asks for. Needs no permission.
            interface com.yunos.permission

            # How the app stands with the permission of that full name.
            type Permission (name: string, state: (granted, ask, denied))

            # The permissions of the manifest.
            method List() -> (permissions: []Permission)

            # Asks the owner for a permission, where he was not asked before. Waits for the answer.
            method Ask(name: string) -> (state: (granted, denied))

            error Failed (code: string, message: string, hint: ?string)

            """#
    }
}
