public import Store
public import YunCore

/// How a person names an app: its domain, or one of the domain's labels if no other app has it.
public struct AppReference {
    private let text: String

    /// As it was typed.
    public init(_ text: String) { self.text = text }

    /// The app that is meant.
    public func domain(in registry: Registry, includingKeptData: Bool = false) throws(Failure) -> Domain {
        if text.contains(".") {
            let domain = try Domain(text)
            guard let app = try registry.app(domain), app.current != nil || includingKeptData else {
                throw Failure(.appUnknown, "\(domain) is not installed", hint: "see what is: ypkg list")
            }
            return domain
        }
        let apps = try includingKeptData ? registry.knownApps() : registry.apps()
        let matches = apps.map(\.domain).filter { $0.aliases.contains(text) }
        guard let domain = matches.first else {
            throw Failure(
                .appUnknown, "no app is called \(text.escaped)", hint: "see what is installed: ypkg list")
        }
        guard matches.count == 1 else {
            throw Failure(
                .appUnknown, "\(text.escaped) may mean \(matches.map(\.name).joined(separator: " or "))",
                hint: "give the whole domain")
        }
        return domain
    }
}
