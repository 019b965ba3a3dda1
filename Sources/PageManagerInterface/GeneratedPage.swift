// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

public import Varlink

extension App {
    /// An app's pages: their lifecycle, links to them, links to others. Needs no permission.
    public enum Page {
        /// A reply of `Watch`.
        public struct WatchReply: Codable, Sendable {
            public enum Event: String, Codable, Sendable { case create, start, show, hide, stop, destroy, link, trimMemory = "trim_memory", backKey = "back_key" }
            public enum Level: String, Codable, Sendable { case moderate, low, critical }

            public var number: Int
            public var instance: Int
            public var event: Event
            public var link: Link?
            public var content: String?
            public var title: String?
            public var level: Level?

            public init(number: Int, instance: Int, event: Event, link: Link? = nil, content: String? = nil, title: String? = nil, level: Level? = nil) {
                self.number = number
                self.instance = instance
                self.event = event
                self.link = link
                self.content = content
                self.title = title
                self.level = level
            }
        }

        /// The events of the caller's pages as they come: of the one page of a native program, of all web pages of a web host.
        /// `number` counts the events of one instance. Each is to be answered with Taken when it has been dealt with; an app that
        /// does not watch is not waited for. Only one connection of a program can watch, once, with `more`.
        /// With create come `content`, the page's file or program in the package, `title`, and the `link` for which the page is,
        /// which comes by itself when it has started; with link comes `link`; with trim_memory comes `level`.
        public static let watch = MethodSignature<Nothing, WatchReply>("com.yunos.page.Watch")

        /// The parameters of `Taken`.
        public struct TakenParameters: Decodable, Sendable {
            public let instance: Int
            public let number: Int
            public let handled: Bool?
        }

        /// The events of an instance up to this number have been dealt with. `handled` is false for a back_key that the page has
        /// no use for: the page manager closes the page then.
        public static let taken = MethodSignature<TakenParameters, Nothing>("com.yunos.page.Taken")

        /// The parameters of `Open`.
        public struct OpenParameters: Decodable, Sendable {
            public let link: Link
        }

        /// Opens a page of this app, or of another one while a page of this app is shown.
        public static let open = MethodSignature<OpenParameters, Nothing>("com.yunos.page.Open")

        /// The parameters of `Close`.
        public struct CloseParameters: Decodable, Sendable {
            public let instance: Int
        }

        /// Closes one of the caller's pages.
        public static let close = MethodSignature<CloseParameters, Nothing>("com.yunos.page.Close")

        /// The parameters of `Hold`.
        public struct HoldParameters: Decodable, Sendable {
            public let instance: Int
            public let reason: String
        }

        /// Goes on while hidden, for a reason that the manifest declares for the page. Called with `more`: one reply when it holds,
        /// and it holds as long as the connection.
        public static let hold = MethodSignature<HoldParameters, Nothing>("com.yunos.page.Hold")

        /// The interface file.
        public static let text = #"""
            # An app's pages: their lifecycle, links to them, links to others. Needs no permission.
            interface com.yunos.page

            # What opens a page: `page://DOMAIN/NAME`, with a query and a fragment where there are any, the name of an event
            # (`link` if none is given) and a text for it.
            type Link (uri: string, event: ?string, data: ?string)

            # The events of the caller's pages as they come: of the one page of a native program, of all web pages of a web host.
            # `number` counts the events of one instance. Each is to be answered with Taken when it has been dealt with; an app that
            # does not watch is not waited for. Only one connection of a program can watch, once, with `more`.
            # With create come `content`, the page's file or program in the package, `title`, and the `link` for which the page is,
            # which comes by itself when it has started; with link comes `link`; with trim_memory comes `level`.
            method Watch() -> (
              number: int,
              instance: int,
              event: (create, start, show, hide, stop, destroy, link, trim_memory, back_key),
              link: ?Link,
              content: ?string,
              title: ?string,
              level: ?(moderate, low, critical)
            )

            # The events of an instance up to this number have been dealt with. `handled` is false for a back_key that the page has
            # no use for: the page manager closes the page then.
            method Taken(instance: int, number: int, handled: ?bool) -> ()

            # Opens a page of this app, or of another one while a page of this app is shown.
            method Open(link: Link) -> ()

            # Closes one of the caller's pages.
            method Close(instance: int) -> ()

            # Goes on while hidden, for a reason that the manifest declares for the page. Called with `more`: one reply when it holds,
            # and it holds as long as the connection.
            method Hold(instance: int, reason: string) -> ()

            error Failed (code: string, message: string, hint: ?string)

            """#
    }
}
