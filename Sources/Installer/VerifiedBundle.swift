public import Bundle
public import Manifest
public import Trust
public import YunCore

/// A package whose index is signed by a trusted publisher, and whose manifest is the index's and fits it. The
/// payload is vouched for piece by piece while it is read.
public struct VerifiedBundle: Sendable {
    /// The package.
    public let bundle: UntrustedBundle
    /// What the publisher signed.
    public let index: Index
    /// What the app says of itself.
    public let manifest: Manifest
    /// Who published it.
    public let publisher: Publisher

    /// Checks everything but the payload.
    /// - Parameters:
    ///   - bundle: the package.
    ///   - policy: whom this device trusts.
    public init(_ bundle: UntrustedBundle, policy: TrustPolicy) throws(Failure) {
        let publisherSignature = bundle.signatures.first { $0.name == nil }
        let decision = try policy.decide(
            Credentials(
                indexText: bundle.indexBytes, publisherSignature: publisherSignature?.text,
                profile: bundle.profile, lineage: bundle.lineage))
        let index = try bundle.index()
        let manifest = try Manifest(bundle.manifestBytes, describedAs: "\(bundle.name):\(Manifest.fileName)")
        try Self.checkAgreement(index, manifest)
        try decision.authorize(domain: manifest.domain, permissions: manifest.permissions.map(\.permission))
        self.bundle = bundle
        self.index = index
        self.manifest = manifest
        publisher = decision.publisher
    }

    private static func checkAgreement(_ index: Index, _ manifest: Manifest) throws(Failure) {
        guard index.domain == manifest.domain, index.version == manifest.version,
            index.versionCode == manifest.versionCode
        else {
            throw Failure(
                .bundleIndex, "the index and the manifest name different releases",
                hint: "pack the package again with 'ypkg pack'")
        }
        for page in manifest.pages {
            for path in [page.contentPath, page.icon].compactMap(\.self) {
                guard case .file(_, _, let isExecutable)? = index.entry(at: path)?.kind,
                    page.kind == .web || path != page.contentPath || isExecutable
                else {
                    throw Failure(
                        .bundleIndex, "\(path.text.escaped), which \(page.uri) needs, is not in the package",
                        hint: "pack the package again with 'ypkg pack'")
                }
            }
        }
    }

    /// Reads the whole payload and keeps nothing of it.
    public func verifyPayload(
        threads: Int, spoolDirectory: String, progress: @escaping @Sendable (Int) -> Void
    ) throws(Failure) {
        try bundle.readPayload(
            of: index, threads: threads, spoolDirectory: spoolDirectory, progress: progress
        ) {
            DiscardingSink()
        }
    }
}
