internal import Archive
public import YunCore

extension Index {
    /// The first line of every index. A signature for another text type can never pass for one of an index.
    public static let typeLine = "ypkg-index 1"

    /// The signed text.
    public var text: [UInt8] {
        var lines = [
            Self.typeLine,
            "domain\t\(domain)",
            "version\t\(version)",
            "version-code\t\(versionCode)",
            "manifest\t\(manifestBytes)\t\(manifestDigest)",
        ]
        lines.reserveCapacity(lines.count + frames.count + entries.count + 1)
        for frame in frames {
            lines.append("frame\t\(frame.compressedBytes)\t\(frame.plainBytes)\t\(frame.digest)")
        }
        for entry in entries {
            switch entry.kind {
            case .directory: lines.append("directory\t0755\t\(entry.path.text)")
            case .file(let sizeBytes, let digest, let isExecutable):
                lines.append(
                    "file\t\(isExecutable ? "0755" : "0644")\t\(sizeBytes)\t\(digest)\t\(entry.path.text)")
            case .symlink(let target): lines.append("symlink\t0777\t\(target)\t\(entry.path.text)")
            }
        }
        lines.append("end\t\(entries.count)")
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// Reads an index. Exactly one text means a given index: what is read is written again and compared, so that
    /// no leading zero, blank or line end can hide anything.
    public init(text bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Limits.indexBytesMax else {
            throw Failure(.bundleLimit, "the index is longer than \(Limits.indexBytesMax >> 20) MiB")
        }
        var reader = IndexTextReader(bytes)
        self = try reader.index()
        guard text == bytes else {
            throw Failure(.bundleIndex, "the index is not in its canonical form", hint: repack)
        }
    }
}

private let repack = "pack the package again with 'ypkg pack'"

/// Reads one line at a time and says which line is wrong. Lines and fields are cut when they are needed: a text of
/// nothing but separators would take many times its length otherwise.
private struct IndexTextReader {
    private var rest: ArraySlice<UInt8>
    /// How many lines have been taken.
    private var next = 0

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func index() throws(Failure) -> Index {
        guard try fields(count: 1, as: nil)[0] == Index.typeLine else {
            throw fault("is not '\(Index.typeLine)'")
        }
        let domain = try value("domain") { text throws(Failure) in try Domain(text) }
        let version = try value("version") { text throws(Failure) in try VersionName(text) }
        let code = try value("version-code") { text throws(Failure) in try VersionCode(Int(text) ?? 0) }
        let manifest = try fields(count: 3, as: "manifest")
        let manifestBytes = try number(manifest[1], max: Limits.manifestBytesMax)
        let manifestDigest = try digest(manifest[2])
        var frames: [Index.Frame] = []
        while lineBegins("frame") { frames.append(try frame()) }
        var entries: [Index.Entry] = []
        while !lineBegins("end") { entries.append(try entry()) }
        let count = try number(try fields(count: 2, as: "end")[1], max: Limits.entriesMax)
        guard count == entries.count, rest.isEmpty else {
            throw fault("is not the end that the index announces")
        }
        return try Index(
            domain: domain, version: version, versionCode: code, manifestBytes: manifestBytes,
            manifestDigest: manifestDigest, frames: frames, entries: entries)
    }

    /// A line of one value, whose own rules are the index's too.
    private mutating func value<T>(
        _ keyword: String, _ read: (String) throws(Failure) -> T
    ) throws(Failure) -> T {
        let text = try fields(count: 2, as: keyword)[1]
        do throws(Failure) {
            return try read(text)
        } catch {
            throw Failure(.bundleIndex, "line \(next) of the index: \(error.message)", hint: repack)
        }
    }

    private mutating func frame() throws(Failure) -> Index.Frame {
        guard next <= Limits.framesMax + 5 else {
            throw Failure(.bundleLimit, "the index has too many frames")
        }
        let fields = try fields(count: 4, as: "frame")
        let plainBytes = try number(fields[2], max: Limits.framePlainBytesMax)
        let compressedBytes = try number(fields[1], max: Limits.frameCompressedBytesMax)
        guard plainBytes > 0, compressedBytes > 0 else { throw fault("is an empty frame") }
        return Index.Frame(
            compressedBytes: compressedBytes,
            plainBytes: plainBytes,
            digest: try digest(fields[3]))
    }

    private mutating func entry() throws(Failure) -> Index.Entry {
        guard !rest.isEmpty else { throw fault("is missing") }
        guard next <= Limits.entriesMax + Limits.framesMax + 5 else {
            throw Failure(.bundleLimit, "the index has more than \(Limits.entriesMax) entries")
        }
        switch rest.prefix(while: { $0 != tab && $0 != lineFeed }) {
        case Array("directory".utf8)[...]:
            let fields = try fields(count: 3, as: "directory")
            return Index.Entry(path: try PackagePath(fields[2]), kind: .directory)
        case Array("file".utf8)[...]:
            let fields = try fields(count: 5, as: "file")
            guard fields[1] == "0644" || fields[1] == "0755" else {
                throw fault("has a mode that is not allowed")
            }
            let kind = Index.Entry.Kind.file(
                sizeBytes: try number(fields[2], max: Limits.fileBytesMax), digest: try digest(fields[3]),
                isExecutable: fields[1] == "0755")
            return Index.Entry(path: try PackagePath(fields[4]), kind: kind)
        case Array("symlink".utf8)[...]:
            let fields = try fields(count: 4, as: "symlink")
            return Index.Entry(path: try PackagePath(fields[3]), kind: .symlink(target: fields[2]))
        default: throw fault("is of no known kind")
        }
    }

    private func lineBegins(_ keyword: String) -> Bool {
        rest.starts(with: (keyword + "\t").utf8)
    }

    /// The fields of the next line, the keyword first.
    private mutating func fields(count: Int, as keyword: String?) throws(Failure) -> [String] {
        guard !rest.isEmpty else { throw fault("is missing") }
        let line = rest[..<(rest.firstIndex(of: lineFeed) ?? rest.endIndex)]
        let parts = line.split(separator: tab, maxSplits: count, omittingEmptySubsequences: false)
        guard parts.count == count else {
            throw fault("has \(parts.count < count ? "fewer" : "more") fields than the \(count) that belong")
        }
        rest = rest.dropFirst(line.count + 1)
        next += 1
        var fields: [String] = []
        for part in parts {
            guard let field = String(validating: part, as: UTF8.self) else { throw fault("is not UTF-8") }
            fields.append(field)
        }
        guard keyword == nil || fields[0] == keyword else { throw fault("is not a '\(keyword ?? "")' line") }
        return fields
    }

    private func number(_ text: String, max: Int) throws(Failure) -> Int {
        guard let value = Int(text), value >= 0 else { throw fault("has no number where one belongs") }
        guard value <= max else {
            throw Failure(
                .bundleLimit, "line \(next) of the index exceeds a limit: \(value) is more than \(max)")
        }
        return value
    }

    private func digest(_ text: String) throws(Failure) -> Digest {
        guard let digest = Digest(hexadecimal: text) else { throw fault("has no SHA-256 where one belongs") }
        return digest
    }

    private func fault(_ text: String) -> Failure {
        Failure(.bundleIndex, "line \(max(1, next)) of the index \(text)", hint: repack)
    }
}

private let tab = UInt8(ascii: "\t")
private let lineFeed = UInt8(ascii: "\n")
