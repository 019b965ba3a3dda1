internal import Archive
internal import Platform
public import Signing
public import YunCore

extension UntrustedBundle {
    /// What a publisher adds to show on whose word its key stands.
    public struct Statements: Sendable {
        let profile: (text: [UInt8], signature: [UInt8])?
        let lineage: [UInt8]?

        /// `nil` keeps what the package has.
        public init(profile: (text: [UInt8], signature: [UInt8])?, lineage: [UInt8]?) {
            self.profile = profile
            self.lineage = lineage
        }
    }

    /// Writes the package again with one more signature over its index.
    /// - Parameters:
    ///   - key: whose signature it is.
    ///   - name: `nil` for the publisher; a store or maker signs under its own name.
    ///   - statements: put into the package beside the signature.
    ///   - output: path of the new package, which may be the package's own.
    public func sign(with key: SecretKey, name: String?, adding statements: Statements, output: String) throws(Failure) {
        if let name, !Member.isSignerName(name) {
            throw Failure(
                .usage, "\(name.escaped) cannot name a signature",
                hint: "use 1 to 32 of the characters a-z, 0-9 and -")
        }
        let index = try index()
        let signature = key.sign(
            indexBytes, trustedComment: "\(index.domain) \(index.version) version-code \(index.versionCode)")
        var all = signatures.filter { $0.name != name }
        all.append(NamedText(name: name, text: Array(signature.fileText.utf8)))
        all.sort { ($0.name ?? "") < ($1.name ?? "") }
        guard all.count <= Limits.namedSignaturesMax + 1 else {
            throw Failure(.bundleLimit, "\(self.name) already has \(all.count - 1) signatures")
        }
        try write(
            signatures: all, profile: statements.profile ?? profile, lineage: statements.lineage ?? lineage,
            to: output)
    }

    private func write(
        signatures: [NamedText], profile: (text: [UInt8], signature: [UInt8])?, lineage: [UInt8]?,
        to output: String
    ) throws(Failure) {
        let file = try PublishedFile(path: output)
        try file.withDescriptor { descriptor throws(Failure) in
            try descriptor.write(Member.version.framed(Member.versionText))
            try descriptor.write(Member.manifest.framed(manifestBytes))
            try descriptor.write(Member.index.framed(indexBytes))
            for signature in signatures {
                try descriptor.write(Member.signature(name: signature.name).framed(signature.text))
            }
            if let profile {
                try descriptor.write(Member.profile.framed(profile.text))
                try descriptor.write(Member.profileSignature.framed(profile.signature))
            }
            if let lineage { try descriptor.write(Member.lineage.framed(lineage)) }
            try descriptor.write(Member.payload.header(sizeBytes: payloadBytes))
            try copyPayload(to: descriptor)
        }
        try file.publish()
    }
}
