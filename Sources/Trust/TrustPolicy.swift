public import Signing
public import YunCore

/// How far the phone's owner or maker trusts a key.
public enum SigningClass: String, Sendable, CaseIterable {
    /// The maker of the phone.
    case system
    /// A store that vouches for its publishers.
    case store
    /// A developer whose own apps may be installed.
    case developer
}

/// A key that this device trusts without anybody else's word.
public struct Anchor: Sendable, Hashable {
    /// The key.
    public let key: PublicKey
    /// How far it is trusted.
    public let signingClass: SigningClass

    /// Trusts `key` as far as `signingClass` goes.
    public init(key: PublicKey, signingClass: SigningClass) {
        self.key = key
        self.signingClass = signingClass
    }
}

/// Who published a package, and on whose word.
public struct Publisher: Sendable, Hashable {
    /// The identity: an update must come from the same key or from one that it named as its successor.
    public let key: PublicKey
    /// The class of the anchor behind the key.
    public let signingClass: SigningClass
    /// The earlier keys of this publisher, oldest first.
    public let predecessors: [PublicKey]
    /// The keys on the way from trust to this one: the signer of its profile, and who named it as successor.
    public let vouchers: [PublicKey]

    /// Whether this publisher may update what `key` published.
    public func continues(_ key: [UInt8]) -> Bool {
        self.key.bytes == key || predecessors.contains { $0.bytes == key }
    }
}

extension Publisher {
    /// The same with all its earlier keys: each of them signed its successor, whoever is trusted now and why.
    fileprivate func following(_ lineage: Lineage?) -> Publisher {
        guard let lineage, lineage.newest == key else { return self }
        return Publisher(
            key: key, signingClass: signingClass, predecessors: Array(lineage.keys.dropLast()),
            vouchers: vouchers)
    }
}

/// What a package brings to show who published it. Nothing of it has been checked.
public struct Credentials: Sendable {
    /// The signed text, `index`.
    public let indexText: [UInt8]
    /// `index.minisig`.
    public let publisherSignature: [UInt8]?
    /// `profile` and `profile.minisig`.
    public let profile: (text: [UInt8], signature: [UInt8])?
    /// `lineage`.
    public let lineage: [UInt8]?

    /// The members as they were read.
    public init(
        indexText: [UInt8], publisherSignature: [UInt8]?, profile: (text: [UInt8], signature: [UInt8])?,
        lineage: [UInt8]?
    ) {
        self.indexText = indexText
        self.publisherSignature = publisherSignature
        self.profile = profile
        self.lineage = lineage
    }
}

/// Decides who published a package. A pure function over bytes: no file, clock or network is asked.
///
/// - The publisher's key is an anchor, or a store's or maker's profile names it, or a lineage leads to it from one
///   of these.
/// - Every signed text begins with its own type line, so a signature of one kind never passes for another.
/// - What a profile allows is checked against what the package says it is, once that is vouched for.
public struct TrustPolicy: Sendable {
    private let anchors: [Anchor]
    private let revocations: Revocations
    private let today: CalendarDay

    /// - Parameters:
    ///   - anchors: the device's own.
    ///   - revocations: what is trusted no longer.
    ///   - today: for the end of profiles.
    public init(anchors: [Anchor], revocations: Revocations = .none, today: CalendarDay) {
        self.anchors = anchors
        self.revocations = revocations
        self.today = today
    }

    /// A publisher whose signature is right, before its profile's conditions were compared with the package.
    public struct Decision: Sendable {
        /// Who signed.
        public let publisher: Publisher
        private let profile: Profile?

        fileprivate init(publisher: Publisher, profile: Profile?) {
            self.publisher = publisher
            self.profile = profile
        }

        /// Checks that the publisher may publish an app of this domain that asks for these permissions.
        public func authorize(domain: Domain, permissions: [Permission]) throws(Failure) {
            try profile?.authorize(domain: domain, permissions: permissions)
        }
    }

    /// Finds the publisher, or says why there is none to trust.
    public func decide(_ credentials: Credentials) throws(Failure) -> Decision {
        guard let signatureText = credentials.publisherSignature else {
            throw Failure(
                .unsigned, "the package is not signed", hint: "its publisher must sign it: ypkg sign")
        }
        let signature = try Signature(fileText: signatureText)
        let lineage = try credentials.lineage.map { text throws(Failure) in try Lineage(text: text) }
        let known = anchors.map { anchor in
            Publisher(key: anchor.key, signingClass: anchor.signingClass, predecessors: [], vouchers: [])
        }
        let direct = Self.candidates(known, lineage, signature.keyID)
        let signers = direct.filter { signature.isValid(for: credentials.indexText, by: $0.key) }
        if let match = signers.first(where: { fault(of: $0, credentials) == nil }) {
            // Whoever is trusted directly needs nobody's word, so nobody's conditions bind it.
            return Decision(publisher: match.following(lineage), profile: nil)
        }
        let refusal = signers.first.flatMap { fault(of: $0, credentials) }
        var vouchedFor: [Publisher] = []
        if let text = credentials.profile {
            let (profile, voucher) = try verified(text)
            let start = Publisher(
                key: profile.key, signingClass: .store, predecessors: [], vouchers: [voucher])
            vouchedFor = Self.candidates([start], lineage, signature.keyID)
            if let match = vouchedFor.first(where: {
                signature.isValid(for: credentials.indexText, by: $0.key)
            }) {
                if let fault = fault(of: match, credentials) { throw fault }
                return Decision(publisher: match.following(lineage), profile: profile)
            }
        }
        if let refusal { throw refusal }
        guard direct.isEmpty, vouchedFor.isEmpty else {
            throw Failure(
                .signatureWrong, "the signature of the key \(signature.keyID) does not fit the package",
                hint: "get the package again from its publisher")
        }
        throw Failure(
            .signerUnknown, "the package is signed by the key \(signature.keyID), which is not trusted here",
            hint: "if you trust its owner: ypkg trust add KEY.pub --class developer")
    }

    /// A revoked key vouches for nothing: neither for what it signed, nor for a successor on the way from trust.
    private func fault(of publisher: Publisher, _ credentials: Credentials) -> Failure? {
        revocations.fault(
            of: (publisher.vouchers + [publisher.key]).map(\.bytes),
            index: Digest(of: credentials.indexText))
    }

    /// The keys with that id that `known` leads to. Ids are not unique by design, so there may be several.
    private static func candidates(_ known: [Publisher], _ lineage: Lineage?, _ id: KeyID) -> [Publisher] {
        let successors = known.compactMap { start in
            lineage.flatMap { lineage in
                lineage.keys(after: start.key).map { keys in
                    Publisher(
                        key: lineage.newest, signingClass: start.signingClass, predecessors: [],
                        vouchers: start.vouchers + keys)
                }
            }
        }
        return (known + successors).filter { $0.key.id == id }
    }

    private func verified(_ profile: (text: [UInt8], signature: [UInt8])) throws(Failure) -> (
        Profile, voucher: PublicKey
    ) {
        let signature = try Signature(fileText: profile.signature)
        let stores = anchors.filter { $0.signingClass != .developer && $0.key.id == signature.keyID }
        guard !stores.isEmpty else {
            throw Failure(
                .signerUnknown,
                "the package's profile is not signed by a store or maker that is trusted here",
                hint: "get the package from a store that this phone trusts")
        }
        guard let store = stores.first(where: { signature.isValid(for: profile.text, by: $0.key) }) else {
            throw Failure(
                .signatureWrong,
                "the signature of the key \(signature.keyID) does not fit the package's profile",
                hint: "its publisher must get the profile again")
        }
        let content = try Profile(text: profile.text)
        guard today <= content.until else {
            throw Failure(
                .notAllowed, "the publisher's profile ended on \(content.until)",
                hint: "its publisher must renew it and pack again")
        }
        return (content, store.key)
    }
}
