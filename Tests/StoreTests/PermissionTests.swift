import Signing
import Support
import Testing
import Trust
import YunCore

@testable import Store

/// One app in a registry of its own.
struct RegistryScene {
    let directory: TemporaryDirectory
    let registry: Registry
    let domain: Domain

    init(_ name: String = "a.b") throws {
        directory = try TemporaryDirectory()
        registry = try Registry(path: directory.path("state.db"))
        domain = try Domain(name)
    }

    func install(
        _ code: Int = 1, asking permissions: Set<Permission> = [], as signingClass: SigningClass = .developer,
        _ domain: Domain? = nil
    ) throws {
        try Self.commit(domain ?? self.domain, code, asking: permissions, as: signingClass, to: registry)
    }

    static func commit(
        _ domain: Domain, _ code: Int = 1, asking permissions: Set<Permission> = [],
        as signingClass: SigningClass = .developer, to registry: Registry
    ) throws {
        let release = InstalledRelease(
            domain: domain, version: try VersionName("1"), versionCode: try VersionCode(code),
            indexDigest: Digest(of: [UInt8(code)]), contentBytes: 1, installedAt: 1,
            publisherKey: [UInt8](repeating: 1, count: 32), isCurrent: true)
        try registry.commit(
            Registry.NewRelease(
                release: release, signingClass: signingClass.rawValue, userID: nil, title: "T", pages: [],
                permissions: permissions))
    }

    func answer(_ answer: PermissionAnswer, to permission: Permission) throws {
        try registry.answer(answer, to: permission, of: domain, by: .owner, at: 7)
    }

    func decision(
        on permission: Permission, isInUse: Bool = true, once: Bool = false
    ) throws -> PermissionDecision {
        try #require(try registry.permissions(of: domain)).decision(
            on: permission, isInUse: isInUse, once: once)
    }

    func isDenied(_ permission: Permission, isInUse: Bool = true, once: Bool = false) throws -> Bool {
        if case .denied = try decision(on: permission, isInUse: isInUse, once: once) { true } else { false }
    }
}

@Suite struct PermissionTests {
    private let scene: RegistryScene

    init() throws { scene = try RegistryScene() }

    @Test("an install grants what is granted with it, asks for the rest, and knows nothing else (G-1, G-3)")
    func install() throws {
        #expect(try scene.registry.permissions(of: scene.domain) == nil)
        try scene.install(asking: [.network, .camera])
        #expect(try scene.decision(on: .network) == .granted)
        #expect(try scene.decision(on: .camera) == .ask)
        #expect(try scene.decision(on: .audio) == .denied("the manifest does not ask for AUDIO"))
        #expect(try scene.decision(on: .camera, once: true) == .granted)
        #expect(try scene.isDenied(.audio, once: true))
    }

    @Test("G-2: what is the system's no other class gets, by no answer", arguments: SigningClass.allCases)
    func system(_ signingClass: SigningClass) throws {
        try scene.install(asking: [.packages], as: signingClass)
        if signingClass == .system {
            #expect(try scene.decision(on: .packages) == .granted)
            try scene.answer(.never, to: .packages)
            #expect(try scene.isDenied(.packages))
            return
        }
        #expect(try scene.isDenied(.packages, once: true))
        for answer in [PermissionAnswer.always, .whileInUse] {
            #expect { try scene.answer(answer, to: .packages) } throws: {
                ($0 as? Failure)?.code == .permissionDenied
            }
        }
        try scene.answer(.never, to: .packages)
        #expect(try scene.registry.permissions(of: scene.domain)?.asked.first?.answer?.answer == .never)
    }

    @Test("G-1: what the manifest does not ask for no answer grants")
    func notAsked() throws {
        try scene.install(asking: [.network])
        for answer in [PermissionAnswer.always, .whileInUse] {
            #expect { try scene.answer(answer, to: .camera) } throws: {
                ($0 as? Failure)?.code == .permissionDenied
            }
        }
        #expect(try scene.isDenied(.camera))
        #expect(try scene.registry.permissions(of: scene.domain)?.asked.count == 1)
    }

    @Test("G-3: an update gets nothing new silently, not even what an install would grant")
    func update() throws {
        try scene.install(1, asking: [.network])
        try scene.install(2, asking: [.network, .graphics, .camera])
        #expect(try scene.decision(on: .network) == .granted)
        #expect(try scene.decision(on: .graphics) == .ask)
        #expect(try scene.decision(on: .camera) == .ask)
    }

    @Test(
        "G-3: what a release no longer asked for is asked again when a later one does, whatever was answered")
    func dropped() throws {
        try scene.install(1, asking: [.network, .camera])
        try scene.answer(.always, to: .camera)
        try scene.install(2)
        #expect(try scene.isDenied(.network) && scene.isDenied(.camera))
        try scene.install(3, asking: [.network, .camera])
        #expect(try scene.decision(on: .network) == .ask && scene.decision(on: .camera) == .ask)
    }

    @Test("G-1, G-3: a return takes what the older release does not ask for, and brings nothing silently")
    func goingBack() throws {
        try scene.install(1, asking: [.network])
        try scene.install(2, asking: [.network, .graphics])
        try scene.answer(.always, to: .graphics)
        try scene.registry.commitReturn(
            of: scene.domain, to: VersionCode(1), title: "T", pages: [], permissions: [.network], at: 1)
        #expect(try scene.decision(on: .network) == .granted && scene.isDenied(.graphics))
        try scene.registry.commitReturn(
            of: scene.domain, to: VersionCode(2), title: "T", pages: [], permissions: [.network, .graphics],
            at: 1)
        #expect(try scene.decision(on: .graphics) == .ask)
    }

    @Test("an answer holds for the next process, with its time and origin (G-4)")
    func answers() throws {
        try scene.install(asking: [.network, .camera, .location])
        try scene.answer(.whileInUse, to: .camera)
        try scene.answer(.always, to: .location)
        try scene.answer(.never, to: .network)
        let permissions = try #require(
            try Registry(path: scene.directory.path("state.db")).permissions(of: scene.domain))
        #expect(permissions.asked.map(\.permission) == [.camera, .location, .network])
        #expect(permissions.asked.allSatisfy { $0.answer?.at == 7 && $0.answer?.by == .owner })
        #expect(permissions.decision(on: .camera, isInUse: true) == .granted)
        #expect(
            permissions.decision(on: .camera, isInUse: false)
                == .denied("the owner has allowed CAMERA only while the app is in use"))
        #expect(permissions.decision(on: .location, isInUse: false) == .granted)
        #expect(
            permissions.decision(on: .network, isInUse: true, once: true)
                == .denied("the owner has denied NETWORK"))
    }

    @Test("G-5: what is forgotten is as it was after the install, one permission or all")
    func forgotten() throws {
        try scene.install(asking: [.network, .camera, .location])
        for permission in [Permission.network, .camera, .location] {
            try scene.answer(.never, to: permission)
        }
        try scene.registry.forgetAnswers(to: .camera, of: scene.domain)
        #expect(try scene.decision(on: .camera) == .ask && scene.isDenied(.network))
        try scene.registry.forgetAnswers(of: scene.domain)
        #expect(try scene.decision(on: .network) == .granted && scene.decision(on: .location) == .ask)
    }

    @Test("G-6: a removal forgets every answer, with kept data too", arguments: [true, false])
    func removal(keepsData: Bool) throws {
        try scene.install(asking: [.camera, .network])
        try scene.answer(.always, to: .camera)
        try scene.answer(.never, to: .network)
        try scene.registry.remove(scene.domain, keepsData: keepsData, at: 1)
        #expect(try scene.registry.permissions(of: scene.domain) == nil)
        #expect { try scene.answer(.always, to: .camera) } throws: { ($0 as? Failure)?.code == .appUnknown }
        #expect {
            try scene.registry.forgetAnswers(of: scene.domain)
        } throws: { ($0 as? Failure)?.code == .appUnknown }
        try scene.install(2, asking: [.camera, .network])
        #expect(try scene.decision(on: .camera) == .ask && scene.decision(on: .network) == .granted)
    }

    @Test("an answer is of one app alone")
    func others() throws {
        let other = try Domain("c.d")
        try scene.install(asking: [.camera])
        try scene.install(asking: [.camera], other)
        try scene.answer(.always, to: .camera)
        #expect(
            try scene.registry.permissions(of: other)?.decision(on: .camera, isInUse: true) == .ask)
    }

    @Test(
        "a row that cannot be is damage, never a grant",
        arguments: ["permission = 'ROOT'", "answer = 'sure'", "answered_by = 'me'", "answered_at = NULL"])
    func damage(_ change: String) throws {
        try scene.install(asking: [.camera])
        try scene.answer(.never, to: .camera)
        #expect(
            try Program("sqlite3").run(scene.directory.path("state.db"), "UPDATE permission SET \(change)")
                .status
                == 0)
        #expect { try scene.decision(on: .camera) } throws: { ($0 as? Failure)?.code == .storeDamaged }
    }
}
