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
        guard name.hasPrefix(DesktopEntry.prefix), name.hasSuffix(suffix) else { return nil }
        return String(name.dropFirst(DesktopEntry.prefix.count).dropLast(suffix.count))
    }

    private func isUpToDate(_ release: InstalledRelease) throws(Failure) -> Bool {
        let icons = icons[release.domain.name] ?? []
        let name = DesktopEntry.name(of: release.domain.name) + Self.entrySuffix
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
        let name = DesktopEntry.name(of: domain)
        var kept: String?
        var isChanged = false
        // The icon is there before the entry that names it, and goes after it.
        if let path = page.icon, let bytes = iconBytes(of: release, path), let icon = AppIcon(bytes) {
            kept = "\(icon.directory)/\(name)\(icon.suffix)"
            isChanged = try publish(
                bytes, as: name + icon.suffix, in: theme.directory(making: icon.directory))
            if isChanged { try announceIcons() }
        }
        let entry = DesktopEntry(release, root: root.directory.path, hasIcon: kept != nil)
        let text = Array(entry.text(manifest, page).utf8)
        isChanged = try publish(text, as: name + Self.entrySuffix, in: entries) || isChanged
        return try removeIcons(of: domain, but: kept) || isChanged
    }

    private func withdraw(_ domain: String) throws(Failure) -> Bool {
        let name = DesktopEntry.name(of: domain) + Self.entrySuffix
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

    /// An icon that cannot be read, or is too large to be one, is none; the app opens without it.
    private func iconBytes(of release: InstalledRelease, _ path: PackagePath) -> [UInt8]? {
        do throws(Failure) {
            return try root.directory(of: release).directory("tree").contents(
                of: path.text, limit: AppIcon.sizeBytesMax)
        } catch {
            return nil
        }
    }

    /// Puts a file into its place whole, where it is not there already.
    private func publish(
        _ bytes: [UInt8], as name: String, in directory: AnchoredDirectory
    ) throws(Failure) -> Bool {
        let status = try directory.status(of: name)
        if status?.kind == .file, status?.sizeBytes == bytes.count,
            try directory.contents(of: name, limit: bytes.count) == bytes
        {
            return false
        }
        // Nothing takes the place of a directory otherwise.
        if status?.kind == .directory { try directory.removeTree(name) }
        let staged = "export"
        let file = try root.staging.open(staged, .replace(permissions: 0o644))
        try file.write(bytes)
        try file.synchronize()
        try root.staging.move(staged, to: directory, as: name, replacing: true)
        try directory.synchronize()
        return true
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
