internal import Archive
internal import Platform
internal import YunCore

/// The members of a package: their names, their one order, and how long each may be.
enum Member: Equatable {
    case version
    case manifest
    case index
    /// The publisher's signature without a name, others with theirs.
    case signature(name: String?)
    case profile
    case profileSignature
    case lineage
    case payload

    static let versionText = Array("1\n".utf8)

    init?(name: String) {
        switch name {
        case "ypkg-version": self = .version
        case "manifest.json": self = .manifest
        case "index": self = .index
        case "index.minisig": self = .signature(name: nil)
        case "profile": self = .profile
        case "profile.minisig": self = .profileSignature
        case "lineage": self = .lineage
        case "payload.tar.zst": self = .payload
        default:
            guard name.hasPrefix("index."), name.hasSuffix(".minisig") else { return nil }
            let signer = String(name.dropFirst(6).dropLast(8))
            guard Self.isSignerName(signer) else { return nil }
            self = .signature(name: signer)
        }
    }

    /// 1 to 32 bytes of `[a-z0-9-]`.
    static func isSignerName(_ name: String) -> Bool {
        (1...32).contains(name.utf8.count) && name.utf8.allSatisfy(\.isDomainByte)
    }

    var name: String {
        switch self {
        case .version: "ypkg-version"
        case .manifest: "manifest.json"
        case .index: "index"
        case .signature(nil): "index.minisig"
        case .signature(let name?): "index.\(name).minisig"
        case .profile: "profile"
        case .profileSignature: "profile.minisig"
        case .lineage: "lineage"
        case .payload: "payload.tar.zst"
        }
    }

    var bytesMax: Int {
        switch self {
        case .version: Self.versionText.count
        case .manifest: Limits.manifestBytesMax
        case .index: Limits.indexBytesMax
        case .signature, .profileSignature: Limits.signatureBytesMax
        case .profile, .lineage: Limits.statementBytesMax
        case .payload: Limits.payloadBytesMax
        }
    }

    private var rank: Int {
        switch self {
        case .version: 0
        case .manifest: 1
        case .index: 2
        case .signature(nil): 3
        case .signature: 4
        case .profile: 5
        case .profileSignature: 6
        case .lineage: 7
        case .payload: 8
        }
    }

    /// Whether this member may stand directly behind `previous`; the first one has none before it.
    func mayFollow(_ previous: Member?) -> Bool {
        switch (previous, self) {
        case (nil, _): self == .version
        case (.signature(let before?), .signature(let name?)): before < name
        case (.signature?, .signature(nil)): false
        case (let previous?, _):
            rank > previous.rank && (rank <= 2 ? rank == previous.rank + 1 : previous.rank >= 2)
                && (self != .profileSignature || previous == .profile)
                && (previous != .profile || self == .profileSignature)
        }
    }

    /// Header, contents and padding as they lie in the file.
    func framed(_ contents: [UInt8]) -> [UInt8] {
        header(sizeBytes: contents.count) + contents
            + [UInt8](repeating: 0, count: Tar.paddingBytes(after: contents.count))
    }

    func header(sizeBytes: Int) -> [UInt8] {
        Tar.header(of: .file(path: name, sizeBytes: sizeBytes, permissions: 0o644))
    }
}

/// Reads member after member, accepting the one spelling of each header and nothing between them.
struct MemberReader {
    private let source: ByteSource
    private var previous: Member?
    /// How much of the file has been read.
    private(set) var position = 0

    init(_ source: ByteSource) { self.source = source }

    /// The next member and its length; its contents follow.
    mutating func next() throws(Failure) -> (member: Member, sizeBytes: Int) {
        let block =
            try previous == nil ? firstBlock() : source.read(exactly: Tar.blockBytes, of: "a member's header")
        position += Tar.blockBytes
        let name = String(decoding: block.prefix(100).prefix { $0 != 0 }, as: UTF8.self)
        let digits = String(decoding: block[124..<135], as: UTF8.self)
        // Digits that begin with a minus sign can be the very ones that a header of negative length would have.
        guard let member = Member(name: name), let sizeBytes = Int(digits, radix: 8), sizeBytes >= 0,
            block == member.header(sizeBytes: sizeBytes)
        else { throw strange(block, name) }
        guard member.mayFollow(previous) else {
            let place = previous.map { "behind \($0.name)" } ?? "first"
            throw Failure(
                previous == nil ? .bundleFormat : .bundleMember,
                "\(source.name) is not a package: \(member.name) cannot stand \(place)", hint: regain)
        }
        guard member != .version || sizeBytes == member.bytesMax else {
            throw Failure(
                .bundleFormat, "\(source.name) is of a package format that is not known here",
                hint: "update Yun")
        }
        guard sizeBytes <= member.bytesMax else {
            throw Failure(
                .bundleLimit,
                "\(member.name) of \(source.name) is \(sizeBytes) bytes long, \(member.bytesMax) are allowed")
        }
        previous = member
        return (member, sizeBytes)
    }

    /// The contents of the member that `next` announced.
    mutating func contents(of member: Member, sizeBytes: Int) throws(Failure) -> [UInt8] {
        let contents = try source.read(exactly: sizeBytes, of: member.name)
        try skipPadding(after: sizeBytes)
        position += sizeBytes
        return contents
    }

    mutating func skipPadding(after sizeBytes: Int) throws(Failure) {
        let padding = try source.read(
            exactly: Tar.paddingBytes(after: sizeBytes), of: "the padding of a member")
        position += padding.count
        guard padding.allSatisfy({ $0 == 0 }) else {
            throw Failure(.bundleMember, "\(source.name) has bytes between its members", hint: regain)
        }
    }

    /// Checks that the file ends here.
    func finish() throws(Failure) {
        let end = try source.read(upTo: Tar.endBytes + 1)
        guard end.count >= Tar.endBytes else {
            throw Failure(.bundleTruncated, "\(source.name) ends before its end marker", hint: regain)
        }
        guard end.count == Tar.endBytes, end.allSatisfy({ $0 == 0 }) else {
            throw Failure(.bundleTrailing, "\(source.name) has bytes behind its last member", hint: regain)
        }
    }

    private func firstBlock() throws(Failure) -> [UInt8] {
        let block = try source.read(upTo: Tar.blockBytes)
        if block.isEmpty {
            throw Failure(.bundleFormat, "\(source.name) is empty", hint: "get the whole file again")
        }
        let known: [([UInt8], String)] = [
            (Array("PK".utf8), "a zip archive"), (Array("!<arch>".utf8), "a Debian package"),
            ([0x1F, 0x8B], "a gzip file"), ([0x28, 0xB5, 0x2F, 0xFD], "a zstd file"),
            (Array("hsqs".utf8), "a snap"), (Array("#!".utf8), "a script"),
            (Array("\u{7F}ELF".utf8), "a program"),
            ([0xED, 0xAB, 0xEE, 0xDB], "an RPM package"), (Array("{".utf8), "a JSON file"),
        ]
        if let (_, kind) = known.first(where: { block.starts(with: $0.0) }) {
            throw Failure(
                .bundleFormat, "\(source.name) is \(kind), not a package", hint: "packages end in .ypkg")
        }
        guard block.count == Tar.blockBytes else {
            throw Failure(
                .bundleFormat, "\(source.name) is too short for a package", hint: "get the whole file again")
        }
        return block
    }

    private func strange(_ block: [UInt8], _ name: String) -> Failure {
        if block.allSatisfy({ $0 == 0 }) {
            return previous == nil
                ? Failure(
                    .bundleFormat, "\(source.name) is not a package: it begins with zeros",
                    hint: "packages end in .ypkg")
                : Failure(
                    .bundleMember, "\(source.name) has zeros where a member belongs", hint: regain)
        }
        guard previous != nil else {
            return Failure(.bundleFormat, "\(source.name) is not a package", hint: "packages end in .ypkg")
        }
        let printable = name.escaped.abbreviated(to: 60)
        return Failure(
            .bundleMember, "\(source.name) has a member that does not belong in a package: \(printable)",
            hint: regain)
    }

    private var regain: String { "get the package again from its publisher" }
}
