import Foundation
import Glibc
import Platform
import Support
import Testing

/// Pages as a real browser shows them, at a phone's width, with scripts turned off.
@Suite struct AccountPageTests {
    private let cloud: CloudProcess

    init() throws { cloud = try CloudProcess() }

    private func browse(_ steps: [String], _ other: CloudProcess? = nil) throws -> Program.Result {
        let cloud = other ?? cloud
        return try Program.python().run(
            [
                "\(Checkout.path)/Tests/CloudIntegrationTests/browser.py", "http://127.0.0.1:\(cloud.port)",
                cloud.data + "/outbox", cloud.directory.path,
            ] + steps.map { $0.replacing("|", with: "\t") })
    }

    @Test("Y-70, Y-74: somebody signs up with a browser, and has an app password that opens the drive")
    func signUp() throws {
        let result = try browse([
            "open|/", "follow|No account yet? Sign up", "type|name|li@example.com", "type|password|12345678",
            "press|Continue", "text", "type|password|battery staple horse", "press|Continue",
            "code|li@example.com",
            "press|Continue", "where", "text", "follow|App passwords", "type|name|rclone <b>",
            "press|Make a password",
            "text",
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("This password is guessed at once."))
        #expect(result.output.contains("\n/account\n"))
        #expect(result.output.contains("li@example.com") && result.output.contains("0 B / 100 GB"))
        #expect(result.output.contains("rclone <b>"))
        let password = try #require(
            result.output.split(separator: "\n").first { $0.wholeMatch(of: /(\w{5}-){4}\w{5}/) != nil })
        let status = try Program("curl").run(
            "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "PROPFIND", "-H", "Depth: 0", "-u",
            "li@example.com:\(password)",
            cloud.url + "/")
        #expect(status.output == "207")
    }

    @Test(
        "Y-80, Y-81: an owner turns the second step on, signs in with a code and with a recovery code, in Chinese too"
    )
    func secondFactor() throws {
        let result = try browse([
            "open|/sign-in", "type|name|ming@example.com", "type|password|wrong horse", "press|Sign in",
            "text",
            "type|password|correct horse", "press|Sign in", "follow|Security", "keep-secret", "totp|-1",
            "type|password|correct horse", "press|Turn on", "text", "follow|Back", "press|Sign out",
            "type|name|ming@example.com", "type|password|correct horse", "press|Sign in", "text", "totp|0",
            "press|Sign in", "where", "open|/account/security", "type|codes-password|correct horse",
            "press|Make new recovery codes", "keep-secret", "press|Sign out", "follow|中文",
            "type|name|ming@example.com",
            "type|password|correct horse", "press|登录", "recovery", "press|登录", "follow|活动记录", "text",
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("The name or the password is wrong."))
        #expect(result.output.contains("Recovery codes") && result.output.contains("Second step"))
        #expect(result.output.contains("使用了一个恢复码") && result.output.contains("第二步验证已开启"))
    }

    @Test("Y-76: an owner who forgot the password gets in again")
    func forgotten() throws {
        let result = try browse([
            "open|/sign-in", "follow|Forgot your password?", "type|name|ming@example.com", "press|Continue",
            "code|ming@example.com", "type|password|battery staple horse", "press|Set password", "text",
            "type|name|ming@example.com", "type|password|battery staple horse", "press|Sign in", "where",
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("The password is set."))
        #expect(result.output.hasSuffix("/account\n"), "\(result.output)")
    }

    @Test("Y-83: an owner deletes the account and takes that back")
    func deletion() throws {
        let result = try browse([
            "open|/account/data", "type|name|ming@example.com", "type|password|correct horse",
            "press|Sign in", "where",
            "type|password|correct horse", "press|Delete the account", "text", "press|Keep the account",
            "text",
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("/account/data\n"))
        #expect(result.output.contains("This account will be deleted"))
        #expect(result.output.components(separatedBy: "This account will be deleted").count == 2)
        #expect(try cloud.status("PROPFIND", "/") == 401, "its clients were signed out")
    }

    @Test("Y-77: the first account is made with the address that the server prints, and not with another")
    func setup() throws {
        let cloud = try CloudProcess(hasAccount: false)
        let path = try #require(cloud.setupPath)
        let steps = { (path: String) in
            [
                "open|" + path, "type|name|ming@example.com", "type|password|correct horse",
                "press|Make the account",
                "text", "where",
            ]
        }
        let wrong = try browse(steps("/setup?ticket=" + String(repeating: "0", count: 64)), cloud)
        #expect(wrong.output.contains("Begin again."), "\(wrong.errors)")
        let right = try browse(steps(path), cloud)
        #expect(right.output.hasSuffix("/account\n"), "\(right.errors)")
        try cloud.end(SIGTERM)
        try cloud.start()
        #expect(try browse(["open|" + path, "text"], cloud).output.contains("Welcome"))
        #expect(try browse(steps(path), cloud).output.contains("Begin again."))
    }
}
