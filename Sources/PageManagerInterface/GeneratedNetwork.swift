// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

public import Varlink

extension App {
    /// The only way out: HTTP to the hosts that the manifest declares. Needs NETWORK.permission.yunos.com.
    public enum Network {
        /// A line of a head: `name` in any case, `value` without line ends.
        public struct Header: Codable, Sendable {
            public var name: String
            public var value: String

            public init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        /// The parameters of `Request`.
        public struct RequestParameters: Decodable, Sendable {
            public enum Redirect: String, Codable, Sendable { case follow, error, manual }

            public let method: String
            public let url: String
            public let headers: [Header]
            public let body: Bool?
            public let limit: Int?
            public let timeout: Int?
            public let redirect: Redirect?
        }

        /// A reply of `Request`.
        public struct RequestReply: Codable, Sendable {
            public var status: Int?
            public var url: String?
            public var headers: [Header]?
            public var redirected: Bool?
            public var received: Int?
            public var sent: Int?

            public init(status: Int? = nil, url: String? = nil, headers: [Header]? = nil, redirected: Bool? = nil, received: Int? = nil, sent: Int? = nil) {
                self.status = status
                self.url = url
                self.headers = headers
                self.redirected = redirected
                self.received = received
                self.sent = sent
            }
        }

        /// Sends a request. The first reply has the answer's head and beside it the descriptor of a pipe with the body; the last
        /// one comes at its end and says how many bytes went over the network. Closing the pipe cancels. `body` says that a
        /// descriptor beside the call gives the request's body until its end. `limit` bounds the answer's body in bytes,
        /// `timeout` the whole in milliseconds. `redirect` is what to do about redirections: follow is the default.
        public static let request = MethodSignature<RequestParameters, RequestReply>("com.yunos.network.Request")

        /// The interface file.
        public static let text = #"""
            # The only way out: HTTP to the hosts that the manifest declares. Needs NETWORK.permission.yunos.com.
            interface com.yunos.network

            # A line of a head: `name` in any case, `value` without line ends.
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
    }
}
