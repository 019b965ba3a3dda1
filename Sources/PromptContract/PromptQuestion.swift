internal import FoundationEssentials
public import YunCore

/// What the page manager gives the prompt to ask, as JSON. The page manager has verified who the app is; what the app
/// says of itself is still anybody's text.
public struct PromptQuestion: Sendable, Equatable, Codable {
    /// Who signed the app.
    public struct Publisher: Sendable, Equatable, Codable {
        /// Why this phone trusts a publisher, as `SigningClass` spells it.
        public enum Standing: String, Sendable, Codable, CaseIterable {
            case system, store, developer
        }

        /// The key's id, 16 hexadecimal digits.
        public let key: String
        /// Why it is trusted.
        public let standing: Standing

        /// The publisher with this key.
        public init(key: String, standing: Standing) {
            self.key = key
            self.standing = standing
        }
    }

    /// The app's domain.
    public let domain: String
    /// The app's name in the owner's language, from its manifest.
    public let title: String
    /// Who signed it.
    public let publisher: Publisher
    /// The permission's name in our words.
    public let permission: String
    /// What the permission allows, in our words.
    public let sentence: String
    /// Why the app wants it, in the app's words.
    public let reason: String
    /// POSIX locale such as `zh_CN`.
    public let language: String

    /// A question in the owner's language.
    public init(
        domain: String, title: String, publisher: Publisher, permission: String, sentence: String,
        reason: String, language: String
    ) {
        self.domain = domain
        self.title = title
        self.publisher = publisher
        self.permission = permission
        self.sentence = sentence
        self.reason = reason
        self.language = language
    }

    /// No question is longer.
    public static let bytesMax = 64 << 10

    /// Reads a question from at most ``bytesMax`` bytes.
    public init(json: [UInt8]) throws(Failure) {
        do {
            self = try JSONDecoder().decode(PromptQuestion.self, from: Data(json))
        } catch {
            throw Failure(.inputUnreadable, "the question is not one: \(String(describing: error).escaped)")
        }
        guard Domain.isName(domain), publisher.key.utf8.count == 16,
            publisher.key.utf8.allSatisfy(\.isHexDigit)
        else {
            throw Failure(.inputUnreadable, "the question names no domain or no publisher")
        }
    }

    /// The question as the prompt reads it.
    public var json: [UInt8] {
        get throws(Failure) {
            do { return Array(try JSONEncoder().encode(self)) } catch {
                throw Failure(.internalError, "cannot write the question: \(error)")
            }
        }
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool { Character(Unicode.Scalar(self)).isHexDigit }
}
