internal import ArgumentParser
internal import Installer
internal import PageManagerClient
internal import Platform
internal import Store
internal import YunCore

struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", _superCommandName: Ypkg.name,
        abstract: "Returns an app to the release before its last update, with the data as it was then.",
        discussion: """
            The present release and its data are set aside, and come back when the command is given again. The next update \
            goes on from the data that is in use then, and what is set aside goes.
            """)

    @OptionGroup var app: AppOptions

    @Flag(name: .long, help: "Where the data of then was not kept: return with the data as it is now.")
    var withCurrentData = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let root = try store.existing()
        let domain = try app.domain(in: root)
        let release = try Installer(root: root, threads: 1, announceWaiting: wait.announcement)
            .goBack(domain, withCurrentData: withCurrentData)
        try PageManagerClient.announceChange(of: domain, root: root.directory.path)
        if format.json {
            return try Console.json(
                Summary(
                    domain: domain.name, version: release.version.text,
                    versionCode: release.versionCode.value,
                    withCurrentData: withCurrentData))
        }
        Console.note(
            "\(domain) is back at \(release.version) (\(release.versionCode)) with \(withCurrentData ? "the data as it is" : "its data of then")"
        )
    }

    private struct Summary: Encodable {
        let domain: String
        let version: String
        let versionCode: Int
        let withCurrentData: Bool
    }
}
