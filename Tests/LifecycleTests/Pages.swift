import Lifecycle
import YunCore

/// Pages of two apps that the tests open.
enum Pages {
    static let home = page("shop.example.com", "home", .web)
    static let item = page("shop.example.com", "item", .web, events: ["share"])
    static let player = page("shop.example.com", "player", .native, background: [.playback, .call])
    static let many = page("shop.example.com", "many", .native, isMultiple: true)
    static let service = page("shop.example.com", "service", .service, background: [.transfer])
    static let notes = page("notes.example.com", "notes", .native)
    static let lists = page("notes.example.com", "lists", .web, isMultiple: true)

    static let clock = page("clock.example.com", "clock", .native)

    static let all = [home, item, player, many, service, notes, lists, clock]

    private static func page(
        _ domain: String, _ name: String, _ kind: PageTraits.Kind, isMultiple: Bool = false,
        events: Set<String> = [], background: Set<BackgroundReason> = []
    ) -> PageTraits {
        do throws(Failure) {
            let uri = try PageURI(domain: Domain(domain), name: name)
            return PageTraits(
                uri, kind, isMultiple: isMultiple, events: events, backgroundReasons: background)
        } catch { preconditionFailure("\(error)") }
    }
}

extension PageTraits {
    /// A link to the page.
    func link(_ query: String = "", event: String = PageLink.defaultEvent) -> PageLink {
        do throws(Failure) {
            return try PageLink(uri.description + (query.isEmpty ? "" : "?" + query), event: event)
        } catch { preconditionFailure("\(error)") }
    }
}
