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
                standing: Publisher.Standing(rawValue: question.signingClass) ?? .developer),
            permission: text(question.permissionTitle), sentence: text(question.permissionWords),
            reason: text(question.reason), language: language)
    }
}
