public import CloudModel
internal import CloudObjects
internal import Platform
internal import Signing
internal import YunCore

/// Lays each message as a file into a directory, for an operator without a mail server, or for a program of theirs.
public struct FileOutbox: MessageCarrier {
    private let path: String
    private let threads = BlockingWork()

    /// A directory, made with the first message.
    public init(path: String) { self.path = path }

    /// A file says to whom it is to go.
    public var reachesPhones: Bool { true }

    /// Writes a file that is whole as soon as it has its name, of which the order of names is that of the messages.
    public func carry(_ message: Message, at now: Instant) async throws(Problem) {
        let recipient = message.recipient.description
        let mail = message.mail(from: "yun@localhost", to: recipient, at: now)
        let name = "\(now.milliseconds)-\(RandomBytes.take(4).hexadecimal).eml"
        try await threads.run { [path] () throws(Failure) in
            _ = try AnchoredDirectory.make(at: path, permissions: 0o700)
            let file = try PublishedFile(path: path + "/" + name, permissions: 0o600)
            try file.withDescriptor { descriptor throws(Failure) in try descriptor.write(Array(mail.utf8)) }
            try file.publish()
        }
    }
}
