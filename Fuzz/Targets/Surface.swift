internal import YunCore

/// A way into the product for bytes that nobody vouches for.
public enum Surface: String, Sendable, CaseIterable {
    case package
    case index
    case manifest
    case signature
    case key
    case profile
    case lineage
    case revocation
    case payload
    case varlink
    case interface
    case json
    case reply
    case address
    case head
    case link

    /// Reads `bytes` as the surface's format and checks what must be true of the outcome.
    /// - Returns: whether the format's reader accepted them.
    @discardableResult
    public func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        switch self {
        case .package: try PackageSurface.run(bytes)
        case .index: try IndexSurface.run(bytes)
        case .manifest: try ManifestSurface.run(bytes)
        case .signature: try SignatureSurface.run(bytes)
        case .key: try KeySurface.run(bytes)
        case .profile: try StatementSurface.runProfile(bytes)
        case .lineage: try StatementSurface.runLineage(bytes)
        case .revocation: try StatementSurface.runRevocation(bytes)
        case .payload: try PayloadSurface.run(bytes)
        case .varlink: try VarlinkSurface.run(bytes)
        case .interface: try InterfaceSurface.run(bytes)
        case .json: try JSONSurface.run(bytes)
        case .reply: try ReplySurface.run(bytes)
        case .address: try AddressSurface.run(bytes)
        case .head: try HeadSurface.run(bytes)
        case .link: try LinkSurface.run(bytes)
        }
    }
}

/// Something that must never be true, and is.
public struct Violation: Error, CustomStringConvertible {
    /// What it is.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Throws where `condition` does not hold.
func require(_ condition: Bool, _ fault: @autoclosure () -> String) throws(Violation) {
    guard condition else { throw Violation(fault()) }
}

/// What `read` returns, or `nil` where it refuses with one of `codes` and a message that can be printed as it is.
func attempt<T>(
    _ codes: Set<FailureCode>, _ read: () throws(Failure) -> T
) throws(Violation) -> T? {
    do throws(Failure) {
        return try read()
    } catch {
        try require(codes.contains(error.code), "refused with \(error)")
        try checkPrintable(error.message)
        if let hint = error.hint { try checkPrintable(hint) }
        return nil
    }
}

/// A line for a person: short, and without anything that moves the cursor or hides.
func checkPrintable(_ message: String) throws(Violation) {
    try require(message.utf8.count <= 4096, "a message has \(message.utf8.count) bytes")
    try require(
        !message.unicodeScalars.contains(where: \.isUnprintable), "unprintable: \(message.escaped)")
}

extension Collection<UInt8> {
    /// The pieces between `separator`s, empty ones too: by bytes, as the formats are specified.
    func pieces(_ separator: Character) -> [SubSequence] {
        guard let byte = separator.asciiValue else { return [] }
        return split(separator: byte, omittingEmptySubsequences: false)
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}
