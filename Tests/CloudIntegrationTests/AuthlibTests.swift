import Platform
import Support
import Testing
import YunCore

/// A client that others wrote, and a browser with an owner before it, against the built server.
@Suite struct AuthlibTests {
    private let cloud: CloudProcess

    init() throws { cloud = try CloudProcess() }

    private func notes(_ more: String...) throws -> [String] {
        let made = try CloudProcess.program().run(
            [
                "admin", "client", "create", "Notes <b>&amp;</b>", "--redirect-uri",
                "https://notes.example.com/back",
                "--sign-out-redirect-uri", "https://notes.example.com/bye", "--data", cloud.data,
            ] + more)
        guard made.status == 0 else { throw Failure(.unavailable, made.errors) }
        return made.output.split(separator: "\n").compactMap {
            $0.split(separator: " ").last.map(String.init)
        }
    }

    private func run(_ scenario: String, _ client: [String] = []) throws {
        let result = try Program.python().run(
            [
                "\(Checkout.path)/Tests/CloudIntegrationTests/oauth-client.py", scenario,
                "http://127.0.0.1:\(cloud.port)", cloud.name, "correct horse",
            ] + client, environment: ["YUN_CLOUD": cloud.data + "/cloud.db"])
        let log = try cloud.log.suffix(1000)
        #expect(result.status == 0, "\(scenario): \(result.errors.suffix(3000))\n\(log)")
    }

    @Test("authlib signs an owner in with a code, reads who it is, refreshes, looks at and ends tokens")
    func code() throws {
        try run("code", notes("--confidential"))
        try run("code", notes())
    }

    @Test("authlib lets a phone in, refreshes, and its app's token opens what is an app's (O-41)")
    func device() throws { try run("device") }

    @Test("consent spoofing: a client's name is text, and what is sure of it stands beside it (O-15)")
    func consent() throws { try run("consent-page", notes("--confidential")) }

    @Test("CSRF: what decides is a form of this browser's own (O-15)")
    func forgery() throws { try run("forgery", notes("--confidential")) }

    @Test("O-15, O-16: a client says whether and how the owner is asked")
    func prompts() throws { try run("prompts", notes("--confidential")) }

    @Test("open redirect: what is wrong with a client is shown, and leads nowhere (O-11)")
    func openRedirect() throws { try run("open-redirect", notes("--confidential")) }

    @Test("mix-up: every answer says whose it is (O-13)")
    func mixUp() throws { try run("mix-up", notes("--confidential")) }

    @Test("O-70: a client signs the owner out, with an id token at once, without one after a question")
    func signOut() throws { try run("sign-out", notes("--confidential")) }

    @Test("O-20: a link with a phone's code in it asks first, and what is wrong is told alike")
    func deviceLink() throws { try run("device-link") }

    @Test("O-22, O-42: an owner sees phones and apps, signs a phone out, and blocks an app")
    func allowed() throws { try run("allowed", notes("--confidential")) }
}
