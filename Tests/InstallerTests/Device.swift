import Bundle
import Platform
import Signing
import Store
import Support
import Testing
import YunCore

@testable import Installer

/// A store of its own with a developer whom it trusts.
struct Device {
    let directory: TemporaryDirectory
    let root: StoreRoot
    let key: SecretKey

    init() throws {
        directory = try TemporaryDirectory()
        root = try StoreRoot(path: directory.path("root"))
        key = try SecretKey.generate()
    }

    /// One on which an app is installed.
    init(with app: AppFixture) throws {
        try self.init()
        try install(app)
    }

    @discardableResult
    func install(
        _ app: AppFixture, as name: String = "demo", key: SecretKey? = nil
    ) throws -> Installer.Outcome {
        let signer = key ?? self.key
        let package = try app.pack(in: directory, as: name, key: signer)
        return try install(package, trusting: signer)
    }

    func install(_ package: String, trusting signer: SecretKey) throws -> Installer.Outcome {
        let verified = try VerifiedBundle(
            UntrustedBundle(path: package), policy: developerPolicy(key.publicKey, signer.publicKey))
        return try Installer(root: root, threads: 2, announceWaiting: nil).install(verified) { _ in }
    }

    /// What must be true after anything: no half states, and what the registry names is there.
    func expectConsistent() throws {
        #expect(try directory.tree("root/staging").isEmpty)
        let named = try root.registry.releaseDirectories()
        var onDisk: Set<String> = []
        for domain in try root.apps.names() {
            for release in try root.apps.directory(domain).names() { onDisk.insert("\(domain)/\(release)") }
        }
        #expect(named == onDisk)
        #expect(try installer.recover().isEmpty)
    }

    /// As after a kill amid some change.
    func interrupt() throws { try root.beginChange() }

    var installer: Installer { Installer(root: root, threads: 1, announceWaiting: nil) }
}

/// The code of the failure that `body` ends with.
func code(_ body: () throws -> Void) -> FailureCode? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Failure)?.code
    }
}
