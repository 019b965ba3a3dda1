import CloudModel
import Foundation
import OAuth
import Signing
import Testing
import YunCore

private let now = Instant(milliseconds: 1_700_000_000_000)

@Suite struct SecretTests {
    @Test(
        "O-1: a secret has 256 bits of chance, says what it is, and is found by its digest",
        arguments: SecretKind.allCases)
    func texts(kind: SecretKind) throws {
        guard kind != .refreshToken else { return }
        let secret = TokenSecret(kind)
        #expect(secret.text.hasPrefix(kind.rawValue))
        #expect(secret.text.utf8.count == 4 + 43)
        #expect(secret.digest == Digest(of: Array(secret.text.utf8)).bytes)
        #expect(TokenSecret(kind, secret.text)?.digest == secret.digest)
        #expect(TokenSecret(kind).text != secret.text)
        for other in SecretKind.allCases where other != kind {
            #expect(TokenSecret(other, secret.text) == nil)
        }
        for text in [
            "", "yat_", secret.text + "A", String(secret.text.dropLast()), secret.text + "=",
            " " + secret.text,
        ] {
            #expect(TokenSecret(kind, text) == nil)
        }
    }

    @Test("O-1: tokens of one family know it, and nothing else of each other")
    func families() throws {
        let code = TokenSecret(.deviceCode)
        let first = RefreshToken(for: code)
        let sister = RefreshToken(for: code)
        let next = first.successor
        #expect(Set([first.familyDigest, sister.familyDigest, next.familyDigest]).count == 1)
        #expect(Set([first.digest, sister.digest, next.digest]).count == 3)
        #expect(RefreshToken(for: TokenSecret(.deviceCode)).familyDigest != first.familyDigest)
        let read = try #require(RefreshToken(first.text))
        #expect(read.digest == first.digest)
        #expect(read.familyDigest == first.familyDigest)
        #expect(RefreshToken(code.text) == nil)
        #expect(RefreshToken(first.text + "A") == nil)
    }

    @Test("what an owner types has no vowels, and is read however it is typed")
    func userCodes() throws {
        let code = UserCode()
        #expect(code.letters.count == 8)
        #expect(code.letters.allSatisfy { "BCDFGHJKLMNPQRSTVWXZ".contains($0) })
        #expect(code.description == "\(code.letters.prefix(4))-\(code.letters.suffix(4))")
        for typed in [
            code.description, code.letters.lowercased(),
            " \(code.letters.prefix(4)) \(code.letters.suffix(4))",
        ] {
            #expect(UserCode(typed: typed) == code)
        }
        for typed in ["", "ABCDEFGH", "BCDFGHJ", "BCDFGHJKL", "BCDF_GHJK", "ＢＣＤＦＧＨＪＫ"] {
            #expect(UserCode(typed: typed) == nil)
        }
        #expect(Set((0..<200).map { _ in UserCode().letters }).count == 200)
    }

    @Test("code injection: only the verifier answers its challenge (RFC 7636, B)")
    func challenges() throws {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        let challenge = try CodeChallenge(
            challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", method: "S256")
        #expect(challenge.isAnswered(by: verifier))
        #expect(!challenge.isAnswered(by: verifier + "x"))
        #expect(!challenge.isAnswered(by: challenge.text))
        #expect(!challenge.isAnswered(by: ""))
        let short = Digest(of: Array("short".utf8)).bytes.base64URL
        #expect(!CodeChallenge(kept: short).isAnswered(by: "short"))
    }

    @Test("O-4: two that compare what they know an owner by learn nothing")
    func pairwise() {
        let subject = PairwiseSubject.text(of: "secret", for: .app(domain: "a.example.com"))
        #expect(subject == PairwiseSubject.text(of: "secret", for: .app(domain: "a.example.com")))
        let others = [
            PairwiseSubject.text(of: "secret", for: .app(domain: "b.example.com")),
            PairwiseSubject.text(of: "secret", for: .client("a.example.com")),
            PairwiseSubject.text(of: "other", for: .app(domain: "a.example.com")),
        ]
        #expect(Set(others + [subject]).count == 4)
        #expect(!subject.contains("secret"))
    }

    @Test(
        "a phone's name is a line that moves nothing else",
        arguments: ["", " ", "a\nb", "\u{202E}gnim", "\u{0}", String(repeating: "a", count: 65)])
    func descriptions(name: String) throws {
        #expect(throws: Problem.self) { try DeviceDescription(name: name, model: "m") }
        #expect(throws: Problem.self) { try DeviceDescription(name: "n", model: name) }
        #expect(try DeviceDescription(name: "小明的手机", model: "Coolpad 8720L").name == "小明的手机")
    }
}

@Suite struct IDTokenTests {
    private let key = SigningKey(signsFrom: now)
    private let issuer = "https://yun.cn"

    private func claims(issuedAt: Instant = now) -> IDClaims {
        IDClaims(
            issuer: issuer, subject: "s", audience: "notes", issuedAt: issuedAt, lifetimeSeconds: 600,
            authenticatedAt: now, nonce: "n", name: nil)
    }

    private func read(_ text: String, keys: [SigningKey]? = nil, at time: Instant = now) throws(Problem)
        -> IDClaims
    {
        try IDToken.claims(of: text, keys: keys ?? [key], issuer: issuer, at: time)
    }

    /// A token with any header, signed with the key as if it were the right one.
    private func token(_ header: String, signature: String? = nil) throws -> String {
        let own = try IDToken.signed(claims(), with: key).split(separator: ".")
        return "\(Array(header.utf8).base64URL).\(own[1]).\(signature ?? String(own[2]))"
    }

    @Test("O-5: a token of ours is known again, also when it is over, and by a key that signs no more")
    func own() throws {
        let text = try IDToken.signed(claims(), with: key)
        #expect(try read(text) == claims())
        #expect(try read(text, at: now.advanced(bySeconds: 86_400)) == claims())
        let kept = try SigningKey(id: key.id, bytes: key.bytes, signsFrom: now)
        #expect(try read(text, keys: [SigningKey(signsFrom: now), kept]) == claims())
    }

    @Test("`none` and wrong algorithms: whatever the header says, ES256 alone is spoken")
    func algorithms() throws {
        for alg in ["none", "None", "nOnE", "", "HS256", "RS256", "ES384", "ES512", "EdDSA", "es256"] {
            let header = "{\"alg\":\"\(alg)\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\"}"
            #expect(throws: Problem.self) { try read(token(header)) }
            #expect(throws: Problem.self) { try read(token(header, signature: "")) }
        }
        let own = try IDToken.signed(claims(), with: key)
        let parts = own.split(separator: ".").map(String.init)
        for text in [
            "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])", "..", "", own + ".", own + "A",
            "\(parts[0]).\(parts[1]).\(parts[2])=", "\(parts[1]).\(parts[0]).\(parts[2])",
            "\(parts[0]).\(parts[1]).\(parts[1])", String(repeating: "a", count: 9000),
        ] {
            #expect(throws: Problem.self) { try read(text) }
        }
    }

    @Test("a token that another server, key or issuer has made is none of ours")
    func foreign() throws {
        let text = try IDToken.signed(claims(), with: key)
        #expect(throws: Problem.self) { try read(text, keys: []) }
        #expect(throws: Problem.self) { try read(text, keys: [SigningKey(signsFrom: now)]) }
        let stranger = try SigningKey(id: key.id, bytes: SigningKey(signsFrom: now).bytes, signsFrom: now)
        #expect(throws: Problem.self) { try read(text, keys: [stranger]) }
        #expect(throws: Problem.self) {
            try IDToken.claims(of: text, keys: [key], issuer: "https://other.cn", at: now)
        }
        var bytes = Array(text.utf8)
        bytes[bytes.count / 2] ^= 1
        #expect(throws: Problem.self) { try read(String(decoding: bytes, as: UTF8.self)) }
    }

    @Test(
        "clock skew: a token of a server whose clock is a little ahead is taken, one from the future is not")
    func skew() throws {
        let ahead = try IDToken.signed(claims(issuedAt: now.advanced(bySeconds: 59)), with: key)
        #expect(try read(ahead).sub == "s")
        let future = try IDToken.signed(claims(issuedAt: now.advanced(bySeconds: 3600)), with: key)
        #expect(throws: Problem.self) { try read(future) }
    }

    @Test("O-5: what is published of a key is the public half, and what it is for")
    func published() throws {
        let text = String(decoding: try JSONEncoder().encode(key.published), as: UTF8.self)
        for part in [
            "\"kty\":\"EC\"", "\"crv\":\"P-256\"", "\"alg\":\"ES256\"", "\"use\":\"sig\"",
            "\"kid\":\"\(key.id)\"",
        ] {
            #expect(text.contains(part), "\(text)")
        }
        #expect(!text.contains(key.bytes.base64URL))
    }
}

@Suite struct KeyScheduleTests {
    private let period = KeySchedule.periodSeconds

    private func time(_ seconds: Int64) -> Instant { now.advanced(bySeconds: seconds) }

    @Test("O-6: the first key signs at once, and the next is published a period before it does")
    func first() {
        let schedule = KeySchedule(keys: [], at: now)
        #expect(schedule.missing == [now, time(period)])
        #expect(schedule.over == [])
        #expect(!KeySchedule(keys: [("a", now), ("b", time(period))], at: now).isDue)
    }

    @Test("O-6: a key stays published until what it signed is over")
    func rotation() {
        let keys = [("a", now), ("b", time(period))]
        #expect(!KeySchedule(keys: keys, at: time(period - 1)).isDue)
        let changed = KeySchedule(keys: keys, at: time(period))
        #expect(changed.missing == [time(2 * period)])
        #expect(changed.over == [])
        let later = KeySchedule(keys: keys + [("c", time(2 * period))], at: time(period + 86_400))
        #expect(later.missing == [])
        #expect(later.over == ["a"])
    }

    @Test("O-6: a server that was off for long goes on with the key that clients know")
    func longAway() {
        let schedule = KeySchedule(keys: [("a", now), ("b", time(period))], at: time(3 * period))
        #expect(schedule.missing == [time(3 * period + period / 2)])
        #expect(schedule.over == ["a"])
    }

    @Test("clock skew: a server whose clock is behind makes a key of its own rather than none")
    func behind() {
        let schedule = KeySchedule(keys: [("a", time(5)), ("b", time(period))], at: now)
        #expect(schedule.missing == [now])
        #expect(schedule.over == [])
    }
}
