internal import Bundle
internal import Manifest
public import Signing
public import Trust
public import YunCore
public import Installer

/// A small app that can be packed, signed and changed.
public struct AppFixture {
    /// The app's domain.
    public var domain = "demo.example.com"
    /// The release's code.
    public var versionCode = 1
    /// Path to contents; the page's document is `index.html`.
    public var files: [String: [UInt8]] = [
        "index.html": Array("<!doctype html><title>demo</title>".utf8),
        "app/main.js": Array("console.log('demo')\n".utf8),
        "data/zeros": [UInt8](repeating: 0, count: 5000),
    ]
    /// `domain.permission.use_permission`, as JSON.
    public var permissions = "[]"
    /// `domain.title`, as JSON.
    public var title = "\"Demo\""
    /// `pages[0].title`, as JSON.
    public var pageTitle = "\"Demo\""
    /// The page's picture.
    public var icon: String?
    /// Further pages, each as JSON with a comma before it.
    public var morePages = ""

    /// The app above.
    public init() {}

    /// The manifest's text.
    public var manifest: String {
        """
        { "domain": { "name": "\(domain)", "title": \(title), "version": "1.\(versionCode)", "version_code": \(versionCode),
            "use_sdk": 1, "permission": { "use_permission": \(permissions) } },
          "pages": [ { "uri": "page://\(domain)/main", "type": "web", "content_path": "index.html", "main": true,
            "title": \(pageTitle)\(icon.map { ", \"icon\": \"\($0)\"" } ?? "") }\(morePages) ],
          "files": ["**"] }
        """
    }

    /// Writes the app's directory; the manifest's pattern takes everything in it, the manifest too.
    public func write(to directory: TemporaryDirectory, _ name: String) throws -> String {
        for (path, contents) in files { try directory.write(contents, to: "\(name)/\(path)") }
        try directory.write(manifest.utf8, to: "\(name)/manifest.json")
        return directory.path(name)
    }

    /// Packs into `NAME.ypkg`, signed if there is a key.
    public func pack(
        in directory: TemporaryDirectory, as name: String = "demo", key: SecretKey?, level: Int = 3,
        threads: Int = 2
    ) throws -> String {
        let source = try write(to: directory, "\(name).source")
        let package = directory.path("\(name).ypkg")
        _ = try BundleWriter(level: level, threads: threads).pack(
            source: source, manifestBytes: Array(manifest.utf8), output: package
        ) { _, _ in }
        if let key {
            try UntrustedBundle(path: package).sign(
                with: key, name: nil, adding: .init(profile: nil, lineage: nil), output: package)
        }
        return package
    }
}

/// Trust in given keys as developers'.
public func developerPolicy(_ keys: PublicKey...) -> TrustPolicy {
    TrustPolicy(
        anchors: keys.map { Anchor(key: $0, signingClass: .developer) },
        today: CalendarDay(secondsSince1970: 1_800_000_000))
}

extension VerifiedBundle {
    /// Verifies a whole package.
    public static func verify(_ path: String, by keys: PublicKey...) throws(Failure) -> VerifiedBundle {
        let policy = TrustPolicy(
            anchors: keys.map { Anchor(key: $0, signingClass: .developer) },
            today: CalendarDay(secondsSince1970: 1_800_000_000))
        let package = try VerifiedBundle(UntrustedBundle(path: path), policy: policy)
        try package.verifyPayload(threads: 2, spoolDirectory: "/tmp") { _ in }
        return package
    }
}
