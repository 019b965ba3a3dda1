/// The tar records of a bundle, by construction: a header is a function of what the entry is, so a reader that
/// knows the entry also knows every byte that must come, and there is nothing to parse
/// (`spec/decisions/0003-tar-by-construction.md`). The bytes are POSIX pax, which `bsdtar` and GNU tar read.
public enum Tar {
    /// Headers and contents are padded to this.
    public static let blockBytes = 512
    /// What ends an archive: two blocks of zeros.
    public static let endBytes = 2 * blockBytes

    /// One archive entry; owners are always zero.
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
    /// in a pax record before the header proper, whose own field then holds a cut copy; so does a size that has no
    /// room there.
    /// - Parameter modifiedSeconds: since 1970; always zero in a bundle.
    public static func header(of entry: Entry, modifiedSeconds: Int = 0) -> [UInt8] {
        let (path, target, permissions, type): (String, String, UInt32, UInt8) =
            switch entry {
            case .file(let path, _, let permissions): (path, "", permissions, UInt8(ascii: "0"))
            case .directory(let path): (path + "/", "", 0o755, UInt8(ascii: "5"))
            case .symlink(let path, let target): (path, target, 0o777, UInt8(ascii: "2"))
            }
        var records: [UInt8] = []
        if !fits(path.utf8) { records += paxRecord("path", path) }
        if !fits(target.utf8) { records += paxRecord("linkpath", target) }
        if entry.sizeBytes >> (3 * numberDigits) > 0 { records += paxRecord("size", "\(entry.sizeBytes)") }
        let proper = block(
            name: path, target: target, permissions: permissions, sizeBytes: entry.sizeBytes, type: type,
            modifiedSeconds: modifiedSeconds)
        guard !records.isEmpty else { return proper }
        let extended = block(
            name: "pax", target: "", permissions: 0o644, sizeBytes: records.count, type: UInt8(ascii: "x"))
        return extended + records + [UInt8](repeating: 0, count: paddingBytes(after: records.count)) + proper
    }

    /// The length of ``header(of:)``.
    public static func headerBytes(of entry: Entry) -> Int {
        switch entry {
        case .file(let path, _, _) where fits(path.utf8): blockBytes
        case .directory(let path) where fits(path.utf8, extraBytes: 1): blockBytes
        case .symlink(let path, let target) where fits(path.utf8) && fits(target.utf8): blockBytes
        default: header(of: entry).count
        }
    }

    private static func fits(_ name: String.UTF8View, extraBytes: Int = 0) -> Bool {
        name.count + extraBytes <= fieldBytes && name.allSatisfy { $0 < 0x80 }
    }

    private static let fieldBytes = 100
    private static let numberDigits = 11

    /// "LENGTH KEY=VALUE\n", where LENGTH counts its own digits too.
    private static func paxRecord(_ key: String, _ value: String) -> [UInt8] {
        let body = " \(key)=\(value)\n"
        var length = body.utf8.count + 1
        while String(length).utf8.count + body.utf8.count != length { length += 1 }
        return Array("\(length)\(body)".utf8)
    }

    private static func block(
        name: String, target: String, permissions: UInt32, sizeBytes: Int, type: UInt8,
        modifiedSeconds: Int = 0
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: blockBytes)
        func put(_ text: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in text.enumerated() { bytes[offset + index] = byte }
        }
        func putOctal(_ value: Int, digits: Int, at offset: Int) {
            for digit in 0..<digits {
                bytes[offset + digits - 1 - digit] = UInt8(ascii: "0") + UInt8(value >> (3 * digit) & 7)
            }
        }
        put(name.utf8.prefix(fieldBytes), at: 0)
        putOctal(Int(permissions), digits: 7, at: 100)
        putOctal(0, digits: 7, at: 108)
        putOctal(0, digits: 7, at: 116)
        putOctal(sizeBytes, digits: numberDigits, at: 124)
        putOctal(modifiedSeconds, digits: numberDigits, at: 136)
        bytes[156] = type
        put(target.utf8.prefix(fieldBytes), at: 157)
        put("ustar\u{0}00".utf8, at: 257)
        // The checksum is of a header whose own field is blanks.
        let checksum = bytes.reduce(8 * Int(UInt8(ascii: " "))) { $0 + Int($1) }
        putOctal(checksum, digits: 6, at: 148)
        bytes[155] = UInt8(ascii: " ")
        return bytes
    }
}
