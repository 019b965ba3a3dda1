import Support
import Testing

/// The notes sample with a broker around it.
@Suite struct NotesTests {
    private let home: TemporaryDirectory
    private let broker: FakeBroker

    init() throws {
        home = try TemporaryDirectory()
        try home.write("tea\nrice\nsalt\n".utf8, to: "notes.txt")
        broker = try FakeBroker(events: ["create", "start", "link", "show", "back_key", "destroy"])
    }

    private func notes(_ arguments: String..., path: String? = nil) throws -> Program.Result {
        try Program("\(Checkout.path)/SamplePackages/notes/bin/notes").run(
            arguments, environment: ["HOME": home.path, "YUN_BROKER": path ?? broker.path])
    }

    @Test("As a page it says what it is told, shows the note that a link leads to, and ends with the page")
    func page() throws {
        let result = try notes()
        #expect(
            result.output == """
                1  tea
                2  rice
                3  salt
                notes: create
                notes: start
                notes: link
                3  salt
                notes: show
                notes: backKey
                notes: destroy

                """)
        #expect(result.status == 0, "\(result.errors)")
        #expect(broker.seen.taken == ["7 1", "7 2", "7 3", "7 4", "7 5 false", "7 6"])
    }

    @Test("It opens the shop, tells its permissions, and reminds of a note by a link to it")
    func calls() throws {
        #expect(try notes("shop").status == 0)
        #expect(broker.seen.opened == ["page://mobile.taobao.com/home - -"])
        #expect(try notes("permissions").output.contains("CAMERA.permission.yunos.com  ask\n"))
        #expect(try notes("remind", "2").output == "notifications are granted\n")
        #expect(broker.seen.posted == ["Notes|rice|note-2|page://notes.yunos.com/main?note=2 - -"])
    }

    @Test("Without a broker it is a program like any other") func alone() throws {
        #expect(try notes(path: "/nonexistent").output == "1  tea\n2  rice\n3  salt\n")
        let shop = try notes("shop", path: "/nonexistent")
        #expect(shop.status == 1 && shop.errors.contains("cannot reach the broker"))
    }
}
