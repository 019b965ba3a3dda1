import Bundle
import Installer
import Platform
import Signing
import Support
import Synchronization
import Testing
import YunCore

/// Keeps files by path.
private struct CollectingSink: EntrySink {
    final class Files: Sendable {
        let all = Mutex<[String: [UInt8]]>([:])
    }

    let files: Files
    var path = ""

    init(_ files: Files) { self.files = files }

    mutating func begin(_ entry: Index.Entry) {
        path = entry.path.text
        files.all.withLock { $0[path] = [] }
    }

    func write(_ bytes: UnsafeRawBufferPointer) {
        let piece = unsafe Array(bytes)
        files.all.withLock { $0[path]? += piece }
    }

    func end() {}
}

@Suite struct RoundTripTests {
    private func contents(of package: String, threads: Int) throws -> [String: [UInt8]] {
        let bundle = try UntrustedBundle(path: package)
        let files = CollectingSink.Files()
        try bundle.readPayload(of: bundle.index(), threads: threads, spoolDirectory: "/tmp") { _ in } makeSink: {
            CollectingSink(files)
        }
        return files.all.withLock { $0 }
    }

    /// Files of every interesting size: empty, around a block, around a frame, and several frames.
    private var app: AppFixture {
        var app = AppFixture()
        let frame = 2 << 20
        for size in [0, 1, 511, 512, 513, frame - 513, frame - 512, frame, frame + 1, 3 * frame + 77] {
            app.files["sizes/\(size)"] = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        }
        app.files["手机/图.svg"] = [1, 2, 3]
        return app
    }

    @Test("P-15: what was packed comes back, with any number of threads", arguments: [1, 2, 5])
    func roundTrip(threads: Int) throws {
        let directory = try TemporaryDirectory()
        let package = try app.pack(in: directory, key: nil, level: 1)
        let contents = try contents(of: package, threads: threads)
        for (path, bytes) in app.files { #expect(contents[path] == bytes, "\(path)") }
    }

    @Test("bsdtar extracts the same files from the payload, in the same order")
    func bsdtar() throws {
        let directory = try TemporaryDirectory()
        let package = try app.pack(in: directory, key: nil, level: 1)
        let names = try Program("bsdtar").run("-tf", package).output
        #expect(names == "ypkg-version\nmanifest.json\nindex\npayload.tar.zst\n")
        let payload = try Program("bsdtar").run("-xOf", package, "payload.tar.zst").outputBytes
        try directory.write(payload, to: "payload.tar.zst")
        try directory.write([], to: "out/.keep")
        let extract = try Program("bsdtar").run(
            "-xf", directory.path("payload.tar.zst"), "-C", directory.path("out"))
        #expect(extract.status == 0 && extract.errors == "")
        for (path, bytes) in app.files { #expect(try directory.read("out/\(path)") == bytes, "\(path)") }
        let listed = try Program("bsdtar").run("-tf", directory.path("payload.tar.zst")).output
        let indexed = try UntrustedBundle(path: package).index().entries.map { entry in
            entry.kind == .directory ? entry.path.text + "/" : entry.path.text
        }
        #expect(listed.split(separator: "\n").map(String.init) == indexed)
    }

    @Test("P-17: threads, times, owners and the order of creation change nothing")
    func reproducible() throws {
        let directory = try TemporaryDirectory()
        let first = try app.pack(in: directory, as: "one", key: nil, level: 3, threads: 1)
        let second = try app.pack(in: directory, as: "two", key: nil, level: 3, threads: 4)
        #expect(try Program("touch").run("-d", "2001-01-01", directory.path("two.source/index.html")).status == 0)
        let third = directory.path("three.ypkg")
        _ = try BundleWriter(level: 3, threads: 3).pack(
            source: directory.path("two.source"), manifestBytes: Array(app.manifest.utf8), output: third) { _, _ in }
        let names = [first, second, third].map { $0.split(separator: "/").last.map(String.init) ?? "" }
        let bytes = try names.map { try directory.read($0) }
        #expect(bytes[0] == bytes[1] && bytes[1] == bytes[2])
    }

    @Test("P-6: an index read and written again is the same text")
    func indexText() throws {
        let directory = try TemporaryDirectory()
        let bundle = try UntrustedBundle(path: app.pack(in: directory, key: nil, level: 1))
        let index = try bundle.index()
        #expect(index.text == bundle.indexBytes)
        #expect(try Index(text: bundle.indexBytes) == index)
    }

    @Test("P-9: frames are cut where entries end, but for large files")
    func frames() throws {
        let directory = try TemporaryDirectory()
        let index = try UntrustedBundle(path: app.pack(in: directory, key: nil, level: 1)).index()
        #expect(index.frames.count > 5)
        #expect(index.frames.allSatisfy { $0.plainBytes <= 2 << 20 })
    }

    @Test("a package is read from a pipe as well")
    func stream() throws {
        let directory = try TemporaryDirectory()
        let key = try SecretKey.generate()
        let package = try app.pack(in: directory, key: key, level: 1)
        try directory.write(key.publicKey.fileText.utf8, to: "key.pub")
        let verify = try Program(Checkout.programs + "/ypkg").run(
            ["verify", "-", "--key", directory.path("key.pub")], input: directory.read("demo.ypkg"))
        #expect(verify.status == 0, "\(verify.errors)")
        let pipe = try Program("/bin/sh").run(
            "-c", "cat \(package) | \(Checkout.programs)/ypkg verify - --key \(directory.path("key.pub"))")
        #expect(pipe.status == 0, "\(pipe.errors)")
        let cut = try Program("/bin/sh").run(
            "-c", "head -c 9000 \(package) | \(Checkout.programs)/ypkg verify - --key \(directory.path("key.pub"))")
        #expect(cut.status == 65, "\(cut.errors)")
        let longer = try Program("/bin/sh").run(
            "-c", "(cat \(package); echo x) | \(Checkout.programs)/ypkg verify - --key \(directory.path("key.pub"))")
        #expect(longer.status == 65, "\(longer.errors)")
    }
}

@Suite struct PackingTests {
    private func pack(_ app: AppFixture, prepare: (TemporaryDirectory) throws -> Void) throws -> Failure? {
        let directory = try TemporaryDirectory()
        let source = try app.write(to: directory, "source")
        try prepare(directory)
        do throws(Failure) {
            _ = try BundleWriter(level: 1, threads: 1).pack(
                source: source, manifestBytes: Array(app.manifest.utf8), output: directory.path("out.ypkg")
            ) { _, _ in }
            return nil
        } catch {
            #expect(try !directory.tree().contains { $0.contains("out.ypkg") })
            return error
        }
    }

    @Test("P-13: a FIFO, a setuid file and a symlink that leaves are refused, and nothing is written", arguments: [
        "mkfifo source/app/x", "cp /bin/true source/x && chmod 4755 source/x", "ln -s /etc/passwd source/x",
        "ln -s ../../x source/app/x", "ln -s nothing source/x", "ln -s x source/x",
        "touch source/README source/readme",
    ])
    func hostileSources(_ command: String) throws {
        let failure = try pack(AppFixture()) { (directory: TemporaryDirectory) throws in
            let made = try Program("/bin/sh").run("-c", command, directory: directory.path)
            #expect(made.status == 0)
        }
        #expect(failure?.code == .bundleEntry, "\(failure?.description ?? "packed")")
    }

    @Test("M-6: a page whose document is missing is named")
    func missingDocument() throws {
        var app = AppFixture()
        app.files["index.html"] = nil
        let failure = try pack(app) { _ in }
        #expect(failure?.message.contains("index.html") == true)
    }

    @Test("an output that is a directory, and levels that do not exist, are refused")
    func badOutput() throws {
        #expect(throws: Failure.self) { try BundleWriter(level: 20, threads: 1) }
        #expect(throws: Failure.self) { try BundleWriter(level: 0, threads: 1) }
        let failure = try pack(AppFixture()) { directory in try directory.write([], to: "out.ypkg.d/x") }
        #expect(failure == nil)
    }
}
