import Signing
import Testing
import Trust
import YunCore

@Suite struct TrustTests {
    private let index = Array("ypkg-index 1\nthe rest\n".utf8)
    private let publisher: SecretKey
    private let store: SecretKey
    private let successor: SecretKey
    private let today = CalendarDay(secondsSince1970: 1_800_000_000)

    init() throws {
        publisher = try SecretKey.generate()
        store = try SecretKey.generate()
        successor = try SecretKey.generate()
    }

    private func decide(
        signedBy key: SecretKey, anchors: [(SecretKey, SigningClass)],
        profile: (text: [UInt8], signature: [UInt8])? = nil, lineage: [UInt8]? = nil, text: [UInt8]? = nil
    ) throws(Failure) -> TrustPolicy.Decision {
        let policy = TrustPolicy(
            anchors: anchors.map { Anchor(key: $0.publicKey, signingClass: $1) }, today: today)
        let signature = key.sign(text ?? index, trustedComment: "test")
        return try policy.decide(
            Credentials(
                indexText: index, publisherSignature: Array(signature.fileText.utf8), profile: profile,
                lineage: lineage))
    }

    private func profile(
        by signer: SecretKey, domains: [String] = ["*.example.com"], permissions: [Permission] = [.network],
        until: String = "2027-12-31"
    ) throws -> (text: [UInt8], signature: [UInt8]) {
        let profile = Profile(
            key: publisher.publicKey, domains: domains, permissions: permissions,
            until: try #require(CalendarDay(until)))
        return (profile.text, Array(signer.sign(profile.text, trustedComment: "profile").fileText.utf8))
    }

    private func code(_ body: () throws -> Void) -> FailureCode? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Failure)?.code
        }
    }

    @Test("K-7: an anchor's signature is enough, and its class is known")
    func anchor() throws {
        let decision = try decide(signedBy: publisher, anchors: [(store, .store), (publisher, .developer)])
        #expect(decision.publisher.key == publisher.publicKey)
        #expect(decision.publisher.signingClass == .developer)
    }

    @Test("K-7: nobody's and another text's signatures are not")
    func noAnchor() {
        #expect(code { _ = try decide(signedBy: publisher, anchors: []) } == .signerUnknown)
        #expect(code { _ = try decide(signedBy: publisher, anchors: [(store, .system)]) } == .signerUnknown)
        let wrong = code {
            _ = try decide(signedBy: publisher, anchors: [(publisher, .developer)], text: [1, 2])
        }
        #expect(wrong == .signatureWrong)
    }

    @Test("K-8, K-9: a store's profile lets its publisher in, within its bounds")
    func profile() throws {
        let good = try profile(by: store)
        let decision = try decide(signedBy: publisher, anchors: [(store, .store)], profile: good)
        #expect(decision.publisher.signingClass == .store)
        try decision.authorize(domain: Domain("a.example.com"), permissions: [.network])
        #expect(
            code { try decision.authorize(domain: Domain("example.org"), permissions: []) } == .notAllowed)
        #expect(
            code { try decision.authorize(domain: Domain("badexample.com"), permissions: []) } == .notAllowed)
        #expect(
            code { try decision.authorize(domain: Domain("a.example.com"), permissions: [.camera]) }
                == .notAllowed)
    }

    @Test("K-8: a profile of a developer, of the publisher itself, or of yesterday is nothing")
    func badProfiles() throws {
        let good = try profile(by: store)
        #expect(
            code { _ = try decide(signedBy: publisher, anchors: [(store, .developer)], profile: good) }
                == .signerUnknown)
        let own = try profile(by: publisher)
        #expect(
            code { _ = try decide(signedBy: publisher, anchors: [(store, .store)], profile: own) }
                == .signerUnknown)
        let old = try profile(by: store, until: "2027-01-14")
        #expect(
            code { _ = try decide(signedBy: publisher, anchors: [(store, .store)], profile: old) }
                == .notAllowed)
    }

    @Test("K-7: whoever is trusted directly is not bound by a profile that came along")
    func profileBesideAnchor() throws {
        let old = try profile(by: store, until: "2020-01-01")
        let decision = try decide(signedBy: publisher, anchors: [(publisher, .developer)], profile: old)
        try decision.authorize(domain: Domain("other.org"), permissions: [.camera])
        #expect(decision.publisher.signingClass == .developer)
    }

    @Test("K-6: a signed text of one kind never passes for another")
    func typeConfusion() throws {
        let signature = Array(store.sign(index, trustedComment: "index").fileText.utf8)
        let confused = code {
            _ = try decide(signedBy: publisher, anchors: [(store, .store)], profile: (index, signature))
        }
        #expect(confused == .statementMalformed)
        #expect(throws: Failure.self) { try Lineage(text: index) }
    }

    @Test("K-10, K-11: a lineage leads from a trusted key to the one that signs now")
    func lineage() throws {
        let lineage = try Lineage(from: publisher, to: successor.publicKey)
        let decision = try decide(
            signedBy: successor, anchors: [(publisher, .developer)], lineage: lineage.text)
        #expect(decision.publisher.key == successor.publicKey)
        #expect(decision.publisher.continues(publisher.publicKey.bytes))
        #expect(!decision.publisher.continues(store.publicKey.bytes))
        #expect(
            code { _ = try decide(signedBy: successor, anchors: [(store, .store)], lineage: lineage.text) }
                == .signerUnknown)
        #expect(try Lineage(text: lineage.text) == lineage)
    }

    @Test("K-11: a successor that is an anchor itself still continues its predecessor")
    func trustedSuccessor() throws {
        let lineage = try Lineage(from: publisher, to: successor.publicKey)
        let decision = try decide(
            signedBy: successor, anchors: [(successor, .developer), (publisher, .developer)],
            lineage: lineage.text)
        #expect(decision.publisher.continues(publisher.publicKey.bytes))
    }

    @Test("K-10: a lineage of three keys may be entered at the second; a broken one is refused whole")
    func longLineage() throws {
        let third = try SecretKey.generate()
        let lineage = try Lineage(
            from: successor, to: third.publicKey, after: Lineage(from: publisher, to: successor.publicKey))
        let decision = try decide(signedBy: third, anchors: [(successor, .system)], lineage: lineage.text)
        #expect(decision.publisher.continues(publisher.publicKey.bytes))
        #expect(decision.publisher.signingClass == .system)
        var text = lineage.text
        text[text.count - 10] ^= 1
        #expect(throws: Failure.self) { try Lineage(text: text) }
        #expect(throws: Failure.self) {
            try Lineage(
                from: third, to: store.publicKey, after: Lineage(from: publisher, to: successor.publicKey))
        }
    }

    @Test("a profile's publisher may hand on to a successor within the profile's bounds")
    func profileAndLineage() throws {
        let decision = try decide(
            signedBy: successor, anchors: [(store, .store)], profile: profile(by: store),
            lineage: Lineage(from: publisher, to: successor.publicKey).text)
        #expect(code { try decision.authorize(domain: Domain("evil.org"), permissions: []) } == .notAllowed)
    }

    @Test(
        "days",
        arguments: [
            (0, "1970-01-01"), (951_782_400, "2000-02-29"), (1_795_257_734, "2026-11-21"),
            (4_102_444_799, "2099-12-31"),
        ])
    func days(_ seconds: Int, _ text: String) {
        #expect(CalendarDay(secondsSince1970: seconds).description == text)
        #expect(CalendarDay(text)?.description == text)
        #expect(
            CalendarDay(text + "0") == nil && CalendarDay("2026-13-01") == nil && CalendarDay("26-1-1") == nil
        )
    }
}
