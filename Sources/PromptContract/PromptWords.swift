package import Lifecycle
internal import YunCore

/// Everything that a question shows, in the order in which it is to be seen: what is verified and ours first, what the
/// app says last, and marked as its own.
package struct PromptWords {
    package let window: String
    package let initial: String
    /// The app's name; its domain where the name shows nothing.
    package let app: String
    package let domain: String
    package let publisher: String
    package let asks: String
    package let permission: String
    package let sentence: String
    package let appSays: String
    /// Empty where the app gave none.
    package let reason: String
    package let choices: [(answer: OwnerAnswer, text: String)]
    package let question: String
    package let again: String

    package init(_ question: PromptQuestion) {
        let words = Self.languages(question.language)
        let title = question.title.foreign(scalarsMax: 60)
        app = title.isEmpty ? question.domain.ending(scalarsMax: 60) : title
        initial = Self.initial(of: app)
        domain = question.domain.ending(scalarsMax: 60)
        let standing: LocalizedText =
            switch question.publisher.standing {
            case .system: Self.system
            case .store: Self.store
            case .developer: Self.developer
            }
        publisher = words(standing) + words(Self.key) + question.publisher.key.uppercased()
        permission = question.permission.foreign(scalarsMax: 60)
        sentence = question.sentence.foreign(scalarsMax: 200)
        reason = question.reason.foreign(scalarsMax: 200)
        window = words(Self.windowTitle)
        asks = words(Self.asksFor)
        appSays = words(Self.says)
        choices = Self.choiceTexts.map { ($0, words($1)) }
        self.question = words(Self.yourAnswer)
        again = words(Self.onlyThese)
    }

    /// Its app's letter, where there is no picture.
    private static func initial(of name: String) -> String {
        let letter = name.unicodeScalars.first {
            $0.properties.isAlphabetic || $0.properties.numericType != nil
        }
        return letter.map {
            $0.properties.uppercaseMapping.count == 1 ? $0.properties.uppercaseMapping : String($0)
        }
            ?? "?"
    }

    private static func languages(_ locale: String) -> (LocalizedText) -> String {
        { $0.text(forLocale: locale) }
    }

    private static func text(_ english: String, _ chinese: String) -> LocalizedText {
        LocalizedText(["en": english, "zh": chinese]) ?? LocalizedText(english)
    }

    private static let windowTitle = text("Permission", "权限请求")
    private static let system = text("From the maker of this phone", "来自本手机的制造商")
    private static let store = text("From a store that this phone trusts", "来自本手机信任的应用商店")
    private static let developer = text("From a developer whom you trust", "来自您信任的开发者")
    private static let key = text(", key ", "，密钥 ")
    private static let asksFor = text("asks for this permission:", "请求此权限：")
    private static let says = text("The app says:", "应用自称：")
    private static let yourAnswer = text("Your answer [0]: ", "您的回答 [0]：")
    private static let onlyThese = text("Answer with a number from 0 to 4.", "请回答 0 到 4 的数字。")

    private static let choiceTexts: [(OwnerAnswer, LocalizedText)] = [
        (.once, text("Allow once", "仅允许这一次")),
        (.whileInUse, text("Allow while in use", "仅在使用期间允许")),
        (.always, text("Always allow", "始终允许")),
        (.never, text("Never allow", "永不允许")),
        (.notNow, text("Not now", "暂不决定")),
    ]
}
