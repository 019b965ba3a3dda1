// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

public import Varlink

extension App {
    /// Notifications for the owner. Needs NOTIFICATION.permission.yunos.com.
    public enum Notification {
        /// The parameters of `Post`.
        public struct PostParameters: Decodable, Sendable {
            public let title: String
            public let text: String
            public let tag: String?
            public let link: Link?
        }

        /// A reply of `Post`.
        public struct PostReply: Codable, Sendable {
            public var number: Int

            public init(number: Int) {
                self.number = number
            }
        }

        /// Shows a notification, with a title of 1 to 200 characters and a text of at most 2000. One with the same tag is
        /// replaced. `link` opens a page of the app when the owner takes the notification up.
        public static let post = MethodSignature<PostParameters, PostReply>("com.yunos.notification.Post")

        /// The parameters of `Withdraw`.
        public struct WithdrawParameters: Decodable, Sendable {
            public let number: Int
        }

        /// Takes a notification away.
        public static let withdraw = MethodSignature<WithdrawParameters, Nothing>("com.yunos.notification.Withdraw")

        /// The interface file.
        public static let text = #"""
            # Notifications for the owner. Needs NOTIFICATION.permission.yunos.com.
            interface com.yunos.notification

            # What opens a page: `page://DOMAIN/NAME`, with a query and a fragment where there are any, the name of an event
            # (`link` if none is given) and a text for it.
            type Link (uri: string, event: ?string, data: ?string)

            # Shows a notification, with a title of 1 to 200 characters and a text of at most 2000. One with the same tag is
            # replaced. `link` opens a page of the app when the owner takes the notification up.
            method Post(title: string, text: string, tag: ?string, link: ?Link) -> (number: int)

            # Takes a notification away.
            method Withdraw(number: int) -> ()

            error Failed (code: string, message: string, hint: ?string)

            """#
    }
}
