package import YunCore

/// Cuts a stream of bytes into messages, which end with a NUL each, and keeps the descriptors with the message that
/// they came with. No I/O, so that every way of cutting a stream can be tried.
package struct MessageFrames<Descriptor> {
    private var bytes: [UInt8] = []
    private var searched = 0
    private var descriptors: [(start: Int, Descriptor)] = []
    private let messageBytesMax: Int
    private let descriptorsMax: Int

    package init(messageBytesMax: Int, descriptorsMax: Int) {
        self.messageBytesMax = messageBytesMax
        self.descriptorsMax = descriptorsMax
    }

    /// Whether a message has begun and not ended.
    package var isInsideMessage: Bool { !bytes.isEmpty }

    /// What has come and not been taken.
    package var sizeBytes: Int { bytes.count }

    /// How many bytes the message that has begun may still have.
    package var room: Int { messageBytesMax + 1 - bytes.count }

    /// Takes what came. The kernel ends a reading with the bytes that descriptors came with, and those begin with the
    /// first byte of a message: they belong to the last message that begins in this piece.
    package mutating func add(_ piece: [UInt8], _ new: [Descriptor]) {
        if !new.isEmpty {
            let end = piece.dropLast().lastIndex(of: 0).map { bytes.count + $0 + 1 }
            descriptors += new.map { (end ?? 0, $0) }
        }
        bytes += piece
    }

    /// The next whole message.
    package mutating func next() throws(Failure) -> (bytes: [UInt8], descriptors: [Descriptor])? {
        guard let end = bytes[searched...].firstIndex(of: 0) else {
            searched = bytes.count
            guard bytes.count <= messageBytesMax else {
                throw Failure(.usage, "a message is longer than \(messageBytesMax) bytes")
            }
            // Each byte of a message that never ends could bring some.
            try check(descriptors.count)
            return nil
        }
        guard end <= messageBytesMax else {
            throw Failure(.usage, "a message is longer than \(messageBytesMax) bytes")
        }
        let message = Array(bytes[..<end])
        let own = descriptors.filter { $0.start <= end }.map(\.1)
        try check(own.count)
        descriptors = descriptors.filter { $0.start > end }.map { ($0.start - end - 1, $0.1) }
        bytes.removeSubrange(...end)
        searched = 0
        return (message, own)
    }

    private func check(_ count: Int) throws(Failure) {
        guard count <= descriptorsMax else {
            throw Failure(.usage, "a message brings more than \(descriptorsMax) descriptors")
        }
    }
}
