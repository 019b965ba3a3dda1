/// The tar records of a bundle, by construction: a header is a function of what the entry is, so a reader that
/// knows the entry also knows every byte that must come, and there is nothing to parse
/// (`spec/decisions/0003-tar-by-construction.md`). The bytes are POSIX pax, which `bsdtar` and GNU tar read.
public enum Tar {
    /// Headers and contents are padded to this.
    public static let blockBytes = 512
    /// What ends an archive: two blocks of zeros.
    public static let endBytes = 2 * blockBytes

    /// One archive entry; times and owners are always zero.
    public enum Entry: Sendable, Equatable {
        /// `permissions` is `0o644` or `0o755`.
        case file(path: String, sizeBytes: Int, permissions: UInt32)
        /// A directory, `0o755`; its path has no `/` at the end.
        case directory(path: String)
        /// A symlink, `0o777`.
        case symlink(path: String, target: String)

        /// The length of the contents behind the header.
        public var sizeBytes: Int {
            if case .file(_, let sizeBytes, _) = self { sizeBytes } else { 0 }
        }
    }

    /// The zeros behind contents of `sizeBytes`.
    public static func paddingBytes(after sizeBytes: Int) -> Int {
        (blockBytes - sizeBytes % blockBytes) % blockBytes
    }

    /// All bytes before an entry's contents. A path or target that is not ASCII or longer than 100 bytes stands
    /// in a pax record before the header proper, whose own field then holds a cut copy.
    public static func header(of entry: Entry) -> [UInt8] {
        let (path, target, permissions, type): (String, String, UInt32, UInt8) =
            switch entry {
            case .file(let path, _, let permissions): (path, "", permissions, UInt8(ascii: "0"))
            case .directory(let path): (path + "/", "", 0o755, UInt8(ascii: "5"))
            case .symlink(let path, let target): (path, target, 0o777, UInt8(ascii: "2"))
            }
        var records: [UInt8] = []
        if !fits(path) { records += paxRecord("path", path) }
        if !fits(target) { records += paxRecord("linkpath", target) }
        let proper = block(
            name: path, target: target, permissions: permissions, sizeBytes: entry.sizeBytes, type: type)
        guard !records.isEmpty else { return proper }
        let extended = block(
            name: "pax", target: "", permissions: 0o644, sizeBytes: records.count, type: UInt8(ascii: "x"))
        return extended + records + [UInt8](repeating: 0, count: paddingBytes(after: records.count)) + proper
    }

    /// The length of ``header(of:)``.
    public static func headerBytes(of entry: Entry) -> Int {
        switch entry {
        case .file(let path, _, _) where fits(path): blockBytes
        case .directory(let path) where fits(path + "/"): blockBytes
        case .symlink(let path, let target) where fits(path) && fits(target): blockBytes
        default: header(of: entry).count
        }
    }

    private static func fits(_ name: String) -> Bool {
        name.utf8.count <= fieldBytes && name.utf8.allSatisfy { $0 < 0x80 }
    }

    private static let fieldBytes = 100

    /// "LENGTH KEY=VALUE\n", where LENGTH counts its own digits too.
    private static func paxRecord(_ key: String, _ value: String) -> [UInt8] {
        let body = " \(key)=\(value)\n"
        var length = body.utf8.count + 1
        while String(length).utf8.count + body.utf8.count != length { length += 1 }
        return Array("\(length)\(body)".utf8)
    }

    private static func block(
        name: String, target: String, permissions: UInt32, sizeBytes: Int, type: UInt8
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: blockBytes)
        func put(_ text: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in text.enumerated() { bytes[offset + index] = byte }
        }
        put(name.utf8.prefix(fieldBytes), at: 0)
        put(octal(Int(permissions), digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(sizeBytes, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put([UInt8](repeating: UInt8(ascii: " "), count: 8), at: 148)
        bytes[156] = type
        put(target.utf8.prefix(fieldBytes), at: 157)
        put("ustar\u{0}00".utf8, at: 257)
        let checksum = bytes.reduce(0) { $0 + Int($1) }
        put(octal(checksum, digits: 6) + [0, UInt8(ascii: " ")], at: 148)
        return bytes
    }

    private static func octal(_ value: Int, digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
    }
}
