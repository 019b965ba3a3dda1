import Signing
import Testing
import Trust
import YunCore

@Suite struct RevocationTests {
    private let index = Array("ypkg-index 1\nthe rest\n".utf8)
    private let publisher: SecretKey
    private let successor: SecretKey
    private let store: SecretKey
    private let system: SecretKey
    private let today = CalendarDay(secondsSince1970: 1_800_000_000)

    init() throws {
        publisher = try SecretKey.generate()
        successor = try SecretKey.generate()
        store = try SecretKey.generate()
        system = try SecretKey.generate()
    }

    private func statement(
        by signer: SecretKey, number: Int = 1, keys: [SecretKey] = [], indexes: [Digest] = []
    ) -> (text: [UInt8], signature: [UInt8]) {
        let text = Revocation(number: number, keys: keys.map(\.publicKey), indexes: indexes).text
        return (text, Array(signer.sign(text, trustedComment: "revocation").fileText.utf8))
    }

    /// Decides about a package of `key`, with the store and the maker trusted beside `anchors`.
    private func decide(
        signedBy key: SecretKey, anchors: [(SecretKey, SigningClass)] = [], own: [SecretKey] = [],
        _ statements: [(text: [UInt8], signature: [UInt8])] = [], hasProfile: Bool = false,
        lineage: Lineage? = nil
    ) throws -> FailureCode? {
        let all = (anchors + [(store, .store), (system, .system)]).map {
            Anchor(key: $0.publicKey, signingClass: $1)
        }
        let revocations = try Revocations(own: own.map(\.publicKey), statements: statements, anchors: all)
        let profile = Profile(
            key: key.publicKey, domains: ["a.b"], permissions: [],
            until: try #require(CalendarDay("2099-01-01")))
        let policy = TrustPolicy(anchors: all, revocations: revocations, today: today)
        let credentials = Credentials(
            indexText: index,
            publisherSignature: Array(key.sign(index, trustedComment: "index").fileText.utf8),
            profile: hasProfile
                ? (profile.text, Array(store.sign(profile.text, trustedComment: "profile").fileText.utf8))
                : nil,
            lineage: lineage?.text)
        do {
            _ = try policy.decide(credentials)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("K-13: the owner's word stops a key, whoever trusts it")
    func owner() throws {
        #expect(try decide(signedBy: publisher, anchors: [(publisher, .developer)]) == nil)
        #expect(
            try decide(signedBy: publisher, anchors: [(publisher, .developer)], own: [publisher]) == .revoked)
        #expect(try decide(signedBy: publisher, own: [publisher], hasProfile: true) == .revoked)
        #expect(try decide(signedBy: publisher, own: [store], hasProfile: true) == .revoked)
        #expect(try decide(signedBy: publisher, own: [successor], hasProfile: true) == nil)
    }

    @Test("K-13: the maker's word counts for all, a store's for what it vouched for or signed")
    func classes() throws {
        let byMaker = statement(by: system, keys: [publisher])
        let byStore = statement(by: store, keys: [publisher])
        let direct: [(SecretKey, SigningClass)] = [(publisher, .developer)]
        #expect(try decide(signedBy: publisher, anchors: direct, [byMaker]) == .revoked)
        #expect(try decide(signedBy: publisher, anchors: direct, [byStore]) == nil)
        #expect(try decide(signedBy: publisher, [byStore], hasProfile: true) == .revoked)
        #expect(try decide(signedBy: publisher, [byMaker], hasProfile: true) == .revoked)
        #expect(try decide(signedBy: store, [statement(by: store, keys: [store])]) == .revoked)
    }

    @Test("K-13: a publisher stands on the keys from the trusted one to its own, the store's too")
    func vouchers() throws {
        let lineage = try Lineage(from: publisher, to: successor.publicKey)
        let anchors = [Anchor(key: publisher.publicKey, signingClass: .developer)]
        let decision = try TrustPolicy(anchors: anchors, today: today).decide(
            Credentials(
                indexText: index,
                publisherSignature: Array(successor.sign(index, trustedComment: "index").fileText.utf8),
                profile: nil, lineage: lineage.text))
        #expect(decision.publisher.vouchers == [publisher.publicKey])
        #expect(decision.publisher.continues(publisher.publicKey.bytes))
    }

    @Test("K-13: one release can be revoked by its index")
    func release() throws {
        let word = statement(by: store, indexes: [Digest(of: index)])
        #expect(try decide(signedBy: publisher, [word], hasProfile: true) == .revoked)
        let other = statement(by: store, indexes: [Digest(of: [1])])
        #expect(try decide(signedBy: publisher, [other], hasProfile: true) == nil)
    }

    @Test(
        "K-12: nobody's, a developer's and a revoked signer's statements do not count; forged ones are an error"
    )
    func signers() throws {
        let direct: [(SecretKey, SigningClass)] = [(publisher, .developer), (successor, .developer)]
        let byDeveloper = statement(by: successor, keys: [publisher])
        #expect(try decide(signedBy: publisher, anchors: direct, [byDeveloper]) == nil)
        let byMaker = statement(by: system, keys: [publisher])
        #expect(try decide(signedBy: publisher, anchors: direct, own: [system], [byMaker]) == nil)
        var forged = byMaker
        forged.text = statement(by: system, keys: [successor]).text
        #expect(throws: Failure.self) {
            try decide(signedBy: publisher, anchors: direct, [forged])
        }
    }

    @Test("K-13: a revoked key hands on no trust, but who is trusted by itself may come from one")
    func lineage() throws {
        let lineage = try Lineage(from: publisher, to: successor.publicKey)
        let anchors: [(SecretKey, SigningClass)] = [(publisher, .developer)]
        #expect(try decide(signedBy: successor, anchors: anchors, lineage: lineage) == nil)
        #expect(
            try decide(signedBy: successor, anchors: anchors, own: [publisher], lineage: lineage) == .revoked)
        #expect(
            try decide(
                signedBy: successor, anchors: anchors, own: [publisher], hasProfile: true, lineage: lineage)
                == nil)
        #expect(
            try decide(
                signedBy: successor, anchors: anchors + [(successor, .developer)], own: [publisher],
                lineage: lineage) == nil)
    }

    @Test("K-6, K-12: a revocation has one spelling, and no other statement passes for it")
    func text() throws {
        let revocation = Revocation(
            number: 7, keys: [publisher.publicKey], indexes: [Digest(of: index)])
        #expect(try Revocation(text: revocation.text) == revocation)
        let text = String(decoding: revocation.text, as: UTF8.self)
        for wrong in [
            text.replacing("number\t7", with: "number\t07"), text.replacing("number\t7", with: "number\t0"),
            text.replacing("ypkg-revocation", with: "ypkg-profile"), text + "\n", text + "key\tx\n",
            text.replacing("index\t", with: "index\tA"), String(text.dropLast()), "",
        ] {
            #expect(throws: Failure.self) { try Revocation(text: Array(wrong.utf8)) }
        }
    }
}
