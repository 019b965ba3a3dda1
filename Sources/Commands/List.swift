internal import ArgumentParser
internal import Store
internal import YunCore

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", _superCommandName: Ypkg.name,
        abstract: "Lists the installed apps, and removed ones whose data was kept.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let apps = try store.existing().registry.knownApps()
        if format.json { return try Console.json(apps.map(Row.init)) }
        guard !apps.isEmpty else { return Console.note("no app is installed") }
        Console.table(
            apps.map { app in
                [
                    app.domain.name, app.current?.version.text ?? "removed",
                    app.current?.contentBytes.bytesText ?? "data kept", app.title.escaped,
                ]
            })
    }

    private struct Row: Encodable {
        let domain: String
        let title: String
        /// Else only its data was kept, and what follows is missing.
        let isInstalled: Bool
        let version: String?
        let versionCode: Int?
        let contentBytes: Int?
        let installedAt: Int?

        init(_ app: InstalledApp) {
            domain = app.domain.name
            title = app.title
            isInstalled = app.current != nil
            version = app.current?.version.text
            versionCode = app.current?.versionCode.value
            contentBytes = app.current?.contentBytes
            installedAt = app.current?.installedAt
        }
    }
}
