internal import Manifest
internal import Platform
internal import Store
internal import YunCore

/// What the desktop sees of the installed apps (`spec/store.md`): derived from the registry and the releases, and made anew
/// wherever it is not what follows from them.
struct Exports {
    private let root: StoreRoot
    private let entries: AnchoredDirectory
    private let theme: AnchoredDirectory

    private static let entrySuffix = ".desktop"
    /// What is left for the change itself, which is committed after them; no icon takes half of it.
    private static let spareBytes = 2 * Limits.iconBytesMax

    /// What desktops shall see of one app, written beside its place. What is committed then is durable by the same call.
    struct Change {
        private let domain: String
        fileprivate var written: [File] = []
        /// Where the icon shall lie, in the theme.
        fileprivate var icon: String?
        fileprivate var hasEntry = false

        /// That there is nothing to see of it.
        init(removing domain: String) { self.domain = domain }

        fileprivate var name: String { Domain.desktopPrefix + domain }
    }

    /// Opens the directories, made where missing.
    init(_ root: StoreRoot) throws(Failure) {
        self.root = root
        entries = try root.directory.directory(making: "exports/share/applications")
        theme = try root.directory.directory(making: "exports/share/icons/hicolor")
    }

    /// Brings all entries and icons to what the registry says; files of other names are nobody's business.
    /// - Parameter isThorough: whether they are compared whole, and not by the heads of the entries alone.
    func renew(isThorough: Bool, _ report: inout RecoveryReport) throws(Failure) {
        let releases = try root.registry.apps().compactMap(\.current)
        let icons = try icons()
        let known = try Set(icons.keys).union(
            entries.names().compactMap { Self.domain(of: $0, Self.entrySuffix) })
        var changes = known.subtracting(releases.map(\.domain.name)).sorted().map(Change.init(removing:))
        for release in releases {
            let change = report.export { () throws(Failure) -> Change? in
                if !isThorough, try isUpToDate(release, icons[release.domain.name] ?? []) { return nil }
                // What is gone stands in the same report; it will be back, and then the entry is right again.
                let place = "\(release.domain.name)/\(release.directoryName)"
                guard try root.apps.status(of: place) != nil else { return nil }
                return try prepare(release, root.manifest(of: release))
            }
            if let change = change ?? nil { changes.append(change) }
        }
        if changes.contains(where: { !$0.written.isEmpty }) { try root.staging.synchronizeFileSystem() }
        for change in changes {
            let isChanged = report.export { () throws(Failure) in try publish(change) }
            if isChanged == true { report.renewedExports += 1 }
        }
    }

    /// By domain, where in the theme its icons lie.
    private func icons() throws(Failure) -> [String: [String]] {
        var icons: [String: [String]] = [:]
        for (place, suffix) in AppIcon.places where try theme.status(of: place) != nil {
            for name in try theme.directory(place).names() {
                guard let domain = Self.domain(of: name, suffix) else { continue }
                icons[domain, default: []].append("\(place)/\(name)")
            }
        }
        return icons
    }

    private static func domain(of name: String, _ suffix: String) -> String? {
        guard name.hasPrefix(Domain.desktopPrefix), name.hasSuffix(suffix) else { return nil }
        return String(name.dropFirst(Domain.desktopPrefix.count).dropLast(suffix.count))
    }

    private func isUpToDate(_ release: InstalledRelease, _ icons: [String]) throws(Failure) -> Bool {
        let name = release.domain.desktopName + Self.entrySuffix
        guard icons.count <= 1, try entries.status(of: name)?.kind == .file else { return false }
        for icon in icons where try theme.status(of: icon)?.kind != .file { return false }
        let head = DesktopEntry(release, root: root.directory.path, hasIcon: !icons.isEmpty).head.utf8
        return try entries.open(name, .read).readSome(upTo: head.count).elementsEqual(head)
    }

    /// Writes what is not in its place already, to be made durable before it is published: by then it must be whole.
    func prepare(_ release: InstalledRelease, _ manifest: Manifest) throws(Failure) -> Change {
        var change = Change(removing: release.domain.name)
        guard let page = manifest.mainPage else { return change }
        guard try root.staging.freeBytes() >= Self.spareBytes else {
            throw Failure(
                .noSpace, "no room for the desktop entry of \(release.domain)",
                hint: "free some space and try again")
        }
        change.hasEntry = true
        do throws(Failure) {
            // The icon is there before the entry that names it.
            if let icon = AppIcon(manifest, in: try root.directory(of: release)) {
                let place = try theme.directory(making: icon.directory)
                let file = File(name: change.name + icon.suffix, directory: place)
                change.icon = "\(icon.directory)/\(file.name)"
                try write(icon.bytes, to: file, &change)
            }
            let entry = DesktopEntry(release, root: root.directory.path, hasIcon: change.icon != nil)
            let text = Array(entry.text(manifest, page).utf8)
            try write(text, to: File(name: change.name + Self.entrySuffix, directory: entries), &change)
        } catch {
            for file in change.written { try root.staging.remove(file.name) }
            throw error
        }
        return change
    }

    private func write(_ bytes: [UInt8], to file: File, _ change: inout Change) throws(Failure) {
        guard try !file.isInPlace(bytes) else { return }
        change.written.append(file)
        try root.staging.open(file.name, .replace(permissions: 0o644)).write(bytes)
    }

    /// Puts what is durable into its place whole, and takes away what else the app has there. Renames that a power cut
    /// takes back are for recovery to do again.
    /// - Returns: whether anything was not as it is now.
    func publish(_ change: Change) throws(Failure) -> Bool {
        for file in change.written {
            // Nothing else takes the place of a directory.
            if try file.directory.status(of: file.name)?.kind == .directory {
                try file.directory.removeTree(file.name)
            }
            try root.staging.move(file.name, to: file.directory, as: file.name, replacing: true)
        }
        var isThemeChanged = change.written.contains { $0.directory !== entries }
        // The icon goes after the entry that names it.
        let isEntryGone =
            change.hasEntry ? false : try remove(change.name + Self.entrySuffix, from: entries)
        for (place, suffix) in AppIcon.places where change.icon != "\(place)/\(change.name)\(suffix)" {
            if try remove("\(place)/\(change.name)\(suffix)", from: theme) { isThemeChanged = true }
        }
        if isThemeChanged { try announceIcons() }
        return isThemeChanged || isEntryGone || !change.written.isEmpty
    }

    private func remove(_ name: String, from directory: AnchoredDirectory) throws(Failure) -> Bool {
        guard try directory.status(of: name) != nil else { return false }
        try directory.removeTree(name)
        return true
    }

    fileprivate struct File {
        let name: String
        let directory: AnchoredDirectory

        func isInPlace(_ bytes: [UInt8]) throws(Failure) -> Bool {
            guard let status = try directory.status(of: name), status.kind == .file,
                status.sizeBytes == bytes.count
            else { return false }
            return try directory.contents(of: name, limit: bytes.count) == bytes
        }
    }

    /// Desktops look into a theme again where its own directory has changed.
    private func announceIcons() throws(Failure) {
        let sign = ".changed"
        try theme.createDirectory(sign, mayExist: true)
        try theme.remove(sign, isDirectory: true)
    }
}

extension AnchoredDirectory {
    /// Anchors a directory below this one, made where missing with all that leads to it.
    fileprivate func directory(making path: String) throws(Failure) -> AnchoredDirectory {
        if try status(of: path) != nil { return try directory(path) }
        var place = self
        for name in path.utf8.split(separator: UInt8(ascii: "/")) {
            place = try place.makeDirectory(String(Substring(name)))
        }
        return place
    }
}

extension RecoveryReport {
    /// Does something for what the desktop sees; where that fails, the change of the app itself holds all the same.
    mutating func export<R>(_ body: () throws(Failure) -> R) -> R? {
        do throws(Failure) {
            return try body()
        } catch {
            unexported.append(error.message)
            return nil
        }
    }
}
