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
    /// By domain, where in the theme its icons lie.
    private var icons: [String: [String]] = [:]

    private static let entrySuffix = ".desktop"

    /// Opens the directories, made where missing.
    init(_ root: StoreRoot) throws(Failure) {
        self.root = root
        entries = try root.directory.directory(making: "exports/share/applications")
        theme = try root.directory.directory(making: "exports/share/icons/hicolor")
        for place in AppIcon.directories where try theme.status(of: place) != nil {
            for name in try theme.directory(place).names() {
                for suffix in AppIcon.suffixes {
                    guard let domain = Self.domain(of: name, suffix) else { continue }
                    icons[domain, default: []].append("\(place)/\(name)")
                }
            }
        }
    }

    /// Brings the entries and icons to what the registry says; files of other names are nobody's business.
    /// - Parameters:
    ///   - domain: the app that has changed, or `nil` for all.
    ///   - isThorough: whether entries are compared whole, and not by their heads alone.
    func renew(only domain: Domain?, isThorough: Bool, _ report: inout RecoveryReport) throws(Failure) {
        let apps =
            if let domain { [try root.registry.app(domain)].compactMap(\.self) } else {
                try root.registry.apps()
            }
        let releases = apps.compactMap(\.current)
        var known = Set(icons.keys).union(
            try entries.names().compactMap { Self.domain(of: $0, Self.entrySuffix) })
        if let domain { known.formIntersection([domain.name]) }
        for domain in known.subtracting(releases.map(\.domain.name)).sorted() {
            report.export { () throws(Failure) in try withdraw(domain) }
        }
        for release in releases {
            report.export { () throws(Failure) in
                if !isThorough, try isUpToDate(release) { return false }
                return try export(release)
            }
        }
    }

    private static func domain(of name: String, _ suffix: String) -> String? {
        guard name.hasPrefix(Domain.desktopPrefix), name.hasSuffix(suffix) else { return nil }
        return String(name.dropFirst(Domain.desktopPrefix.count).dropLast(suffix.count))
    }

    private func isUpToDate(_ release: InstalledRelease) throws(Failure) -> Bool {
        let icons = icons[release.domain.name] ?? []
        let name = release.domain.desktopName + Self.entrySuffix
        guard icons.count <= 1, try entries.status(of: name)?.kind == .file else { return false }
        for icon in icons where try theme.status(of: icon)?.kind != .file { return false }
        let head = DesktopEntry(release, root: root.directory.path, hasIcon: !icons.isEmpty).head.utf8
        return try entries.open(name, .read).readSome(upTo: head.count).elementsEqual(head)
    }

    /// - Returns: whether anything was not as it is now.
    private func export(_ release: InstalledRelease) throws(Failure) -> Bool {
        let domain = release.domain.name
        // What is gone stands in the same report; it will be back, and then the entry is right again.
        guard try root.apps.status(of: "\(domain)/\(release.directoryName)") != nil else { return false }
        let manifest = try root.manifest(of: release)
        guard let page = manifest.mainPage else { return try withdraw(domain) }
        let name = release.domain.desktopName
        var kept: String?
        var files: [File] = []
        // The icon is there before the entry that names it, and goes after it.
        if let icon = AppIcon(manifest, in: try root.directory(of: release)) {
            kept = "\(icon.directory)/\(name)\(icon.suffix)"
            let place = try theme.directory(making: icon.directory)
            files.append(File(name + icon.suffix, in: place, icon.bytes))
        }
        let entry = DesktopEntry(release, root: root.directory.path, hasIcon: kept != nil)
        files.append(File(name + Self.entrySuffix, in: entries, Array(entry.text(manifest, page).utf8)))
        let isChanged = try publish(files)
        return try removeIcons(of: domain, but: kept) || isChanged
    }

    private func withdraw(_ domain: String) throws(Failure) -> Bool {
        let name = Domain.desktopPrefix + domain + Self.entrySuffix
        let isThere = try entries.status(of: name) != nil
        try entries.removeTree(name)
        return try removeIcons(of: domain, but: nil) || isThere
    }

    private func removeIcons(of domain: String, but kept: String?) throws(Failure) -> Bool {
        let others = (icons[domain] ?? []).filter { $0 != kept }
        for path in others { try theme.removeTree(path) }
        if !others.isEmpty { try announceIcons() }
        return !others.isEmpty
    }

    /// Puts files into their places whole, where they are not there already. One call makes all of them durable; renames
    /// that a power cut takes back are for recovery to do again.
    private func publish(_ files: [File]) throws(Failure) -> Bool {
        var staged: [File] = []
        for file in files where try !file.isInPlace() {
            try root.staging.open(file.name, .replace(permissions: 0o644)).write(file.bytes)
            staged.append(file)
        }
        guard !staged.isEmpty else { return false }
        try root.staging.synchronizeFileSystem()
        for file in staged {
            // Nothing else takes the place of a directory.
            if try file.directory.status(of: file.name)?.kind == .directory {
                try file.directory.removeTree(file.name)
            }
            try root.staging.move(file.name, to: file.directory, as: file.name, replacing: true)
        }
        if staged.contains(where: { $0.directory !== entries }) { try announceIcons() }
        return true
    }

    private struct File {
        let name: String
        let directory: AnchoredDirectory
        let bytes: [UInt8]

        init(_ name: String, in directory: AnchoredDirectory, _ bytes: [UInt8]) {
            (self.name, self.directory, self.bytes) = (name, directory, bytes)
        }

        func isInPlace() throws(Failure) -> Bool {
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

extension StoreRoot {
    /// Brings what desktops see to what the registry says; where that fails, changes hold all the same.
    func renewExports(only domain: Domain?, isThorough: Bool, _ report: inout RecoveryReport) {
        do throws(Failure) {
            try Exports(self).renew(only: domain, isThorough: isThorough, &report)
        } catch {
            report.unexported.append(error.message)
        }
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
    /// Renews what the desktop sees of one app; where that fails, the change of the app itself holds all the same.
    fileprivate mutating func export(_ change: () throws(Failure) -> Bool) {
        do throws(Failure) {
            if try change() { renewedExports += 1 }
        } catch {
            unexported.append(error.message)
        }
    }
}
