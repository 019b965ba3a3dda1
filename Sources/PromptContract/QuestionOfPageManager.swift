public import PageManagerInterface
internal import YunCore

extension PromptQuestion {
    /// The page manager's question in one language.
    public init(_ question: Owner.Question, language: String) {
        func text(_ texts: [String: String]?) -> String {
            texts.flatMap { LocalizedText($0) }?.text(forLocale: language) ?? ""
        }
        self.init(
            domain: question.app, title: text(question.title),
            publisher: Publisher(
                key: question.publisher,
                standing: Publisher.Standing(rawValue: question.signing_class) ?? .developer),
            permission: text(question.permission_title), sentence: text(question.permission_words),
            reason: text(question.reason), language: language)
    }
}
