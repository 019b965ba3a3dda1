internal import Manifest
internal import Store
internal import Synchronization
internal import YunCore

/// Manifests that were read before, for whoever opens the same apps again and again. A release never changes: its index
/// names it, and its manifest with it.
public final class ManifestCache: Sendable {
    /// A phone shows some of its apps again and again, and the others need not be kept.
    private static let countMax = 64
    private let known = Mutex<[Digest: Manifest]>([:])

    /// Nothing is known.
    public init() {}

    func manifest(
        ofRelease index: Digest, _ read: () throws(Failure) -> Manifest
    ) throws(Failure) -> Manifest {
        if let manifest = known.withLock({ $0[index] }) { return manifest }
        let manifest = try read()
        known.withLock { known in
            if known.count >= Self.countMax { known = [:] }
            known[index] = manifest
        }
        return manifest
    }
}
