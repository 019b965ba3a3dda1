internal import ArgumentParser
internal import Store
internal import YunCore

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the installed apps.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let apps = try store.open().registry.apps()
        if format.json { return try Console.json(apps.compactMap(Row.init)) }
        guard !apps.isEmpty else { return Console.note("no app is installed") }
        Console.table(
            apps.compactMap { app in
                app.current.map { release in
                    [
                        app.domain.name, release.version.text, release.contentBytes.bytesText,
                        app.title.escaped,
                    ]
                }
            })
    }

    private struct Row: Encodable {
        let domain: String
        let title: String
        let version: String
        let versionCode: Int
        let contentBytes: Int
        let installedAt: Int

        init?(_ app: InstalledApp) {
            guard let release = app.current else { return nil }
            domain = app.domain.name
            title = app.title
            version = release.version.text
            versionCode = release.versionCode.value
            contentBytes = release.contentBytes
            installedAt = release.installedAt
        }
    }
}
