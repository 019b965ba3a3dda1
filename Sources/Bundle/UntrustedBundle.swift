internal import Archive
internal import Platform
internal import Signing
public import YunCore

/// A package whose head has been read and nothing of it believed: bytes of bounded length, in their places.
public final class UntrustedBundle: Sendable {
    /// The path, or "standard input"; safe to print.
    public let name: String
    /// `manifest.json`; vouched for by the index.
    public let manifestBytes: [UInt8]
    /// `index`; vouched for by a signature.
    public let indexBytes: [UInt8]
    /// `index.minisig` first, others by name.
    public let signatures: [NamedText]
    /// A statement about the publisher's key, and its signature.
    public let profile: (text: [UInt8], signature: [UInt8])?
    /// How the publisher's key came from an earlier one.
    public let lineage: [UInt8]?
    /// Length of `payload.tar.zst`.
    public let payloadBytes: Int

    /// A member's contents by its signer's name, `nil` for the publisher.
    public struct NamedText: Sendable, Equatable {
        /// `nil` for the publisher.
        public let name: String?
        /// The contents.
        public let text: [UInt8]
    }

    /// Whether it comes from a pipe, so that its payload is kept in a file while it is read.
    public var isStream: Bool { source.isStream }

    private let source: ByteSource
    private let payloadOffset: Int
    private let reader: MemberReader

    /// Reads the head of a package.
    /// - Parameter path: a file; `-` for standard input.
    public init(path: String) throws(Failure) {
        let source = try ByteSource(path: path)
        var reader = MemberReader(source)
        var parts: [String: [UInt8]] = [:]
        var signatures: [NamedText] = []
        while true {
            let (member, sizeBytes) = try reader.next()
            if member == .payload {
                payloadBytes = sizeBytes
                break
            }
            let contents = try reader.contents(of: member, sizeBytes: sizeBytes)
            if case .signature(let name) = member {
                signatures.append(NamedText(name: name, text: contents))
                guard signatures.count <= Limits.namedSignaturesMax + 1 else {
                    throw Failure(
                        .bundleLimit, "\(source.name) has more than \(Limits.namedSignaturesMax) signatures")
                }
            } else {
                parts[member.name] = contents
            }
        }
        guard parts[Member.version.name] == Member.versionText, let manifest = parts[Member.manifest.name],
            let index = parts[Member.index.name]
        else {
            throw Failure(
                .bundleFormat, "\(source.name) is of a package format that is not known here",
                hint: "update Yun")
        }
        name = source.name
        manifestBytes = manifest
        indexBytes = index
        self.signatures = signatures
        profile = parts[Member.profile.name].flatMap { text in
            parts[Member.profileSignature.name].map { (text, $0) }
        }
        lineage = parts[Member.lineage.name]
        payloadOffset = reader.position
        self.source = source
        self.reader = reader
        try checkLength()
    }

    /// A file's length is known before anything is read; a stream's end is checked behind its payload.
    private func checkLength() throws(Failure) {
        guard let sizeBytes = source.sizeBytes else { return }
        let expected = payloadOffset + payloadBytes + Tar.paddingBytes(after: payloadBytes) + Tar.endBytes
        guard sizeBytes >= expected else {
            throw Failure(
                .bundleTruncated, "\(name) is \(expected - sizeBytes) bytes too short",
                hint: "get the whole file again")
        }
        guard sizeBytes == expected else {
            throw Failure(
                .bundleTrailing, "\(name) has \(sizeBytes - expected) bytes behind its last member",
                hint: "get the package again from its publisher")
        }
    }

    /// Reads the index, which the caller has found to be signed or only wants to look at, and checks that the
    /// manifest and the payload are the ones that it names.
    public func index() throws(Failure) -> Index {
        let index = try Index(text: indexBytes)
        guard index.manifestBytes == manifestBytes.count, index.manifestDigest == Digest(of: manifestBytes)
        else {
            throw Failure(
                .bundleIndex, "the manifest of \(name) is not the one that its index names",
                hint: "get the package again from its publisher")
        }
        guard index.payloadBytes == payloadBytes else {
            throw Failure(
                .bundleIndex, "the payload of \(name) is not as long as its index says",
                hint: "get the package again from its publisher")
        }
        return index
    }

    /// How many bytes reading the payload is: those of a stream are kept first, and then read.
    public var progressBytes: Int { source.isStream ? 2 * payloadBytes : payloadBytes }

    /// Reads the whole payload against `index`.
    /// - Parameters:
    ///   - threads: how many decompress and hash at once.
    ///   - spoolDirectory: where a stream's payload is kept in an unnamed file.
    ///   - progress: told how many compressed bytes have been read, from any thread; in all ``progressBytes``.
    ///   - makeSink: one sink for each thread's next run of entries.
    public func readPayload<Sink: EntrySink>(
        of index: Index, threads: Int, spoolDirectory: String, progress: @escaping @Sendable (Int) -> Void,
        makeSink: @escaping @Sendable () throws(Failure) -> Sink
    ) throws(Failure) {
        let payload = try source.payload(
            offset: payloadOffset, sizeBytes: payloadBytes, spoolDirectory: spoolDirectory, progress: progress
        )
        try checkEnd()
        let reading = PayloadReading(index: index, payload: payload, progress: progress)
        try reading.run(threads: threads, makeSink: makeSink)
    }

    /// Checks the padding and the end marker. A stream has just been read up to there; a file is read by place.
    private func checkEnd() throws(Failure) {
        let sizeBytes = Tar.paddingBytes(after: payloadBytes) + Tar.endBytes
        guard !source.isStream else {
            var end = reader
            try end.skipPadding(after: payloadBytes)
            return try end.finish()
        }
        let place = payloadOffset + payloadBytes
        let end = try source.payload(offset: place, sizeBytes: sizeBytes, spoolDirectory: "")
        guard try end.read(count: sizeBytes, at: 0).allSatisfy({ $0 == 0 }) else {
            throw Failure(
                .bundleTrailing, "\(name) has bytes behind its payload",
                hint: "get the package again from its publisher")
        }
    }
}

extension UntrustedBundle {
    /// Copies payload, padding and end marker as they are.
    func copyPayload(to target: borrowing OwnedDescriptor) throws(Failure) {
        let payload = try source.payload(offset: payloadOffset, sizeBytes: payloadBytes, spoolDirectory: ".")
        try checkEnd()
        var place = 0
        while place < payloadBytes {
            let bytes = try payload.read(count: min(1 << 20, payloadBytes - place), at: place)
            try target.write(bytes)
            place += bytes.count
        }
        let end = Tar.paddingBytes(after: payloadBytes) + Tar.endBytes
        try target.write([UInt8](repeating: 0, count: end))
    }
}
