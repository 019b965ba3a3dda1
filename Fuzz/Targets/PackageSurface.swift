internal import Archive
internal import Bundle
internal import YunCore

/// A whole `.ypkg`: the members and, where the index names its own manifest and payload, all that is in it.
enum PackageSurface {
    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let repaired = withChecksums(bytes)
        if repaired != bytes { try read(repaired) }
        return try read(bytes)
    }

    @discardableResult
    private static func read(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let package = MemoryPackage(bytes: bytes)
        let isGood = try read(package) { () throws(Failure) in try package.open() }
        if bytes.count <= MemoryPackage.streamBytesMax {
            let isGoodStream = try read(package) { () throws(Failure) in try package.openStream() }
            try require(isGood == isGoodStream, "a file is judged otherwise than the same stream")
        }
        return isGood
    }

    private static func read(
        _ package: MemoryPackage, _ open: () throws(Failure) -> UntrustedBundle
    ) throws(Violation) -> Bool {
        guard let bundle = try attempt(MemoryPackage.codes, open) else { return false }
        let head = try head(of: bundle)
        try require(package.bytes.starts(with: head), "the members are not those of the specification")
        let contents = try attempt(MemoryPackage.codes) { () throws(Failure) in
            try MemoryPackage.contents(of: bundle, threads: 1)
        }
        guard let (index, contents) = contents else { return false }
        try MemoryPackage.check(contents, index)
        let end = head.count + bundle.payloadBytes
        try require(
            package.bytes.count == end + Tar.paddingBytes(after: bundle.payloadBytes) + Tar.endBytes,
            "the package has another length")
        try require(package.bytes[end...].allSatisfy { $0 == 0 }, "something stands behind the payload")
        return true
    }

    /// Every byte before the payload, as the specification has it.
    private static func head(of bundle: UntrustedBundle) throws(Violation) -> [UInt8] {
        var head = member("ypkg-version", Array("1\n".utf8))
        head += member("manifest.json", bundle.manifestBytes) + member("index", bundle.indexBytes)
        var previous: String?
        for signature in bundle.signatures {
            if let name = signature.name {
                try require(previous.map { $0 < name } ?? true, "signatures are out of order")
                previous = name
            }
            head += member(signature.name.map { "index.\($0).minisig" } ?? "index.minisig", signature.text)
        }
        try require(bundle.signatures.count <= Limits.namedSignaturesMax + 1, "there are too many signatures")
        if let (text, signature) = bundle.profile {
            head += member("profile", text) + member("profile.minisig", signature)
        }
        if let lineage = bundle.lineage { head += member("lineage", lineage) }
        return head + header("payload.tar.zst", bundle.payloadBytes)
    }

    static func member(_ name: String, _ contents: [UInt8]) -> [UInt8] {
        header(name, contents.count) + contents
            + [UInt8](repeating: 0, count: Tar.paddingBytes(after: contents.count))
    }

    static func header(_ name: String, _ sizeBytes: Int) -> [UInt8] {
        Tar.header(of: .file(path: name, sizeBytes: sizeBytes, permissions: 0o644))
    }

    /// The same with a right checksum in every block that looks like a header, or each change would stop there.
    private static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, through: bytes.count - Tar.blockBytes, by: Tar.blockBytes)
        where bytes[(start + 257)...].starts(with: "ustar".utf8) {
            let sum = (start..<start + Tar.blockBytes).reduce(0) { sum, place in
                sum + ((start + 148..<start + 156).contains(place) ? 32 : Int(bytes[place]))
            }
            let digits = String(sum, radix: 8)
            let field = String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "\u{0} "
            bytes.replaceSubrange(start + 148..<start + 156, with: Array(field.utf8))
        }
        return bytes
    }
}
