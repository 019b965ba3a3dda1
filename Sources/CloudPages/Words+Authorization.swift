/// What pages say about phones, apps and clients.
extension Words {
    static let authorizationTexts: [Word: Text] = [
        .eventDeviceSignedIn: ("A phone was let in", "一部手机已登录"),
        .eventDeviceSignedOut: ("A phone was signed out", "一部手机已退出登录"),
        .eventClientAllowed: ("A program was allowed to use the account", "已允许一个程序使用帐号"),
        .eventClientEnded: ("A program may no longer use the account", "已撤销一个程序的权限"),
        .eventAppBlocked: ("An app was blocked", "已禁止一个应用"),
        .eventAppUnblocked: ("An app was allowed again", "已重新允许一个应用"),
        .eventTokenReused: (
            "Somebody has shown a copy of a sign-in. It was ended; sign in there anew.",
            "有人使用了登录凭证的副本。该登录已终止，请重新登录。"
        ),
        .devices: ("Phones", "手机"),
        .devicesIntro: (
            "Signing a phone out ends what it and its apps can do here, at once.", "退出后，该手机及其应用立即无法再访问您的帐号。"
        ),
        .signOutDevices: ("Sign out all phones", "退出所有手机"),
        .apps: ("Apps", "应用"),
        .clientsText: ("Programs that you have allowed to use your account.", "您允许使用帐号的程序。"),
        .appsText: ("Apps that have used your account on your phones.", "在您的手机上使用过帐号的应用。"),
        .blocked: ("Blocked", "已禁止"),
        .block: ("Block", "禁止"),
        .unblock: ("Allow", "允许"),
        .consent: ("Allow access to your account?", "允许访问您的帐号？"),
        .consentUnverified: (
            "This program gives its own name. Nobody has verified it; look at where your answer goes.",
            "程序名称由其自行提供，未经核实。请留意您的答复将发送到何处。"
        ),
        .consentGoesTo: ("Your answer goes to", "您的答复将发送到"),
        .consentAccount: ("Your account", "您的帐号"),
        .consentAsks: ("It wants to", "它希望"),
        .allow: ("Allow", "允许"),
        .deny: ("Do not allow", "不允许"),
        .deviceCode: ("Let a phone in", "让手机登录"),
        .deviceCodeIntro: ("Type the code that the phone shows.", "请输入手机上显示的代码。"),
        .deviceCodeField: ("Code on the phone", "手机上的代码"),
        .deviceConsent: ("Let this phone in?", "允许这部手机登录？"),
        .deviceConsentText: (
            "Go on only if the phone is in your hands and shows this code. Somebody who sent you a link to here would get into your account.",
            "仅当手机在您手中并显示此代码时才继续。如果此链接是别人发给您的，对方将能进入您的帐号。"
        ),
        .deviceAllowed: ("The phone is signed in. Go on there.", "手机已登录，请在手机上继续。"),
        .deviceDenied: ("The phone was not let in.", "未允许该手机登录。"),
        .signOutIntro: ("A program asks to sign you out of this browser.", "有程序请求让此浏览器退出登录。"),
        .scopeOpenid: ("Know that it is you, under a name of its own", "识别您（使用专属标识）"),
        .scopeProfile: ("Know the name that you sign in by", "了解您的登录名"),
        .scopeOfflineAccess: ("Go on when you are not there", "在您离开时继续访问"),
        .scopeStorage: ("Read and change all your files", "读取和修改您的全部文件"),
        .scopeAppStorage: ("Keep files in a folder of its own", "在专属文件夹中保存文件"),
    ]
}
