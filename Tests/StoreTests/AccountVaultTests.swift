import Platform
import Support
import Testing
import YunCore

@testable import Store

@Suite struct AccountVaultTests {
    private let directory: TemporaryDirectory
    private let store: AnchoredDirectory

    init() throws {
        directory = try TemporaryDirectory()
        store = try AnchoredDirectory(at: directory.path(""))
    }

    @Test("A-5: only the device's key opens what it has sealed, and a changed text is none")
    func seal() throws {
        let vault = try AccountVault(in: store)
        let text = Array("yrt_secret".utf8)
        let sealed = try vault.seal(text)
        #expect(try vault.open(sealed) == text)
        #expect(try vault.seal(text) != sealed)
        #expect(try AccountVault(in: store).open(sealed) == text)
        var changed = Array(sealed.utf8)
        for place in changed.indices {
            let former = changed[place]
            changed[place] = former == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(try vault.open(String(decoding: changed, as: UTF8.self)) == nil, "\(place)")
            changed[place] = former
        }
        for wrong in ["", "A", "%%%", String(sealed.dropLast(4)), sealed + "AAAA"] {
            #expect(try vault.open(wrong) == nil, "\(wrong)")
        }
        try directory.write([UInt8](repeating: 1, count: 32), to: "keys/device")
        #expect(try vault.open(sealed) == nil)
        for size in [0, 31, 33] {
            try directory.write([UInt8](repeating: 1, count: size), to: "keys/device")
            #expect(try vault.open(sealed) == nil)
        }
        #expect(try Program("rm").run(directory.path("keys/device")).status == 0)
        #expect(try vault.open(sealed) == nil)
    }

    @Test("A-6: what is written takes the place of what was there, whole")
    func write() throws {
        let vault = try AccountVault(in: store)
        #expect(try vault.read() == nil)
        try vault.write(Array("first".utf8))
        try vault.write(Array("second".utf8))
        #expect(try vault.read() == Array("second".utf8))
        #expect(try directory.tree("account") == ["sign-in"])
    }
}
