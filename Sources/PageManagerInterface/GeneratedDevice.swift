// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

public import Varlink

extension App {
    /// What an app may know of the phone: nothing that tells one phone from another of its model. Needs no permission.
    public enum Device {
        /// A reply of `Get`.
        public struct GetReply: Codable, Sendable {
            public enum Network: String, Codable, Sendable { case none, wifi, cellular, ethernet, other }

            public var model: String
            public var language: String
            public var network: Network

            public init(model: String, language: String, network: Network) {
                self.model = model
                self.language = language
                self.network = network
            }
        }

        /// `network` is the kind of network that requests would go over now, `language` a tag such as zh-CN.
        public static let get = MethodSignature<Nothing, GetReply>("com.yunos.device.Get")

        /// The interface file.
        public static let text = #"""
            # What an app may know of the phone: nothing that tells one phone from another of its model. Needs no permission.
            interface com.yunos.device

            # `network` is the kind of network that requests would go over now, `language` a tag such as zh-CN.
            method Get() -> (model: string, language: string, network: (none, wifi, cellular, ethernet, other))

            error Failed (code: string, message: string, hint: ?string)

            """#
    }
}
