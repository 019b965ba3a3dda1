import Glibc
import Platform
import Support
import Testing
import YunCore

/// Uploads in parts, by a client that others wrote.
@Suite struct TuspyTests {
    private let cloud: CloudProcess

    init() throws { cloud = try CloudProcess() }

    /// Uploads with tuspy to a port; what it says.
    private func upload(
        _ bytes: [UInt8], to path: String, port: Int? = nil, chunk: Int = .max, retries: Int = 0,
        checksum: Bool = false
    ) throws -> Program.Result {
        try cloud.directory.write(bytes, to: "upload")
        return try Program.python().run(
            "\(Checkout.path)/Tests/CloudIntegrationTests/tus-upload.py",
            "http://127.0.0.1:\(port ?? cloud.port)/uploads/", cloud.name, cloud.password,
            cloud.directory.path("upload"), path, "\(chunk)", "\(retries)", checksum ? "1" : "0")
    }

    @Test(
        "tuspy uploads, whole and in pieces, with checksums and without",
        arguments: [
            (0, Int.max, false), (1, .max, true), (65_536, 10_000, false), (65_537, .max, false),
            (3_000_000, .max, true), (3_000_000, 700_000, true), (2 << 20, 1 << 20, false),
            (9_000_000, 4_500_000, false),
        ])
    func sizes(size: Int, chunk: Int, checksum: Bool) throws {
        let bytes = noise(size)
        let result = try upload(bytes, to: "/%E6%89%8B%E6%9C%BA.bin", chunk: chunk, checksum: checksum)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try cloud.curl("\(cloud.url)/%E6%89%8B%E6%9C%BA.bin").outputBytes == bytes)
        let head = try cloud.curl("-I", "\(cloud.url)/%E6%89%8B%E6%9C%BA.bin").output.lowercased()
        #expect(head.contains("content-type: image/x-test"))
        #expect(head.contains("last-modified: fri, 14 jul 2017 02:40:00 gmt"))
    }

    @Test("F-30: tuspy goes on, wherever its connections are cut", arguments: 1...4)
    func cuts(seed: UInt8) throws {
        let bytes = noise(6_000_000, seed)
        // The first connection creates the upload, which tuspy tries once only.
        let cuts = noise(40, seed &+ 100).enumerated().map { number, byte in
            number == 0 ? 0 : 1 + Int(byte) * (number % 3 == 0 ? 5 : 3001)
        }
        let proxy = try CuttingProxy(to: cloud.port, cuts: cuts + [0])
        let result = try upload(bytes, to: "/f", port: proxy.port, retries: 400)
        #expect(result.status == 0, "\(result.errors)")
        let retries = try #require(Int(result.output.split(separator: "\n").last ?? ""))
        #expect(retries > 5)
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == bytes)
    }
}

/// `cutting-proxy.py` until the object goes.
private final class CuttingProxy {
    private let process: ChildProcess
    private let input: OwnedDescriptor
    let port: Int

    init(to target: Int, cuts: [Int]) throws {
        let input = try Pipe()
        let output = try Pipe()
        process = try ChildProcess(
            [
                "/usr/bin/python3", "\(Checkout.path)/Tests/CloudIntegrationTests/cutting-proxy.py",
                "\(target)",
            ]
                + cuts.map { "\($0)" }, descriptors: [input.reading.number, output.writing.number, 2])
        self.input = input.closingReadingEnd()
        let reader = output.closingWritingEnd()
        var line: [UInt8] = []
        while let byte = try reader.read(upTo: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else {
            throw Failure(.unavailable, "cutting-proxy.py did not start")
        }
        self.port = port
    }

    deinit {
        do throws(Failure) {
            try process.signal(SIGKILL)
            _ = try process.wait()
        } catch { print("a test's proxy does not end: \(error)") }
    }
}

/// Bytes that no two numbers have in common.
func noise(_ count: Int, _ seed: UInt8 = 1) -> [UInt8] {
    var state = UInt32(seed) &* 2_654_435_761
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: state >> 24)
    }
}
