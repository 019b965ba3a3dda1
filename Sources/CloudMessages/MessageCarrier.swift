public import CloudModel
internal import Foundation
internal import Signing
internal import YunCore

/// A message, as it goes out.
public struct Message: Sendable {
    /// An e-mail address, or a phone number.
    public let recipient: LoginName
    /// What it is about, in a line.
    public let subject: String
    /// What it says.
    public let text: String

    /// A message.
    public init(to recipient: LoginName, subject: String, text: String) {
        self.recipient = recipient
        self.subject = subject
        self.text = text
    }

    /// As mail (RFC 5322, 2045 and 2047).
    /// - Parameter address: where it goes, which for a phone is its provider's.
    func mail(from sender: String, to address: String, at now: Instant) -> String {
        let date = CivilTime(now).http.replacing("GMT", with: "+0000")
        let domain = sender.split(separator: "@").last.map(String.init) ?? "localhost"
        return [
            "From: Yun <\(sender)>", "To: <\(address)>",
            "Subject: =?utf-8?B?\(Data(subject.utf8).base64EncodedString())?=",
            "Date: \(date)", "Message-ID: <\(RandomBytes.take(16).hexadecimal)@\(domain)>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
            "Auto-Submitted: auto-generated", "", body, "",
        ].joined(separator: "\r\n")
    }

    private var body: String {
        Data((text + "\n").utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
    }
}

/// The one way that messages leave the cloud by.
public protocol MessageCarrier: Sendable {
    /// Whom it reaches.
    var reachesPhones: Bool { get }

    /// Hands a message over; fails where it was not taken, and it will be tried again.
    func carry(_ message: Message, at now: Instant) async throws(Problem)
}
