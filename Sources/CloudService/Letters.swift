internal import CloudDatabase
internal import CloudModel

/// What owners are told outside of a browser.
enum Letter {
    case confirmName(code: String)
    case nameIsTaken
    case resetPassword(code: String)
    case noAccount
    case passwordChanged
    case removal(days: Int)

    /// A code that nobody asked for any more is sent to nobody.
    var lifetimeSeconds: Int64 {
        switch self {
        case .confirmName, .resetPassword: Accounts.ticketSeconds
        case .nameIsTaken, .noAccount: 3600
        case .passwordChanged, .removal: 86_400
        }
    }

    func subject(_ language: Language) -> String {
        switch (self, language) {
        case (.confirmName, .english): "Your code for Yun"
        case (.confirmName, .chinese): "您的 Yun 验证码"
        case (.nameIsTaken, .english): "You have an account"
        case (.nameIsTaken, .chinese): "您已有帐号"
        case (.resetPassword, .english): "A new password for Yun"
        case (.resetPassword, .chinese): "重设 Yun 密码"
        case (.noAccount, .english): "There is no account"
        case (.noAccount, .chinese): "没有帐号"
        case (.passwordChanged, .english): "Your password was changed"
        case (.passwordChanged, .chinese): "您的密码已更改"
        case (.removal, .english): "Your account will be deleted"
        case (.removal, .chinese): "您的帐号将被删除"
        }
    }

    func text(_ language: Language) -> String {
        switch (self, language) {
        case (.confirmName(let code), .english):
            "Your code is \(code). It is good for 15 minutes. If you did not ask for it, do nothing, and tell it to nobody."
        case (.confirmName(let code), .chinese):
            "您的验证码是 \(code)，15 分钟内有效。如果不是您本人操作，请忽略本消息，不要告诉任何人。"
        case (.nameIsTaken, .english):
            "Somebody wants to sign up with this name, and it already has an account. If it was you, sign in, or set a new password there."
        case (.nameIsTaken, .chinese): "有人用此名称注册，但它已有帐号。如果是您本人，请直接登录，或在登录页重设密码。"
        case (.resetPassword(let code), .english):
            "Your code for a new password is \(code). It is good for 15 minutes. If you did not ask for it, do nothing, and tell it to nobody."
        case (.resetPassword(let code), .chinese):
            "重设密码的验证码是 \(code)，15 分钟内有效。如果不是您本人操作，请忽略本消息，不要告诉任何人。"
        case (.noAccount, .english):
            "Somebody asked for a new password for this name, and it has no account. If it was you, sign up."
        case (.noAccount, .chinese): "有人为此名称申请重设密码，但它没有帐号。如果是您本人，请先注册。"
        case (.passwordChanged, .english):
            "The password of your account was changed. If it was not you, set a new one at once."
        case (.passwordChanged, .chinese): "您的帐号密码已更改。如果不是您本人操作，请立即重设密码。"
        case (.removal(let days), .english):
            "Your account and everything in it will be deleted in \(days) days. Sign in until then to keep it."
        case (.removal(let days), .chinese): "您的帐号及其全部内容将在 \(days) 天后删除。在此之前登录即可保留。"
        }
    }
}

extension Transaction {
    /// Lets a message go out once this transaction is committed.
    func send(_ letter: Letter, to name: String, in language: Language, at now: Instant) throws(Problem) {
        try messages.insert(
            to: name, letter.subject(language), letter.text(language), at: now,
            until: now.advanced(bySeconds: letter.lifetimeSeconds))
    }
}
