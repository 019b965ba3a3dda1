public import CloudModel

/// Everything that pages say, in one language.
public struct Words: Sendable {
    private let language: Language

    /// In a language.
    public init(_ language: Language) { self.language = language }

    /// A text.
    public subscript(word: Word) -> String {
        guard let texts = Self.texts[word] else { return word.rawValue }
        return language == .chinese ? texts.chinese : texts.english
    }

    /// All, for templates.
    var byName: [String: String] { language == .chinese ? Self.chinese : Self.english }

    typealias Text = (english: String, chinese: String)

    private static let english = texts.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value.english }
    private static let chinese = texts.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value.chinese }

    static let texts = accountTexts.merging(authorizationTexts) { $1 }

    private static let accountTexts: [Word: Text] = [
        .skip: ("Skip to content", "跳到正文"),
        .account: ("Account", "帐号"),
        .security: ("Security", "安全"),
        .appPasswords: ("App passwords", "应用密码"),
        .events: ("Activity", "活动记录"),
        .data: ("Your data", "您的数据"),
        .signOut: ("Sign out", "退出登录"),
        .nothing: ("Nothing here yet.", "这里还没有内容。"),
        .signIn: ("Sign in", "登录"),
        .signInIntro: ("One account for your phone, your files and your apps.", "一个帐号，用于手机、文件和应用。"),
        .name: ("E-mail address or phone number", "电子邮箱或手机号"),
        .nameHint: (
            "A phone number with its country's code, as +86 138 0013 8000.", "手机号请带国家代码，例如 +86 138 0013 8000。"
        ),
        .password: ("Password", "密码"),
        .noAccountYet: ("No account yet? Sign up", "还没有帐号？注册"),
        .forgotPassword: ("Forgot your password?", "忘记密码？"),
        .secondFactor: ("Second step", "第二步验证"),
        .secondFactorIntro: (
            "Type the code that your authenticator shows, or one of your recovery codes.",
            "请输入验证器显示的验证码，或一个恢复码。"
        ),
        .code: ("Code", "验证码"),
        .go: ("Continue", "继续"),
        .signUp: ("Sign up", "注册"),
        .signUpIntro: (
            "We send a code to this address or number, to see that it is yours.", "我们会向此邮箱或手机号发送验证码，以确认它属于您。"
        ),
        .newPassword: ("New password", "新密码"),
        .newPasswordHint: (
            "8 characters or more. A few words that do not belong together are good.", "至少 8 个字符。几个互不相关的词就很好。"
        ),
        .haveAccount: ("Have an account? Sign in", "已有帐号？登录"),
        .checkMessages: ("Type the code", "输入验证码"),
        .checkMessagesIntro: (
            "We have sent a message. Type the code that is in it; it is good for 15 minutes.",
            "消息已发送。请输入其中的验证码，15 分钟内有效。"
        ),
        .beginAgain: ("Begin again", "重新开始"),
        .reset: ("New password", "重设密码"),
        .resetIntro: ("We send a code to this address or number.", "我们会向此邮箱或手机号发送验证码。"),
        .setPassword: ("Set password", "设置密码"),
        .setup: ("Welcome", "欢迎"),
        .setupIntro: (
            "Nobody has an account on this server yet. The first one is the operator's.",
            "此服务器尚无帐号。第一个帐号属于管理员。"
        ),
        .makeAccount: ("Make the account", "创建帐号"),
        .names: ("What you sign in by", "登录名"),
        .removeName: ("Remove", "移除"),
        .addName: ("Add an address or number", "添加邮箱或手机号"),
        .add: ("Add", "添加"),
        .storage: ("Storage", "存储空间"),
        .accountRemoved: ("This account will be deleted", "此帐号将被删除"),
        .keepAccount: ("Keep the account", "保留帐号"),
        .since: ("Since", "开始于"),
        .changePassword: ("Change password", "更改密码"),
        .oldPassword: ("Present password", "当前密码"),
        .authenticator: ("Second step with an authenticator", "用验证器进行第二步验证"),
        .authenticatorText: (
            "With it, your password alone opens nothing. Take the picture with an authenticator app, or type the key there; then type the code that it shows.",
            "启用后，仅凭密码无法登录。请用验证器应用扫描图片，或手动输入密钥，然后输入它显示的验证码。"
        ),
        .authenticatorIs: ("The second step is on.", "第二步验证已开启。"),
        .authenticatorOn: ("Turn on", "开启"),
        .authenticatorOff: ("Turn off", "关闭"),
        .recoveryCodes: ("Recovery codes", "恢复码"),
        .recoveryCodesText: (
            "Each signs you in once without your authenticator. Keep them where your phone is not. They are shown only now.",
            "每个恢复码可在没有验证器时登录一次。请保存在手机以外的地方。它们只显示这一次。"
        ),
        .recoveryCodesLeft: ("Codes left:", "剩余恢复码："),
        .makeRecoveryCodes: ("Make new recovery codes", "生成新的恢复码"),
        .browsers: ("Browsers that are signed in", "已登录的浏览器"),
        .thisBrowser: ("This browser", "当前浏览器"),
        .lastSeen: ("Last used", "最近使用"),
        .signOutOthers: ("Sign out all others", "退出其他所有浏览器"),
        .appPasswordsIntro: (
            "For clients that know only a name and a password, such as rclone or a file manager. Each opens your files and nothing else.",
            "用于只支持用户名和密码的客户端，例如 rclone 或文件管理器。每个密码只能访问您的文件。"
        ),
        .appPasswordName: ("What is it for?", "用途"),
        .makeAppPassword: ("Make a password", "生成密码"),
        .appPasswordMade: ("Your new app password. It is shown only now.", "新的应用密码。它只显示这一次。"),
        .remove: ("Remove", "移除"),
        .back: ("Back", "返回"),
        .export: ("Take your data with you", "导出数据"),
        .exportText: (
            "Everything that is kept of your account, with all your files, as one archive.",
            "帐号的全部资料和所有文件，打包为一个归档文件。"
        ),
        .exportButton: ("Download", "下载"),
        .deletion: ("Delete the account", "删除帐号"),
        .deletionText: (
            "Everything is deleted after 14 days. Until then you can sign in and keep it. Phones and clients are signed out at once.",
            "14 天后将删除全部内容。在此之前您可以登录并保留帐号。手机和客户端将立即退出登录。"
        ),
        .deletionButton: ("Delete the account", "删除帐号"),
        .eventsIntro: ("If something here was not you, change your password.", "如果其中有不是您本人的操作，请更改密码。"),
        .eventAccountMade: ("The account was made", "帐号已创建"),
        .eventSignedIn: ("Signed in", "已登录"),
        .eventSignInRefused: ("A sign-in was refused", "一次登录被拒绝"),
        .eventPasswordChanged: ("The password was changed", "密码已更改"),
        .eventPasswordReset: ("The password was set anew", "密码已重设"),
        .eventSecondFactorAdded: ("The second step was turned on", "第二步验证已开启"),
        .eventSecondFactorRemoved: ("The second step was turned off", "第二步验证已关闭"),
        .eventRecoveryCodesMade: ("New recovery codes were made", "已生成新的恢复码"),
        .eventRecoveryCodeUsed: ("A recovery code was used", "使用了一个恢复码"),
        .eventAppPasswordMade: ("An app password was made", "已生成应用密码"),
        .eventAppPasswordRemoved: ("An app password was removed", "应用密码已移除"),
        .eventNameAdded: ("A name was added", "已添加登录名"),
        .eventNameRemoved: ("A name was removed", "登录名已移除"),
        .eventSessionEnded: ("A browser was signed out", "一个浏览器已退出登录"),
        .eventExported: ("The data was downloaded", "数据已下载"),
        .eventDeletionAsked: ("The deletion of the account was asked for", "已申请删除帐号"),
        .eventDeletionTakenBack: ("The account is kept", "帐号已保留"),
        .done: ("Done.", "完成。"),
        .passwordChanged: ("The password is changed. Other browsers are signed out.", "密码已更改，其他浏览器已退出登录。"),
        .passwordReset: ("The password is set. Sign in with it.", "密码已设置，请登录。"),
        .problemNameNotUnderstood: (
            "This is neither an e-mail address nor a phone number with its country's code.",
            "这既不是电子邮箱，也不是带国家代码的手机号。"
        ),
        .problemNameTaken: ("This name has an account already.", "此登录名已有帐号。"),
        .problemNameIsLast: ("An account keeps one name at least.", "帐号至少保留一个登录名。"),
        .problemPasswordShort: ("A password has 8 characters at least.", "密码至少 8 个字符。"),
        .problemPasswordLong: ("This password is too long.", "密码过长。"),
        .problemPasswordTrivial: ("This password is guessed at once. Choose another.", "此密码太容易被猜到，请换一个。"),
        .problemPasswordWrong: ("The password is wrong.", "密码不正确。"),
        .problemCredentialsWrong: ("The name or the password is wrong.", "登录名或密码不正确。"),
        .problemCodeWrong: ("The code is wrong.", "验证码不正确。"),
        .problemTicketGone: (
            "This took too long, or too many codes were tried. Begin again.", "已超时或尝试次数过多，请重新开始。"
        ),
        .problemTriesUsedUp: ("Too many tries. Wait some time.", "尝试次数过多，请稍后再试。"),
        .problemFormStale: ("The page was open for too long. Send it once more.", "页面打开时间过长，请重新提交。"),
        .problemLabelMalformed: ("Give it a short name.", "请输入一个简短的名称。"),
        .problemSignUpClosed: ("This server takes no new accounts. Ask its operator.", "此服务器不开放注册，请联系管理员。"),
        .problemMessageUndeliverable: ("This server cannot send messages there.", "此服务器无法向该地址发送消息。"),
        .problemSecondFactorThere: ("The second step is on already.", "第二步验证已经开启。"),
        .problemBusy: ("Too many people sign in at this moment. Try again.", "当前登录人数过多，请重试。"),
        .problemNotFound: ("There is nothing here", "这里什么也没有"),
        .problemForbidden: ("This is not allowed", "没有权限"),
        .problemServer: ("The server could not do it", "服务器未能完成"),
        .problemOther: ("This did not work", "操作未成功"),
    ]
}
