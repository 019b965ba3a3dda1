import Archive
import Support
import Testing
import YunCore

@Suite struct TarTests {
    /// Several kinds of entries, with contents for the files.
    private static let entries: [(entry: Tar.Entry, contents: [UInt8])] = [
        (.directory(path: "dir"), []),
        (.file(path: "dir/plain", sizeBytes: 3, permissions: 0o644), Array("abc".utf8)),
        (.symlink(path: "dir/link", target: "plain"), []),
        (.file(path: "empty", sizeBytes: 0, permissions: 0o644), []),
        (.file(path: "program", sizeBytes: 512, permissions: 0o755), [UInt8](repeating: 7, count: 512)),
        (.file(path: String(repeating: "long/", count: 30) + "name", sizeBytes: 1, permissions: 0o644), [1]),
        (.file(path: "手机.svg", sizeBytes: 2, permissions: 0o644), [1, 2]),
        (.symlink(path: "zh", target: "手机.svg"), []),
    ]

    private static var archive: [UInt8] {
        entries.reduce(into: []) { bytes, item in
            bytes += Tar.header(of: item.entry) + item.contents
            bytes += [UInt8](repeating: 0, count: Tar.paddingBytes(after: item.contents.count))
        } + [UInt8](repeating: 0, count: Tar.endBytes)
    }

    private static let names = [
        "dir/", "dir/plain", "dir/link", "empty", "program", String(repeating: "long/", count: 30) + "name",
        "手机.svg", "zh",
    ]

    @Test("others read a size that has no room in the header, and a time")
    func large() throws {
        let header = Tar.header(
            of: .file(path: "large", sizeBytes: 9 << 30, permissions: 0o644), modifiedSeconds: 1_500_000_000)
        let listed = try Program("tar").run("--utc", "-tvf", "-", input: header)
        #expect(listed.output.contains("9663676416 2017-07-14 02:40 large"), "\(listed.output)")
    }

    @Test("P-1, P-2: bsdtar and GNU tar read what is constructed", arguments: ["bsdtar", "tar"])
    func others(_ tool: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.archive, to: "a.tar")
        let list = try Program(tool).run("-tf", directory.path("a.tar"))
        #expect(list.errors == "")
        let unquoted = list.output.replacing("\\346\\211\\213\\346\\234\\272", with: "手机")
        #expect(unquoted.split(separator: "\n").map(String.init) == Self.names)
        try directory.write([], to: "out/x")
        let extract = try Program(tool).run("-xf", directory.path("a.tar"), "-C", directory.path("out"))
        #expect(extract.status == 0)
        #expect(try directory.read("out/program") == [UInt8](repeating: 7, count: 512))
        #expect(try directory.read("out/手机.svg") == [1, 2])
        #expect(try Program("readlink").run(directory.path("out/zh")).output == "手机.svg\n")
    }

    @Test("the length of a header is known without making it")
    func lengths() {
        for (entry, _) in Self.entries { #expect(Tar.headerBytes(of: entry) == Tar.header(of: entry).count) }
    }

    @Test("P-3: padding fills a block and no more")
    func padding() {
        #expect([0, 1, 511, 512, 513].map { Tar.paddingBytes(after: $0) } == [0, 511, 1, 0, 511])
    }
}

@Suite struct ZstandardTests {
    private let plain = Array("page://mobile.taobao.com/ ".utf8) + [UInt8](repeating: 65, count: 100_000)

    private func compressed(_ bytes: [UInt8], level: Int = 3) throws -> [UInt8] {
        let compressor = try FrameCompressor(level: level)
        return try unsafe bytes.withUnsafeBytes { try unsafe compressor.compress($0) }
    }

    private func decompressed(_ frame: [UInt8], count: Int) throws -> [UInt8] {
        let decompressor = try FrameDecompressor()
        var plain = [UInt8](repeating: 0, count: count)
        try unsafe plain.withUnsafeMutableBytes { plain in
            try unsafe frame.withUnsafeBytes { try unsafe decompressor.decompress($0, into: plain) }
        }
        return plain
    }

    @Test("what is compressed comes back, and zstd reads it too", arguments: [1, 3, 19])
    func roundTrip(_ level: Int) throws {
        let frame = try compressed(plain, level: level)
        #expect(try decompressed(frame, count: plain.count) == plain)
        #expect(try Program("zstd").run(["-dc"], input: frame).outputBytes == plain)
    }

    @Test("P-14: a frame of another size, two frames, a skippable frame or rubbish is refused")
    func hostile() throws {
        let frame = try compressed(plain)
        let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0]
        for (bytes, count) in [
            (frame, plain.count - 1), (frame, plain.count + 1), (frame + frame, 2 * plain.count),
            (frame + skippable, plain.count), (skippable, 1), (frame + [0], plain.count),
            (Array(frame.dropLast()), plain.count), ([], 1), (Array("not zstd".utf8), 8),
        ] {
            #expect(throws: Failure.self) { try decompressed(bytes, count: count) }
        }
    }

    @Test("a bomb costs what its index admits to and no more")
    func bomb() throws {
        let bomb = try compressed([UInt8](repeating: 0, count: 64 << 20))
        #expect(throws: Failure.self) { try decompressed(bomb, count: 4096) }
    }
}
