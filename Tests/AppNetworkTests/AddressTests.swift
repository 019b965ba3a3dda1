import Glibc
import Support
import Testing
import YunCore

@testable import AppNetwork

@Suite struct AddressTests {
    private func scope(_ text: String) -> AddressScope {
        var bytes = [UInt8](repeating: 0, count: 16)
        let family = text.utf8.contains(UInt8(ascii: ":")) ? AF_INET6 : AF_INET
        let isAddress = unsafe inet_pton(family, text, &bytes) == 1
        #expect(isAddress, "\(text)")
        return AddressScope(family == AF_INET ? Array(bytes.prefix(4)) : bytes)
    }

    @Test(
        "N-8: addresses of the world",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255",
            "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.114.0",
            "223.255.255.255", "2606:4700::1111", "2400:3200::1", "2a00::1", "2001:200::1", "2001:4860::8888",
            "3ffe::1", "3ffe:ffff::1", "64:ff9b::8.8.8.8",
        ])
    func world(_ address: String) {
        #expect(scope(address) == .world)
    }

    @Test(
        "N-8: addresses of this machine and of local networks, which a developer's hosts may have",
        arguments: [
            ("127.0.0.1", AddressScope.loopback), ("127.255.255.255", .loopback), ("::1", .loopback),
            ("10.0.0.0", .local), ("10.255.255.255", .local), ("172.16.0.1", .local),
            ("172.31.255.255", .local),
            ("192.168.0.1", .local), ("100.64.0.1", .local), ("100.127.255.255", .local),
            ("169.254.169.254", .local),
            ("fc00::1", .local), ("fdff::1", .local), ("fe80::1", .local), ("febf::1", .local),
        ])
    func near(_ address: String, _ expected: AddressScope) {
        let scope = scope(address)
        #expect(scope == expected)
        #expect(!scope.isAllowed(for: .world) && scope.isAllowed(for: .development))
    }

    @Test(
        "N-8: addresses that nobody may connect to",
        arguments: [
            "0.0.0.0", "0.1.2.3", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255",
            "198.51.100.1",
            "203.0.113.255", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::2",
            "::127.0.0.1",
            "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254", "64:ff9b::192.0.2.1", "64:ff9b:1::8.8.8.8", "64:ff9b::1:8.8.8.8",
            "100::1",
            "2001::1", "2001:10::1", "2001:20::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::1",
            "2002:808:808::1",
            "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "fec0::1", "ff02::1", "ff0e::1", "1fff::1",
        ])
    func unusable(_ address: String) {
        let scope = scope(address)
        #expect(scope == .unusable)
        #expect(!scope.isAllowed(for: .world) && !scope.isAllowed(for: .development))
    }

    @Test("N-8: what is no address of four or sixteen bytes is none", arguments: [0, 3, 5, 15, 17])
    func lengths(_ count: Int) {
        #expect(AddressScope([UInt8](repeating: 8, count: count)) == .unusable)
    }

    @Test("N-8: a declared name that leads to this machine, or to one beside it, is not connected to")
    func rebinding() throws {
        let server = try WebServer(.good)
        for address in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
        {
            let world = try World(
                answers: ["shop.example.com:\(server.port):\(address)"], hosts: ["shop.example.com"],
                development: [])
            let fetched = try world.fetch("https://shop.example.com:\(server.port)/ok")
            #expect(
                fetched.code == .networkNotAllowed, "\(address): \(String(describing: fetched.end.failure))")
            #expect(
                fetched.head == nil && fetched.body.isEmpty && fetched.end.wire == WireBytes(), "\(address)")
        }
    }

    @Test(
        "N-8: of several addresses of a name, each is judged; a developer's host may have an address nearby")
    func several() throws {
        let server = try WebServer(.good)
        let answers = ["shop.example.com:\(server.port):127.0.0.1,10.0.0.1,[::1]"]
        let world = try World(answers: answers, hosts: ["shop.example.com"], development: [])
        #expect(try world.fetch("https://shop.example.com:\(server.port)/ok").code == .networkNotAllowed)
        let near = try World(answers: ["c.test:\(server.port):0.0.0.0,127.0.0.1"])
        #expect(try near.fetch("https://c.test:\(server.port)/ok").text == "hello")
    }

    @Test(
        "N-8: a redirect from a developer's host to a declared one does not take the developer's reach along")
    func reachOfRedirects() throws {
        let server = try WebServer(.good)
        let world = try World(
            server, answers: ["shop.example.com:\(server.port):127.0.0.1"], hosts: ["shop.example.com"])
        let target = "https://shop.example.com:\(server.port)/ok"
        let fetched = try world.fetch("https://a.test:\(server.port)/redirect/302?to=\(target)")
        #expect(fetched.code == .networkNotAllowed && fetched.head == nil)
    }

    @Test(
        "N-1, N-8: this machine's own name is looked up by the system, and found where a developer declares it"
    )
    func realName() throws {
        let server = try WebServer()
        let world = try World(development: ["localhost"])
        #expect(try world.fetch("http://localhost:\(server.port)/ok").text == "hello")
        let missing = try World(development: ["*.invalid"]).fetch("http://nobody.invalid/")
        #expect(missing.code == .networkHostUnknown)
    }

    /// A network of its own in which 9.9.9.9 and 10.9.9.9 are this machine, `/etc/hosts` says where the shop is, and the
    /// system trusts our authority alone, or nobody.
    private static let script = """
        set -e
        ip link set lo up
        ip addr add 9.9.9.9/32 dev lo
        ip addr add 10.9.9.9/32 dev lo
        mount -t tmpfs none /etc/ssl/certs
        if [ -n "$authority" ]; then cp "$authority" "/etc/ssl/certs/$(openssl x509 -hash -noout -in "$authority").0"; fi
        echo "$address shop.example.com" > hosts
        mount --bind hosts /etc/hosts
        mkfifo stop port
        python3 "$server" --tls "$certificate" "$key" --address "$address" < stop > port &
        exec 3> stop
        read -r number < port
        "$bench" "https://shop.example.com:$number/ok"
        """

    @Test(
        "N-1, N-8, N-9: with the system's names, addresses and authorities, a declared host of the world is reached",
        arguments: [
            ("9.9.9.9", true, 0), ("10.9.9.9", true, 77), ("127.0.0.1", true, 77), ("9.9.9.9", false, 77),
        ])
    func realWorld(_ address: String, _ isTrusted: Bool, _ status: Int32) throws {
        let made = try Certificates()
        let work = try TemporaryDirectory()
        let result = try Program("unshare").run(
            ["--map-root-user", "--net", "--mount", "sh", "-c", Self.script], directory: work.path,
            environment: [
                "address": address, "authority": isTrusted ? made.authority : "", "key": made.key,
                "certificate": made.certificate(.good),
                "server": "\(Checkout.path)/Tests/AppNetworkTests/server.py",
                "bench": "\(try Checkout.programs)/network-bench",
            ])
        withExtendedLifetime(made) {}
        #expect(result.status == status, "\(result.errors)")
        #expect(result.output == (status == 0 ? "hello" : ""))
        #expect(
            result.errors.contains(status == 0 ? "5 bytes" : isTrusted ? "not-allowed" : "untrusted"),
            "\(result.errors)")
    }
}
