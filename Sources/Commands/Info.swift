internal import ArgumentParser
internal import Manifest
internal import Launcher
internal import Platform
internal import Signing
internal import Store
internal import Trust
internal import YunCore

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", _superCommandName: Ypkg.name,
        abstract: "Shows what is known of an installed app.")

    @OptionGroup var app: AppOptions

    @OptionGroup var store: StoreOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let root = try store.existing()
        let installed = try InstalledPackage(try app.domain(in: root), in: root)
        let details = try Details(installed, root)
        if format.json { return try Console.json(details) }
        var rows = [
            ["domain", details.domain], ["title", details.title.escaped],
            ["version", "\(details.version) (\(details.versionCode))"],
            ["publisher", "\(details.publisher.id) (\(details.signingClass))"],
            ["size", details.contentBytes.bytesText],
            ["installed", CalendarDay(secondsSince1970: details.installedAt).description],
            ["index", details.indexDigest], ["package", details.packageDirectory.escaped],
            ["data", details.dataDirectory.escaped],
        ]
        rows += details.revoked.map { [["revoked", $0]] } ?? []
        rows += details.userID.map { [["user", "\($0)"]] } ?? []
        rows += details.pages.map { ["page", "\($0.uri) (\($0.type)\($0.isMain ? ", main" : ""))"] }
        rows += details.permissions.map { ["permission", $0] }
        rows += details.hosts.map { ["host", $0] }
        rows += details.releases.filter { !$0.isCurrent }.map {
            ["other", "\($0.version) (\($0.versionCode)), to return to with 'ypkg rollback'"]
        }
        rows += details.history.map { row in
            let release = row.versionCode.map { " (\($0))" } ?? ""
            return ["history", "\(CalendarDay(secondsSince1970: row.at)) \(row.action)\(release)"]
        }
        Console.table(rows)
    }

    private struct Details: Encodable {
        struct PageRow: Encodable {
            let uri: String
            let type: String
            let isMain: Bool
        }

        struct ReleaseRow: Encodable {
            let version: String
            let versionCode: Int
            let isCurrent: Bool
        }

        struct HistoryRow: Encodable {
            let at: Int
            let action: String
            let versionCode: Int?
        }

        let domain: String
        let title: String
        let version: String
        let versionCode: Int
        let publisher: KeyOutput
        let signingClass: String
        let contentBytes: Int
        let installedAt: Int
        let indexDigest: String
        let packageDirectory: String
        let dataDirectory: String
        let userID: UInt32?
        let pages: [PageRow]
        let permissions: [String]
        let hosts: [String]
        let releases: [ReleaseRow]
        /// Why it is not run.
        let revoked: String?
        let history: [HistoryRow]

        init(_ installed: InstalledPackage, _ root: StoreRoot) throws(Failure) {
            let (app, release, manifest) = (installed.app, installed.release, installed.manifest)
            domain = app.domain.name
            title = app.title
            version = release.version.text
            versionCode = release.versionCode.value
            publisher = KeyOutput(try installed.publisher())
            signingClass = app.signingClass
            contentBytes = release.contentBytes
            installedAt = release.installedAt
            indexDigest = release.indexDigest.description
            packageDirectory = installed.directory.path
            dataDirectory = root.filesPath(of: app.domain)
            userID = app.userID
            pages = manifest.pages.map {
                PageRow(uri: $0.uri.description, type: $0.kind.rawValue, isMain: $0.isMain)
            }
            permissions = manifest.permissions.map(\.permission.fullName)
            hosts = manifest.hosts.map(\.text)
            releases = try root.registry.releases(of: app.domain).map {
                ReleaseRow(
                    version: $0.version.text, versionCode: $0.versionCode.value, isCurrent: $0.isCurrent)
            }
            revoked = try AnchorStore(root).revocations().fault(of: release)?.message
            history = try root.registry.history(of: app.domain).map {
                HistoryRow(at: $0.at, action: $0.action, versionCode: $0.versionCode)
            }
        }
    }
}
