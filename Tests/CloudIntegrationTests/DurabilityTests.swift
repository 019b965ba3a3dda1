import Glibc
import Platform
import Support
import Testing
import YunCore

@Suite struct DurabilityTests {
    /// One system call of a trace.
    private struct Call {
        let name: String
        let text: String
    }

    /// The calls that count, in order, as strace saw them.
    private func calls(_ path: String) throws -> [Call] {
        let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 28, describedAs: path)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            // The thread's number comes first, padded.
            let call = line.drop { $0.isNumber || $0 == " " }
            guard let end = call.firstIndex(of: "(") else { return nil }
            return Call(name: String(call[..<end]), text: String(call))
        }
    }

    @Test(
        "Y-3: bytes, names and the record are on the disk before the answer goes out",
        arguments: [10_000, 3_000_000])
    func order(size: Int) throws {
        let cloud = try CloudProcess()
        // The first request makes what is made once.
        #expect(try cloud.status("MKCOL", "/d") == 201)
        try cloud.end(SIGTERM)
        let trace = cloud.directory.path("trace")
        try cloud.start(under: [
            "/usr/bin/strace", "-D", "-f", "-y", "-o", trace, "-e",
            "trace=pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync,linkat,renameat,renameat2", "-s",
            "64",
        ])
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 / 7) }
        #expect(try cloud.status("PUT", "/d/f", ["-H", "Expect:"], input: bytes) == 201)
        try cloud.end(SIGTERM)
        let calls = try calls(trace)
        func last(_ what: String, before end: Int, _ isIt: (Call) -> Bool) throws -> Int {
            let place = calls[..<end].lastIndex(where: isIt)
            return try #require(place, "\(what)")
        }
        let answer = try #require(calls.firstIndex { $0.text.contains("HTTP/1.1 201") })
        let record = try last("the record", before: answer) {
            $0.name == "pwrite64" && $0.text.contains("cloud.db-wal")
        }
        let commit = try last("a sync of the log", before: answer) {
            $0.name.hasSuffix("sync") && $0.text.contains("cloud.db-wal")
        }
        #expect(record < commit)
        guard size > 65_536 else { return }
        let written = try last("the bytes", before: record) {
            $0.name == "write" && $0.text.contains("/objects/")
        }
        let synced = try last("a sync of the bytes", before: record) {
            $0.name == "fsync" && $0.text.contains("/objects/") && $0.text.contains("deleted")
        }
        let named = try last("the name", before: record) {
            $0.name.hasPrefix("rename") || $0.name == "linkat"
        }
        let directory = try last("a sync of the directory", before: record) { $0.name == "fsync" }
        #expect(written < synced && synced < named && named < directory && directory < record)
    }

    @Test("a server that is killed under load has lost nothing that it acknowledged, and shows nothing half")
    func kills() throws {
        let cloud = try CloudProcess()
        let python = try Program("python3")
        let here = "\(Checkout.path)/Tests/CloudIntegrationTests"
        for (round, limit) in [1, 7, 40, 90, 200, 333].enumerated() {
            let pipe = try Pipe()
            let load = try ChildProcess(
                [
                    "/usr/bin/python3", "\(here)/load.py", "\(cloud.port)", cloud.name, cloud.password, "6",
                    "\(round)",
                    "\(limit)",
                ], descriptors: [-1, pipe.writing.number, 2])
            let reader = pipe.closingWritingEnd()
            var told = ""
            while !told.hasPrefix("now\n") {
                let piece = try reader.readSome(upTo: 4096)
                try #require(!piece.isEmpty)
                told += String(decoding: piece, as: UTF8.self)
            }
            try cloud.end(SIGKILL)
            told += String(
                decoding: try reader.readToEnd(limit: 1 << 24, describedAs: "load.py"), as: UTF8.self)
            #expect(try load.wait() == 0)
            try cloud.start()
            let compared = try python.run(
                "\(here)/verify.py", "\(cloud.port)", cloud.name, cloud.password,
                input: Array(told.dropFirst(4).utf8))
            #expect(compared.status == 0, "\(compared.errors)")
            let lines = compared.output.split(separator: "\n")
            #expect(lines.count == 1 && lines.first?.hasSuffix("compared") == true, "\(compared.output)")
            for number in 0..<6 {
                #expect(try cloud.status("DELETE", "/w\(number)") == 204)
            }
        }
    }

    @Test("a full disk gives 507 and loses nothing")
    func fullDisk() throws {
        let cloud = try CloudProcess()
        try cloud.end(SIGTERM)
        // The data on a file system of 12 MiB that only the server sees.
        try cloud.start(under: [
            "/usr/bin/unshare", "-rm", "/bin/sh", "-c",
            "cp -a \"$0\" \"$0.copy\" && mount -t tmpfs -o size=12m none \"$0\" && cp -a \"$0.copy/.\" \"$0\" && exec \"$@\"",
            cloud.data,
        ])
        var kept: [(path: String, size: Int)] = []
        var refusals = 0
        for number in 0..<40 {
            let size = number % 2 == 0 ? 900_000 : 50_000
            let bytes = [UInt8](repeating: UInt8(number), count: size)
            let status = try cloud.status("PUT", "/f\(number)", input: bytes)
            #expect([201, 507].contains(status), "\(status)")
            if status == 201 { kept.append(("/f\(number)", size)) } else { refusals += 1 }
        }
        #expect(refusals > 5)
        #expect(kept.count > 5)
        for (path, size) in kept {
            #expect(try cloud.curl("\(cloud.url)\(path)").outputBytes.count == size, "\(path)")
        }
        #expect(try cloud.curl("-i", "-T", "/dev/null", "\(cloud.url)/x").output.contains("HTTP/1.1"))
    }
}
