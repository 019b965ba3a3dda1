internal import Archive
internal import Bundle
internal import Signing
internal import YunCore

/// What a signature does not protect from: an index and a payload that fit each other and were made to do harm.
///
/// Seven bytes say how the rest is used; then comes an index as text up to a NUL, then material. What fuzzing cannot
/// guess is put right: digests, the number of entries, and in the first of the two ways also the frames.
enum PayloadSurface {
    private static let recipeBytes = 7

    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        guard bytes.count > recipeBytes, let end = bytes[recipeBytes...].firstIndex(of: 0) else {
            return false
        }
        let draft = Draft(index: bytes[recipeBytes..<end], material: bytes[(end + 1)...])
        let threads = bytes[0] & 2 == 0 ? 1 : 2
        guard bytes[0] & 1 == 1 else { return try readFrames(draft, threads) }
        let place = bytes[2..<6].reduce(0) { $0 << 8 | Int($1) }
        return try readTar(draft, cut: (Int(bytes[1]) + 1) * 64, editing: (place, bytes[6]), threads)
    }

    /// The material becomes the contents of the files, their tar is made and one byte of it changed: nothing but
    /// the tar itself may be taken.
    private static func readTar(
        _ draft: Draft, cut: Int, editing edit: (place: Int, mask: UInt8), _ threads: Int
    ) throws(Violation) -> Bool {
        guard var (lines, tar) = draft.linesAndTar() else { return false }
        if edit.mask != 0 { tar[edit.place % tar.count] ^= edit.mask }
        let cut = max(cut, tar.count / 4000 + 1)
        var pieces: [(compressed: [UInt8], plainBytes: Int)] = []
        for start in stride(from: 0, to: tar.count, by: cut) {
            let plain = Array(tar[start..<min(start + cut, tar.count)])
            let compressed = try attempt([]) { () throws(Failure) in
                let compressor = try FrameCompressor(level: 1)
                return try unsafe plain.withUnsafeBytes { bytes in
                    Result { () throws(Failure) in try unsafe compressor.compress(bytes) }
                }.get()
            }
            pieces.append((compressed ?? [], plain.count))
        }
        lines.frames = pieces.map { Draft.frameLine($0.compressed, plainBytes: $0.plainBytes) }
        let isAccepted = try read(lines, payload: pieces.flatMap(\.compressed), threads)
        guard let isAccepted else { return false }
        try require(
            isAccepted == (edit.mask == 0), isAccepted ? "a changed tar was taken" : "a tar was refused")
        return isAccepted
    }

    /// The material is the payload, cut as the index's frames say.
    private static func readFrames(_ draft: Draft, _ threads: Int) throws(Violation) -> Bool {
        var lines = draft.lines
        var rest = draft.material
        var payload: [UInt8] = []
        lines.frames = []
        for (compressedBytes, plainBytes) in draft.frames {
            let frame = Array(rest.prefix(compressedBytes))
            rest = rest.dropFirst(frame.count)
            payload += frame
            lines.frames.append(Draft.frameLine(frame, plainBytes: plainBytes))
            // Other kinds of frames, such as zstd's of before its release, have decoders that nobody looks after.
            guard !frame.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) else { continue }
            try require(try read(lines, payload: payload, threads) != true, "a payload is of no zstd frames")
        }
        return try read(lines, payload: payload, threads) == true
    }

    /// - Returns: whether the payload was taken; `nil` where the index was not.
    private static func read(_ lines: Draft.Lines, payload: [UInt8], _ threads: Int) throws(Violation)
        -> Bool?
    {
        let indexBytes = lines.bytes
        guard try IndexSurface.run(indexBytes) else { return nil }
        let bytes =
            PackageSurface.member("ypkg-version", Array("1\n".utf8))
            + PackageSurface.member("manifest.json", Draft.manifest)
            + PackageSurface.member("index", indexBytes) + PackageSurface.member("payload.tar.zst", payload)
            + [UInt8](repeating: 0, count: Tar.endBytes)
        let package = MemoryPackage(bytes: bytes)
        let bundle = try attempt([.bundleLimit]) { () throws(Failure) in try package.open() }
        guard let bundle else { return nil }
        let contents = try attempt([.bundlePayload]) { () throws(Failure) in
            try MemoryPackage.contents(of: bundle, threads: threads)
        }
        guard let (index, contents) = contents else { return false }
        try MemoryPackage.check(contents, index)
        return true
    }
}

/// An index whose digests and counts are still to be put in.
private struct Draft {
    struct Lines {
        var head: [[UInt8]] = []
        var frames: [[UInt8]] = []
        var entries: [[UInt8]] = []

        var bytes: [UInt8] {
            let all = head + frames + entries + [Array("end\t\(entries.count)".utf8), []]
            return Array(all.joined(separator: [UInt8(ascii: "\n")]))
        }
    }

    static let manifest = Array("{}".utf8)
    /// So that one input costs milliseconds.
    private static let tarBytesMax = 1 << 20

    private(set) var lines = Lines()
    private(set) var frames: [(compressedBytes: Int, plainBytes: Int)] = []
    let material: ArraySlice<UInt8>

    init(index: ArraySlice<UInt8>, material: ArraySlice<UInt8>) {
        self.material = material
        for line in index.pieces("\n") where !line.isEmpty {
            let fields = line.pieces("\t")
            switch fields[0].text {
            case "end": break
            case "manifest":
                lines.head.append(Array("manifest\t2\t\(Digest(of: Self.manifest))".utf8))
            case "frame":
                guard fields.count == 4, let compressedBytes = Int(fields[1].text), compressedBytes > 0,
                    let plainBytes = Int(fields[2].text)
                else { continue }
                frames.append((compressedBytes, plainBytes))
            case "directory", "file", "symlink": lines.entries.append(Array(line))
            default: lines.head.append(Array(line))
            }
        }
    }

    static func frameLine(_ frame: [UInt8], plainBytes: Int) -> [UInt8] {
        Array("frame\t\(frame.count)\t\(plainBytes)\t\(Digest(of: frame))".utf8)
    }

    /// The entries with the digests of their contents, and their tar; `nil` where no tar can hold them.
    func linesAndTar() -> (Lines, [UInt8])? {
        var lines = lines
        var rest = material
        var tar: [UInt8] = []
        for place in lines.entries.indices {
            let fields = lines.entries[place].pieces("\t").map { String(validating: $0, as: UTF8.self) }
            guard case let texts = fields.compactMap(\.self), texts.count == fields.count else { return nil }
            switch (texts[0], texts.count) {
            case ("directory", 3): tar += Tar.header(of: .directory(path: texts[2]))
            case ("symlink", 4): tar += Tar.header(of: .symlink(path: texts[3], target: texts[2]))
            case ("file", 5):
                guard let sizeBytes = Int(texts[2]), (0...Self.tarBytesMax).contains(sizeBytes) else {
                    return nil
                }
                let taken = rest.prefix(sizeBytes)
                rest = rest.dropFirst(taken.count)
                let contents = taken + [UInt8](repeating: 0, count: sizeBytes - taken.count)
                let digest = Digest(of: Array(contents))
                lines.entries[place] = Array("file\t\(texts[1])\t\(texts[2])\t\(digest)\t\(texts[4])".utf8)
                let permissions: UInt32 = texts[1] == "0755" ? 0o755 : 0o644
                tar += Tar.header(
                    of: .file(path: texts[4], sizeBytes: sizeBytes, permissions: permissions))
                tar += contents + [UInt8](repeating: 0, count: Tar.paddingBytes(after: sizeBytes))
            default: return nil
            }
            guard tar.count <= Self.tarBytesMax else { return nil }
        }
        return (lines, tar + [UInt8](repeating: 0, count: Tar.endBytes))
    }
}
