internal import CLibCurl
public import CloudModel
internal import CloudObjects
internal import Glibc
public import YunCore

/// Sends messages through a mail server (RFC 5321), by libcurl.
public struct MailServer: MessageCarrier {
    private static let connectSeconds = 15
    private static let secondsMax = 60

    /// `smtps://host:465`, or `smtp://host:587`, where TLS is begun before anything is said.
    private let url: String
    private let user: String?
    private let password: String?
    private let sender: String
    private let phoneDomain: String?
    private let isLocal: Bool
    private let threads = BlockingWork()

    /// - Parameters:
    ///   - sender: whom the mail comes from.
    ///   - phoneDomain: of a provider that sends what is mailed to `number@domain` to a phone.
    public init(url: String, user: String?, password: String?, sender: String, phoneDomain: String?)
        throws(Failure)
    {
        let scheme = ["smtp://", "smtps://"].first { url.hasPrefix($0) }
        guard let scheme, let host = url.dropFirst(scheme.count).split(separator: ":").first,
            !host.contains("/")
        else {
            throw Failure(
                .usage, "\(url.escaped) is no mail server", hint: "write it as smtps://mail.example.com:465")
        }
        do throws(Problem) {
            self.sender = try LoginName(sender).description
            if let phoneDomain { _ = try LoginName("1@" + phoneDomain) }
        } catch {
            throw Failure(
                .usage, "\(sender.escaped) or \((phoneDomain ?? "").escaped) cannot be mailed to",
                hint: "give --mail-from yun@example.com, and --sms-domain sms.example.com")
        }
        self.url = url
        self.user = user
        self.password = password
        self.phoneDomain = phoneDomain
        isLocal = host == "localhost" || host.hasPrefix("127.")
    }

    /// Phones are reached where a provider for them is known.
    public var reachesPhones: Bool { phoneDomain != nil }

    /// Waits until the server has taken the message.
    public func carry(_ message: Message, at now: Instant) async throws(Problem) {
        let name = message.recipient
        let address: String
        if name.isPhone {
            guard let phoneDomain else { throw Problem(.unavailable, "no provider for phones is known") }
            address = name.description.dropFirst() + "@" + phoneDomain
        } else {
            address = name.description
        }
        let mail = message.mail(from: sender, to: address, at: now)
        let fault = try await threads.run { () throws(Failure) in send(mail, to: address) }
        if let fault {
            throw Problem(.unavailable, "the message could not be sent", cause: "the mail server: \(fault)")
        }
    }

    /// What was wrong; `nil` where the server has taken it.
    private func send(_ mail: String, to address: String) -> String? {
        if let fault = unsafe yun_curl_load() { return unsafe String(cString: fault) }
        guard let easy = unsafe yun_curl_easy_init() else { return "libcurl is out of memory" }
        defer { unsafe yun_curl_easy_cleanup(easy) }
        var bytes = Array(mail.utf8)
        // libcurl reads a file where it is told no function of ours.
        guard let file = unsafe fmemopen(&bytes, bytes.count, "r") else { return "out of memory" }
        defer { unsafe fclose(file) }
        let recipients = unsafe yun_curl_slist_append(nil, "<\(address)>")
        defer { unsafe yun_curl_slist_free_all(recipients) }
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_UPLOAD, 1), (CURLOPT_NOSIGNAL, 1), (CURLOPT_CONNECTTIMEOUT, Self.connectSeconds),
            (CURLOPT_TIMEOUT, Self.secondsMax),
            // Codes must not cross a network in the clear, whatever somebody between says of the server.
            (CURLOPT_USE_SSL, Int((isLocal ? CURLUSESSL_TRY : CURLUSESSL_ALL).rawValue)),
        ]
        let texts: [(CURLoption, String?)] = [
            (CURLOPT_URL, url), (CURLOPT_PROTOCOLS_STR, "smtp,smtps"), (CURLOPT_MAIL_FROM, "<\(sender)>"),
            (CURLOPT_USERNAME, user), (CURLOPT_PASSWORD, password),
        ]
        var code = CURLE_OK
        for (option, number) in numbers where code == CURLE_OK {
            code = unsafe yun_curl_set_number(easy, option, number)
        }
        for (option, text) in texts where code == CURLE_OK {
            if let text { code = unsafe yun_curl_set_text(easy, option, text) }
        }
        if code == CURLE_OK { code = unsafe yun_curl_set_pointer(easy, CURLOPT_MAIL_RCPT, recipients) }
        if code == CURLE_OK { code = unsafe yun_curl_set_pointer(easy, CURLOPT_READDATA, file) }
        if code == CURLE_OK { code = unsafe yun_curl_easy_perform(easy) }
        return code == CURLE_OK ? nil : unsafe String(cString: yun_curl_easy_strerror(code))
    }
}
