import Glibc
import Platform
import Support
import Synchronization
import Testing
import YunCore

@testable import Store

/// The files of one installed app that is in use.
struct FileScene {
    let values: ValueScene
    /// What the app sees as `/data/pages`.
    let pages = "root/data/a.b/files/pages"

    init() throws { values = try ValueScene() }

    var directory: TemporaryDirectory { values.directory }

    func files(_ change: (inout AppFiles.Limits) -> Void = { _ in }) throws -> AppFiles {
        var limits = AppFiles.Limits()
        change(&limits)
        return try AppFiles(of: values.use, limits: limits)
    }

    /// What the app's own processes do in `/data`.
    func lay(_ script: String) throws {
        let result = try Program("/bin/sh").run(
            ["-ec", script], directory: directory.path("root/data/a.b/files"))
        #expect(result.status == 0, "\(result.errors)")
    }

    func text(_ path: String, of files: AppFiles) throws -> String {
        String(decoding: try files.read(path).readToEnd(limit: 1 << 20, describedAs: path), as: UTF8.self)
    }

    /// Nothing half-made lies anywhere.
    func expectTidy() throws {
        #expect(try directory.tree("root/data/a.b/parts").isEmpty)
        #expect(try directory.tree("root/data").filter { $0.contains("moved") }.isEmpty)
    }
}

@Suite struct AppFilesTests {
    private let scene: FileScene

    init() throws { scene = try FileScene() }

    @Test("a file is written, read, replaced, moved and removed, and is there for the next process")
    func basics() throws {
        let files = try scene.files()
        #expect(try files.list(limit: 9).entries.isEmpty && files.status(of: "a") == nil)
        try files.write(Array("one".utf8), to: "a")
        let former = try files.read("a")
        try files.write(Array("two!".utf8), to: "a")
        #expect(try scene.text("a", of: files) == "two!")
        #expect(try former.readToEnd(limit: 9, describedAs: "a") == Array("one".utf8))
        try files.makeDirectory("d")
        try files.move("a", to: "d/b")
        let entry = try #require(try scene.files().status(of: "d/b"))
        #expect(entry.name == "b" && !entry.isDirectory && entry.sizeBytes == 4)
        #expect(entry.modifiedMilliseconds > 1_600_000_000_000)
        #expect(try files.status(of: "d")?.isDirectory == true && files.status(of: "a") == nil)
        try files.remove("d/b")
        try files.remove("d")
        #expect(try scene.directory.tree(scene.pages).isEmpty)
        try scene.expectTidy()
    }

    @Test("V-10: what is opened for reading can only be read")
    func readOnly() throws {
        let files = try scene.files()
        try files.write([1], to: "a")
        let file = try files.read("a")
        #expect(throws: Failure.self) { try file.write([2]) }
        #expect(try scene.directory.read(scene.pages + "/a") == [1])
    }

    @Test("V-15: new files and directories belong to the app", .enabled(if: CurrentProcess.isRoot))
    func owner() throws {
        let root = try StoreRoot(path: scene.directory.path("root"))
        let domain = try Domain("a.b")
        #expect(
            try Program("sqlite3").run(
                scene.directory.path("root/state.db"), "UPDATE app SET user_id = 1900000007"
            ).status == 0)
        let files = try AppFiles(of: try #require(try root.use(domain)))
        try files.makeDirectory("d")
        try files.write([1], to: "d/a")
        let place = try AnchoredDirectory(at: scene.directory.path("root/data/a.b/files"))
        for path in ["pages", "pages/d", "pages/d/a"] {
            #expect(try place.status(of: path)?.owner == 1_900_000_007)
        }
        let own = try AnchoredDirectory(at: scene.directory.path("root/data/a.b"))
        #expect(try own.status(of: "parts")?.owner == 0 && own.status(of: "parts")?.permissions == 0o700)
    }

    @Test(
        "V-11: a path stays inside, whatever is asked",
        arguments: [
            "", "/etc/passwd", "..", "../values.db", "a/../../x", "./a", "a//b", "a/", "\0", "a\nb",
            "a\u{202E}b",
            String(repeating: "a", count: 256), String(repeating: "a/", count: 32) + "a",
        ])
    func badPaths(path: String) throws {
        let files = try scene.files()
        try files.write([1], to: "here")
        #expect(code { _ = try files.read(path) } == .storageInvalid)
        #expect(code { try files.write([1], to: path) } == .storageInvalid)
        #expect(code { try files.makeDirectory(path) } == .storageInvalid)
        #expect(code { try files.remove(path, recursively: true) } == .storageInvalid)
        #expect(code { try files.move("here", to: path) } == .storageInvalid)
        #expect(code { try files.move(path, to: "there") } == .storageInvalid)
        #expect(code { _ = try files.status(of: path) } == .storageInvalid)
        if !path.isEmpty { #expect(code { _ = try files.list(path, limit: 1) } == .storageInvalid) }
        #expect(try scene.directory.tree(scene.pages) == ["here"])
    }

    @Test("what is not there, or in the way, is said so")
    func refusals() throws {
        let files = try scene.files()
        try files.write([1], to: "a")
        try files.makeDirectory("d")
        try files.write([1], to: "d/x")
        #expect(code { _ = try files.read("none") } == .fileUnknown)
        #expect(code { _ = try files.read("d") } == .fileUnknown)
        #expect(code { _ = try files.read("a/b") } == .fileUnknown)
        #expect(code { try files.write([1], to: "none/a") } == .fileUnknown)
        #expect(code { try files.write([1], to: "a/b") } == .fileUnknown)
        #expect(code { try files.write([1], to: "d") } == .storageInvalid)
        #expect(code { try files.makeDirectory("a") } == .outputExists)
        #expect(code { try files.makeDirectory("d") } == .outputExists)
        #expect(code { try files.makeDirectory("none/d") } == .fileUnknown)
        #expect(code { try files.remove("none") } == .fileUnknown)
        #expect(code { try files.remove("d") } == .inputOutput)
        #expect(code { try files.move("none", to: "b") } == .fileUnknown)
        #expect(code { try files.move("a", to: "d/x") } == .outputExists)
        #expect(code { try files.move("a", to: "d", replacing: true) } == .inputOutput)
        #expect(code { try files.move("d", to: "d/e") } == .storageInvalid)
        #expect(code { _ = try files.list("none", limit: 1) } == .fileUnknown)
        #expect(try scene.directory.tree(scene.pages) == ["a", "d", "d/x"])
        try files.move("a", to: "d/x", replacing: true)
        try files.remove("d", recursively: true)
        #expect(try scene.directory.tree(scene.pages).isEmpty)
        try scene.expectTidy()
    }

    @Test("messages name no directory of the host")
    func messages() throws {
        let files = try scene.files()
        try files.write([1], to: "a")
        try scene.lay("ln -s /etc pages/out; mkfifo pages/pipe")
        let tries: [() throws -> Void] = [
            { _ = try files.read("none") }, { _ = try files.read("out/passwd") },
            { try files.write([1], to: "x/y") },
            { try files.remove("none/x") }, { try files.move("none", to: "b") },
            { _ = try files.list("pipe", limit: 1) },
        ]
        for attempt in tries {
            #expect {
                try attempt()
            } throws: { !"\($0)".contains(scene.directory.path) && !"\($0)".contains("a.b") }
        }
    }

    @Test(
        "a list is in the order of bytes and goes on where it ended; what no page could call so is not in it")
    func list() throws {
        let files = try scene.files()
        let names = ["a", "b", "ä", "z z", ".hidden"]
        for name in names { try files.write([1], to: name) }
        try scene.lay("cd pages; touch \"$(printf 'x\\377')\" \"$(printf 'x\\ny')\"; mkfifo p; ln -s a l")
        let all = try files.list(limit: 99)
        #expect(all.entries.map(\.name) == [".hidden", "a", "b", "z z", "ä"] && !all.hasMore)
        let part = try files.list(after: "a", limit: 2)
        #expect(part.entries.map(\.name) == ["b", "z z"] && part.hasMore)
    }
}

@Suite struct HostileFilesTests {
    private let scene: FileScene

    init() throws {
        scene = try FileScene()
        try scene.directory.write("secret".utf8, to: "outside/secret")
    }

    private func expectOutsideUntouched() throws {
        #expect(try scene.directory.tree("outside") == ["secret"])
        #expect(try scene.directory.read("outside/secret") == Array("secret".utf8))
    }

    @Test("V-11: no link leads anywhere, as a file, as a directory on the way, or in the place of the top")
    func links() throws {
        let files = try scene.files()
        try files.write([1], to: "a")
        let outside = scene.directory.path("outside")
        try scene.lay(
            "cd pages; ln -s \(outside)/secret s; ln -s \(outside) d; ln -s ../../values.db v; ln -s a own")
        for path in ["s", "v", "own", "d", "d/secret"] {
            #expect(code { _ = try files.read(path) } == .fileUnknown, "\(path)")
        }
        #expect(code { try files.write([1], to: "d/new") } == .fileUnknown)
        #expect(code { try files.makeDirectory("d/new") } == .fileUnknown)
        #expect(code { try files.remove("d/secret") } == .fileUnknown)
        #expect(code { try files.move("a", to: "d/a") } == .fileUnknown)
        #expect(code { try files.move("d/secret", to: "b") } == .fileUnknown)
        #expect(code { _ = try files.list("d", limit: 9) } == .fileUnknown)
        #expect(try files.status(of: "s") == nil && files.status(of: "d/secret") == nil)
        // The link itself is replaced and removed, never what it leads to.
        try files.write([2], to: "s")
        try files.remove("d", recursively: true)
        #expect(try scene.text("s", of: files) == "\u{2}")
        try expectOutsideUntouched()
        try scene.lay("rm -r pages; ln -s \(outside) pages")
        #expect(code { try files.write([1], to: "new") } == .fileUnknown)
        #expect(code { _ = try files.list(limit: 9) } == .fileUnknown)
        #expect(code { _ = try scene.files().usedBytes() } == .fileUnknown)
        try expectOutsideUntouched()
        try scene.expectTidy()
    }

    @Test("V-12: a FIFO, a socket or a device makes nobody wait and is no file")
    func specials() throws {
        let files = try scene.files()
        try files.write([1], to: "a")
        try scene.lay(
            "cd pages; mkfifo f; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"s\")'")
        var names = ["f", "s"]
        if CurrentProcess.isRoot {
            try scene.lay("mknod pages/z c 1 5")
            names.append("z")
        }
        for name in names {
            #expect(code { _ = try files.read(name) } == .fileUnknown)
            #expect(code { _ = try files.list(name, limit: 1) } == .fileUnknown)
            #expect(code { try files.write([1], to: "\(name)/x") } == .fileUnknown)
            #expect(code { try files.move(name, to: "x") } == .fileUnknown)
            #expect(try files.status(of: name) == nil)
            try files.write([2], to: name)
            #expect(try scene.text(name, of: files) == "\u{2}")
        }
        try scene.lay("mkfifo pages/g")
        try files.remove("g")
        try scene.lay("rm -r pages; mkfifo pages")
        #expect(code { try files.write([1], to: "a") } == .fileUnknown)
        #expect(code { _ = try files.read("a") } == .fileUnknown)
    }

    @Test("V-12: a file on which the app holds a lease is not waited for")
    func leased() throws {
        let files = try scene.files()
        try files.write([1], to: "a")
        // The kernel tells the holder with a signal, which would end the tests.
        signal(SIGIO, SIG_IGN)
        let own = try AnchoredDirectory(at: scene.directory.path(scene.pages))
        let leased = own.open(beneath: "b")
        try #require(fcntl(leased.number, 1024 /* F_SETLEASE */, Int32(F_WRLCK)) == 0)
        #expect(code { _ = try files.read("b") } == .inputUnreadable)
        try files.move("a", to: "b", replacing: true)
        #expect(try files.read("b").status().sizeBytes == 1)
    }

    private static func attempt(_ kind: Int, _ round: Int, on files: AppFiles) throws(Failure) {
        switch kind {
        case 0: try files.write([1], to: "d/x\(round)")
        case 1: try files.makeDirectory("d/y\(round)")
        case 2: try files.move("d/x\(round)", to: "d/secret", replacing: true)
        case 3: try files.remove("d/secret")
        default:
            let bytes = try files.read("d/secret").readToEnd(limit: 9, describedAs: "d/secret")
            guard bytes == [1] else { throw Failure(.internalError, "read what lies outside") }
        }
    }

    @Test("V-11: a directory that is exchanged for a link again and again never lets anything out")
    func races() throws {
        let files = try scene.files()
        let outside = scene.directory.path("outside")
        try files.makeDirectory("d")
        try scene.lay("ln -s \(outside) pages/l")
        let pages = try AnchoredDirectory(at: scene.directory.path(scene.pages))
        let isEnding = Mutex(false)
        try BlockingThreads.run(count: 2) { index throws(Failure) in
            if index == 1 {
                while isEnding.withLock({ !$0 }) { try pages.exchange("d", with: "l", in: pages) }
                return
            }
            defer { isEnding.withLock { $0 = true } }
            for round in 0..<500 {
                for kind in 0..<5 {
                    do throws(Failure) {
                        try Self.attempt(kind, round, on: files)
                    } catch  where error.code != .internalError { continue }
                }
            }
        }
        try expectOutsideUntouched()
        try scene.expectTidy()
    }

    @Test("V-13: names beyond number are an error, not memory")
    func manyNames() throws {
        try scene.files().write([1], to: "a")
        try scene.lay("mkdir pages/d; cd pages/d; seq 1 200 | xargs touch")
        let files = try scene.files { $0.entriesMax = 50 }
        #expect(code { _ = try files.list("d", limit: 1) } == .storageQuota)
        #expect(code { try files.write([1], to: "b") } == .storageQuota)
        // What is there can be replaced and removed all the same.
        try files.write([2], to: "a")
        try files.remove("d", recursively: true)
        try files.write([1], to: "b")
    }

    @Test("V-13: a tree deeper than any path goes as a whole")
    func deep() throws {
        let files = try scene.files()
        try files.makeDirectory("d")
        try scene.lay(
            "python3 -c 'import os\nos.chdir(\"pages/d\")\nfor i in range(2000): os.mkdir(\"n\"); os.chdir(\"n\")'"
        )
        _ = try files.usedBytes()
        try files.remove("d", recursively: true)
        #expect(try scene.directory.tree(scene.pages).isEmpty)
    }

    @Test("what a killed process left half-made is gone with the next start")
    func leftovers() throws {
        _ = try scene.files()
        try scene.directory.write([1], to: "root/data/a.b/parts/half")
        _ = try scene.files()
        try scene.expectTidy()
    }
}

@Suite struct FileQuotaTests {
    private let scene: FileScene

    init() throws { scene = try FileScene() }

    private func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: count) }

    @Test("V-14: bytes and files are counted, also those of the app's own processes")
    func counted() throws {
        let files = try scene.files {
            $0.sizeBytesMax = 1000
            $0.entriesMax = 4
        }
        try files.write(bytes(600), to: "a")
        #expect(code { try files.write(bytes(401), to: "b") } == .storageQuota)
        try files.write(bytes(400), to: "b")
        #expect(code { try files.write([1], to: "c") } == .storageQuota)
        try files.write(bytes(400), to: "b")
        try files.remove("b")
        try files.write(bytes(400), to: "c")
        try scene.lay("rm pages/c; printf 12345 > pages/own")
        #expect(try files.usedBytes() == 605)
        #expect(code { try files.write(bytes(396), to: "c") } == .storageQuota)
        try files.write(bytes(395), to: "c")
        try files.makeDirectory("d")
        #expect(code { try files.makeDirectory("e") } == .storageQuota)
        #expect(code { try files.write([], to: "e") } == .storageQuota)
        try files.move("c", to: "a", replacing: true)
        try files.write([], to: "e")
        #expect(try files.usedBytes() == 400)
        try scene.expectTidy()
    }

    @Test("V-14: many writers at once do not take more than there is")
    func concurrent() throws {
        let files = try scene.files { $0.sizeBytesMax = 1000 }
        let refused = Mutex(0)
        try BlockingThreads.run(count: 8) { index throws(Failure) in
            for round in 0..<10 {
                do throws(Failure) {
                    try files.write([UInt8](repeating: 1, count: 100), to: "\(index)-\(round)")
                } catch  where error.code == .storageQuota {
                    refused.withLock { $0 += 1 }
                }
            }
        }
        #expect(refused.withLock { $0 } == 70)
        #expect(try files.usedBytes() == 1000)
        try scene.expectTidy()
    }

    @Test("V-16: neither values nor files take the last of the free space; what makes room is possible")
    func reserve() throws {
        let files = try scene.files()
        try files.write([1], to: "a")
        let full = try scene.files { $0.reserveBytes = Int.max / 2 }
        #expect(code { try full.write([1], to: "b") } == .noSpace)
        try full.remove("a")
        let values = try scene.values.store()
        try values.set("a", "1")
        let fullValues = try ValueStore(of: scene.values.use, reserveBytes: Int.max / 2)
        #expect(code { try fullValues.set("b", "1") } == .noSpace)
        try fullValues.set("a", "2")
        try fullValues.remove("a")
    }

    @Test("a file is written from a file or a pipe, and only its whole contents get the name")
    func fromDescriptors() throws {
        let files = try scene.files()
        try scene.directory.write(bytes(700_000), to: "source")
        let source = try OwnedDescriptor.open(scene.directory.path("source"), .read)
        try files.write(from: source, to: "a")
        #expect(try files.status(of: "a")?.sizeBytes == 700_000)
        var pair: [Int32] = [-1, -1]
        #expect(unsafe pipe(&pair) == 0 && fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0)
        let reading = OwnedDescriptor(owning: pair[0])
        let number = pair[1]
        try BlockingThreads.run(count: 2) { [readingNumber = reading.number] index throws(Failure) in
            if index == 0 {
                try files.write(from: OwnedDescriptor(owning: dup(readingNumber)), to: "b")
            } else {
                for _ in 0..<50 { _ = unsafe Glibc.write(number, [1, 2, 3, 4], 4) }
                close(number)
            }
        }
        #expect(try files.status(of: "b")?.sizeBytes == 200)
        try scene.expectTidy()
    }

    @Test("V-14: a descriptor without an end is read no further than the quota, and leaves nothing")
    func endless() throws {
        let files = try scene.files { $0.sizeBytesMax = 1 << 20 }
        try files.write([1], to: "a")
        let zeros = try Pipe()
        let null = try OwnedDescriptor.open("/dev/null", .replace(permissions: 0))
        let writer = try SpawnedProcess(
            ["/bin/cat", "/dev/zero"], environment: [],
            descriptors: [null.number, zeros.writing.number, null.number])
        let reading = zeros.closingWritingEnd()
        #expect(code { try files.write(from: reading, to: "a") } == .storageQuota)
        close(reading.release())
        #expect(try writer.wait() == 128 + SIGPIPE)
        #expect(try scene.text("a", of: files) == "\u{1}")
        #expect(try files.usedBytes() == 1)
        try scene.expectTidy()
    }

    @Test("V-12: a descriptor that cannot be read, or says nothing, leaves the former file")
    func useless() throws {
        let files = try scene.files { $0.idleMilliseconds = 1 }
        try files.write([1], to: "a")
        var pair: [Int32] = [-1, -1]
        #expect(unsafe pipe(&pair) == 0)
        let silent = OwnedDescriptor(owning: pair[0])
        let writing = OwnedDescriptor(owning: pair[1])
        let directory = try OwnedDescriptor.open("/", .readDirectory)
        // What is made when it is read, judged by who reads; and what has no end.
        for path in ["/proc/self/stat", "/dev/zero", "/dev/null"] {
            let special = try OwnedDescriptor.open(path, .read)
            #expect(code { try files.write(from: special, to: "a") } == .inputUnreadable, "\(path)")
        }
        #expect(code { try files.write(from: silent, to: "a") } == .inputUnreadable)
        #expect(code { try files.write(from: writing, to: "a") } == .inputUnreadable)
        #expect(code { try files.write(from: directory, to: "a") } == .inputUnreadable)
        #expect(try scene.text("a", of: files) == "\u{1}")
        try scene.expectTidy()
    }
}

extension AppFilesTests {
    @Test("V-12: whoever gives a pipe and holds both of its ends is not waited for once he has hung up")
    func bothEnds() throws {
        let files = try scene.files()
        var pair: [Int32] = [-1, -1]
        #expect(unsafe pipe(&pair) == 0)
        let reading = OwnedDescriptor(owning: pair[0])
        let writing = OwnedDescriptor(owning: pair[1])
        let (ours, theirs) = try StreamSocket.pair()
        let thread = try Thread { theirs.close() }
        #expect(code { try files.write(from: reading, to: "a", unless: ours.number) } == .pageEnded)
        thread.join()
        // What is already there is taken all the same by whoever has only ended his writing.
        let (half, other) = try StreamSocket.pair()
        other.endWriting()
        #expect(unsafe Glibc.write(writing.number, [7], 1) == 1)
        close(writing.release())
        try files.write(from: reading, to: "a", unless: half.number)
        #expect(try scene.text("a", of: files) == "\u{7}")
        try scene.expectTidy()
    }

    @Test("S-4: nothing can be run from a file that an app is given", .enabled(if: CurrentProcess.isRoot))
    func withoutPrograms() throws {
        let files = try scene.files()
        try files.write([0xC3], to: "d")
        let file = try files.read("d")
        let code = unsafe mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file.number, 0)
        #expect(unsafe code == MAP_FAILED)
    }
}

extension AnchoredDirectory {
    /// A new file that can be read and written.
    fileprivate func open(beneath name: String) -> OwnedDescriptor {
        OwnedDescriptor(owning: unsafe openat(number, name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
    }
}
