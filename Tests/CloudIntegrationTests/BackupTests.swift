import Glibc
import Platform
import Support
import Testing
import YunCore

@Suite struct BackupTests {
    private let cloud: CloudProcess
    private let ycloud: Program

    init() throws {
        cloud = try CloudProcess()
        ycloud = try CloudProcess.program()
    }

    private var backup: String { cloud.directory.path("backup") }

    private func check(_ data: String) throws -> Program.Result { try ycloud.run("check", "--data", data) }

    @Test("Y-51: backups while clients write all the time are whole, each by itself")
    func writing() throws {
        let writer = """
            i=0; while :; do i=$((i+1)); head -c $((i * 7919 % 300000 + 1)) /dev/urandom > "$1/piece"
            curl -sS -o /dev/null -u "$3" -T "$1/piece" "$2/f$((i % 7))" || exit
            curl -sS -o /dev/null -u "$3" -X DELETE "$2/f$((i * 3 % 7))" || exit; done
            """
        let process = try ChildProcess(
            [
                "/bin/sh", "-c", writer, "sh", cloud.directory.path, cloud.url,
                "\(cloud.name):\(cloud.password)",
            ],
            descriptors: [-1, -1, -1])
        for round in 1...3 {
            while try cloud.status("GET", "/f1") != 200 { usleep(10_000) }
            let made = try ycloud.run("backup", backup, "--data", cloud.data)
            #expect(made.status == 0, "\(made.output)\(made.errors)")
            let data = cloud.directory.path("restored\(round)")
            let restored = try ycloud.run("restore", backup, "--data", data)
            #expect(restored.status == 0, "\(restored.output)\(restored.errors)")
            let checked = try check(data)
            #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
            #expect(try check(cloud.data).status == 0)
            // The objects of a backup are those that its records name.
            let difference = try Program("diff").run("-rq", backup + "/objects", data + "/objects")
            #expect(difference.output == "")
        }
        try process.signal(SIGKILL)
        _ = try process.wait()
    }

    @Test("Y-51: what was restored is served as it was")
    func restored() throws {
        let large = [UInt8](repeating: 5, count: 3_000_000)
        #expect(try cloud.status("PUT", "/large", input: large) == 201)
        #expect(try cloud.status("PUT", "/small", input: Array("hello".utf8)) == 201)
        #expect(try ycloud.run("backup", backup, "--data", cloud.data).status == 0)
        #expect(try cloud.status("DELETE", "/large") == 204)
        try cloud.end(SIGKILL)
        _ = try Program("rm").run("-r", cloud.data)
        #expect(try ycloud.run("restore", backup, "--data", cloud.data).status == 0)
        try cloud.start()
        #expect(try cloud.curl("\(cloud.url)/large").outputBytes == large)
        #expect(try cloud.curl("\(cloud.url)/small").output == "hello")
        let found = try Program("find").run(cloud.data, backup, "-perm", "/077")
        #expect(found.output == "")
    }

    @Test("Y-52: neither is written over what is there")
    func refused() throws {
        let other = cloud.directory.path("other")
        _ = try AnchoredDirectory.make(at: other)
        try cloud.directory.write([1], to: "other/precious")
        for arguments in [
            ["backup", other, "--data", cloud.data], ["backup", cloud.data, "--data", cloud.data],
            ["restore", other, "--data", cloud.directory.path("new")],
            ["restore", cloud.data, "--data", cloud.directory.path("new")],
        ] {
            let result = try ycloud.run(arguments)
            #expect(result.errors.contains("holds no backup"), "\(arguments) \(result.errors)")
            #expect(result.status == 73, "\(arguments)")
        }
        #expect(try ycloud.run("backup", backup, "--data", cloud.data).status == 0)
        for place in [other, cloud.data, backup] {
            let result = try ycloud.run("restore", backup, "--data", place)
            #expect(result.errors.contains("is not empty"), "\(result.errors)")
        }
        #expect(try cloud.directory.tree("other") == ["precious"])
        #expect(try check(cloud.data).status == 0)
        let missing = cloud.directory.path("missing")
        #expect(try ycloud.run("restore", missing, "--data", cloud.directory.path("new")).status == 66)
        #expect(try ycloud.run("backup", backup, "--data", missing).status == 66)
        #expect(try AnchoredDirectory.status(ofPath: missing) == nil)
    }

    @Test("Y-50: faults are lines, and end 'ycloud check', 'backup' and 'restore' with 65")
    func damaged() throws {
        #expect(try cloud.status("PUT", "/large", input: [UInt8](repeating: 5, count: 3_000_000)) == 201)
        #expect(try cloud.status("PUT", "/other", input: [UInt8](repeating: 6, count: 100_000)) == 201)
        let sound = try check(cloud.data)
        #expect(sound.output == "2 contents, 3100000 bytes, 0 faults\n")
        #expect(try ycloud.run("backup", backup, "--data", cloud.data).status == 0)
        for data in [cloud.data, backup] {
            _ = try Program("sh").run(
                "-c", "printf X | dd of=$(find $0/objects -size +1M) bs=1 conv=notrunc", data)
        }
        let result = try check(cloud.data)
        #expect(result.status == 65)
        #expect(result.output.contains("has other bytes than it should"))
        #expect(result.output.hasSuffix("2 contents, 3100000 bytes, 1 faults\n"))
        let fresh = try ycloud.run("backup", cloud.directory.path("fresh"), "--data", cloud.data)
        #expect(fresh.status == 65)
        let data = cloud.directory.path("restored")
        let restored = try ycloud.run("restore", backup, "--data", data)
        #expect(restored.status == 65)
        #expect(restored.output.contains("has other bytes than it should"))
        // What is not damaged is there.
        #expect(try check(data).output.hasSuffix("2 contents, 3100000 bytes, 1 faults\n"))
    }
}
