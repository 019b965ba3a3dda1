/// Who grants a permission, and when (`spec/permissions.md`).
public enum PermissionClass: String, Sendable, CaseIterable {
    /// With the install: what harms nobody beyond what the owner reads before it.
    case install
    /// The owner's answer when the app first needs it.
    case firstUse = "first-use"
    /// Releases of the signing class `system` have it, and nobody else.
    case system
}

/// What a permission opens in the sandbox itself.
public struct PermissionOpening: Sendable, Equatable {
    /// A socket of the user's session.
    public struct SessionSocket: Sendable, Equatable {
        /// Below `$XDG_RUNTIME_DIR`.
        public let name: String
        /// As the app sees it.
        public let path: String
        /// The variable that tells programs.
        public let variable: String
        /// What stands before the path in the variable.
        public let prefix: String

        /// The socket outside, where there is a session.
        public func hostPath(in runtimeDirectory: String?) -> String? {
            runtimeDirectory.map { "\($0)/\(name)" }
        }
    }

    /// Device files or directories, at the same path inside.
    public let devices: [String]
    /// Sockets of the user's session.
    public let sockets: [SessionSocket]
    /// One line for people.
    public let words: String

    /// Nothing: the permission is the broker's.
    fileprivate static func broker(_ what: String) -> PermissionOpening {
        PermissionOpening(devices: [], sockets: [], words: "nothing inside; the broker gives \(what)")
    }
}

/// All that there is to say of a permission. This table is the only place that says so, and the same as the one in
/// `spec/permissions.md`; what is not in it does not exist.
public struct PermissionTerms: Sendable {
    /// Who grants it.
    public let permissionClass: PermissionClass
    /// Its name for people.
    public let title: LocalizedText
    /// What an app that has it can do, in the words that a question shows: ours, never the app's.
    public let sentence: LocalizedText
    /// What it opens in the sandbox.
    public let opening: PermissionOpening
    /// The methods of the broker that need it.
    public let methods: [String]

    fileprivate init(
        _ permissionClass: PermissionClass, _ title: (en: String, zh: String),
        _ sentence: (en: String, zh: String), _ opening: PermissionOpening, methods: [String] = []
    ) {
        self.permissionClass = permissionClass
        self.title = LocalizedText(title)
        self.sentence = LocalizedText(sentence)
        self.opening = opening
        self.methods = methods
    }
}

extension Permission {
    /// The permission's row of the table.
    public var terms: PermissionTerms {
        switch self {
        case .network: .network
        case .audio: .audio
        case .graphics: .graphics
        case .camera: .camera
        case .location: .location
        case .notification: .notification
        case .account: .account
        case .storage: .storage
        case .packages: .packages
        }
    }
}

extension PermissionTerms {
    fileprivate static let network = PermissionTerms(
        .install, ("Network", "网络"),
        (
            "Send and receive data through the internet, with the servers that the app has declared.",
            "通过互联网与应用声明的服务器收发数据。"
        ), .broker("requests to the declared hosts"), methods: ["com.yunos.network.Request"])

    fileprivate static let graphics = PermissionTerms(
        .install, ("Graphics processor", "图形处理器"),
        ("Draw with the phone's graphics processor.", "使用手机的图形处理器绘图。"),
        PermissionOpening(devices: ["/dev/dri"], sockets: [], words: "the graphics processor, /dev/dri"))

    fileprivate static let audio = PermissionTerms(
        .firstUse, ("Sound and microphone", "声音和麦克风"),
        ("Play sound, and listen through the microphone.", "播放声音，并通过麦克风收听。"),
        PermissionOpening(
            devices: [],
            sockets: [
                PermissionOpening.SessionSocket(
                    name: "pipewire-0", path: "/run/audio/pipewire-0", variable: "PIPEWIRE_REMOTE",
                    prefix: ""),
                PermissionOpening.SessionSocket(
                    name: "pulse/native", path: "/run/audio/pulse", variable: "PULSE_SERVER",
                    prefix: "unix:"),
            ], words: "the sockets of the user's PipeWire and PulseAudio"))

    fileprivate static let camera = PermissionTerms(
        .firstUse, ("Camera", "相机"),
        ("Take pictures and videos with the phone's cameras.", "使用手机的相机拍照和录像。"),
        PermissionOpening(
            devices: (0..<16).map { "/dev/video\($0)" }, sockets: [], words: "cameras, /dev/video*"))

    fileprivate static let location = PermissionTerms(
        .firstUse, ("Location", "位置"), ("Know where this phone is.", "获知这部手机所在的位置。"),
        .broker("the phone's position"))

    fileprivate static let notification = PermissionTerms(
        .firstUse, ("Notifications", "通知"),
        ("Show notifications, also while the app is not on the screen.", "显示通知，应用不在屏幕上时也可以。"),
        .broker("notifications"),
        methods: ["com.yunos.notification.Post", "com.yunos.notification.Withdraw"])

    fileprivate static let account = PermissionTerms(
        .firstUse, ("Account", "帐号"),
        (
            "Use the account of this phone: see who you are, and keep files of its own in your cloud.",
            "使用这部手机的帐号：看到您的身份，并在您的云端保存它自己的文件。"
        ), .broker("tokens of the owner's account"), methods: ["com.yunos.account.Token"])

    fileprivate static let storage = PermissionTerms(
        .firstUse, ("Your files", "您的文件"),
        ("See and change your photos and other files.", "查看和修改您的照片和其他文件。"),
        .broker("the owner's files"))

    fileprivate static let packages = PermissionTerms(
        .system, ("Apps on this phone", "手机上的应用"),
        ("Install, update and remove apps.", "安装、更新和移除应用。"),
        .broker("installing, updating and removing of apps"))
}
