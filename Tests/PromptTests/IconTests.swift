import DisplaySupport
import Glibc
import Lifecycle
import Platform
import Testing
import YunCore

@testable import Prompt
@testable import PromptContract

/// The decoder of apps' pictures by itself: the built program, as the prompt starts it.
@Suite struct IconDecoderTests {
    /// A decoder that waits for its picture.
    private final class Decoder {
        let child: Child
        private let input: OwnedDescriptor
        private let output: OwnedDescriptor

        init() throws {
            let input = try Pipe()
            let output = try Pipe()
            let variables = IconDecoder.environment.map { $0.split(separator: "=", maxSplits: 1) }
            child = try Child.start(
                builtProgram("yprompt"), [IconDecoder.argument],
                environment: Dictionary(
                    uniqueKeysWithValues: variables.map { (String($0[0]), String($0[1])) }),
                descriptors: [input.reading.number, output.writing.number, -1])
            self.input = input.closingReadingEnd()
            self.output = output.closingWritingEnd()
        }

        func text(_ path: String) throws -> String {
            let bytes = try OwnedDescriptor.open("/proc/\(child.number)/\(path)", .read)
                .readToEnd(limit: 1 << 16, describedAs: path)
            return String(decoding: bytes, as: UTF8.self)
        }

        func names(_ path: String) throws -> [String] {
            try AnchoredDirectory(at: "/proc/\(child.number)/\(path)").names()
        }

        /// Waits until its walls stand, and it begins to read.
        func waitUntilConfined() throws {
            for _ in 0..<3000 {
                if try text("status").contains("Seccomp:\t2") { return }
                usleep(10_000)
            }
            Issue.record("the decoder's walls never stand")
        }
    }

    /// What the decoder says to a picture, and how it ends.
    private func decode(_ picture: [UInt8]) throws -> (output: [UInt8], status: Int32) {
        let input = try OwnedDescriptor.memoryFile("picture")
        try input.write(picture)
        try input.seek(to: 0)
        let output = try Pipe()
        let child = try Child.start(
            builtProgram("yprompt"), [IconDecoder.argument],
            environment: ["RAYON_NUM_THREADS": "1", "SWIFT_BACKTRACE": "enable=no"],
            descriptors: [input.number, output.writing.number, -1])
        let bytes = try output.closingWritingEnd().readToEnd(limit: 1 << 20, describedAs: "pixels")
        return (bytes, child.wait())
    }

    private func pixel(_ pixels: [UInt8], _ x: Int, _ y: Int) -> [UInt8] {
        let start = (y * Int(IconPixels.side) + x) * 4
        return Array(pixels[start..<start + 4])
    }

    @Test(
        "L-74: PNG and SVG become pixels, also with filters and pictures inside, and reach for nothing outside"
    )
    func good() throws {
        let inside =
            "<image href=\"data:image/png;base64,\(try Pictures.base64(Pictures.red()))\" width=\"64\" height=\"64\"/>"
        let outside = ["/etc/passwd", "file:///etc/passwd", "http://127.0.0.1/a.png", "//a.example/b.svg#c"]
        let pictures = [
            try Pictures.red(), try Pictures.red(side: 1), try Pictures.red(side: 1000),
            Pictures.svg(Pictures.square), Pictures.svg(inside),
            Pictures.svg(
                Pictures.square + outside.map { "<image href=\"\($0)\" width=\"9\" height=\"9\"/>" }.joined()),
            Pictures.svg(
                "<style>@import url(file:///etc/passwd);</style>\(Pictures.square)",
                before: "<?xml-stylesheet href=\"/etc/passwd\"?>"),
            Pictures.blurred("<feGaussianBlur stdDeviation=\"2\"/>"),
            Pictures.blurred("<feOffset dx=\"1\"/><feDropShadow/>"),
        ]
        for (number, picture) in pictures.enumerated() {
            let (pixels, status) = try decode(picture)
            #expect(status == 0 && pixels.count == IconPixels.sizeBytes, "\(number)")
            guard pixels.count == IconPixels.sizeBytes else { continue }
            #expect(pixel(pixels, 42, 42) == [0xD0, 0x20, 0x10, 0xFF], "\(number)")
        }
    }

    @Test("L-74: a picture that is wider than high stands in the middle")
    func wide() throws {
        let rows = try Pictures.compressed([0] + [UInt8](repeating: 0x80, count: 6))
        let (pixels, _) = try decode(Pictures.png(width: 2, height: 1, rows: rows))
        try #require(pixels.count == IconPixels.sizeBytes)
        #expect(pixel(pixels, 42, 20) == [0, 0, 0, 0] && pixel(pixels, 42, 64) == [0, 0, 0, 0])
        #expect(pixel(pixels, 1, 42) == [0x80, 0x80, 0x80, 0xFF])
    }

    @Test("L-78: what is broken, too large or too slow gives nothing, and ends")
    func hostile() throws {
        for (name, picture) in try Pictures.hostile() {
            let (output, status) = try decode(picture)
            #expect(output.isEmpty && status != 0, "\(name): \(output.count) bytes, status \(status)")
        }
    }

    @Test("L-79: a decoder that wants a thread or a file is ended by the kernel")
    func ended() throws {
        let ended = try Pictures.hostile().filter { ["text", "foreign format"].contains($0.name) }
        #expect(ended.count == 2)
        for (name, picture) in ended {
            #expect(try decode(picture).status == 128 + SIGSYS, "\(name)")
        }
    }

    @Test(
        "L-79: before it reads, all its threads are filtered, and it has three descriptors and no rights to more"
    )
    func confined() throws {
        let decoder = try Decoder()
        try decoder.waitUntilConfined()
        for thread in try decoder.names("task") {
            let status = try decoder.text("task/\(thread)/status")
            #expect(status.contains("Seccomp:\t2\n") && status.contains("NoNewPrivs:\t1\n"), "\(thread)")
        }
        #expect(try decoder.names("fd").sorted() == ["0", "1", "2"])
        let limits = try decoder.text("limits").split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true)
        }
        for (name, value) in [
            ("Max open files", "0"), ("Max processes", "0"), ("Max file size", "0"),
            ("Max core file size", "0"),
            ("Max cpu time", "2"), ("Max data size", "67108864"),
        ] {
            let words = name.split(separator: " ")
            let line = try #require(limits.first { $0.starts(with: words) }, "\(name)")
            #expect(Array(line.dropFirst(words.count).prefix(2)) == [value[...], value[...]], "\(line)")
        }
    }
}

/// Pictures of apps in the window.
@Suite(.serialized) struct IconWindowTests {
    /// Of the publisher of ``PromptQuestion/sample``.
    private static let frame: [UInt8] = [0x8A, 0x5A, 0x12]
    private static let red: [UInt8] = [0xD0, 0x20, 0x10]

    private func file(_ bytes: [UInt8]) throws -> OwnedDescriptor {
        let file = try OwnedDescriptor.memoryFile("icon")
        try file.write(bytes)
        try file.seek(to: 0)
        return file
    }

    /// What the window shows in the place of the picture: its edge, and a place beside its middle where no letter is.
    private func sign(_ scene: Scene, icon: borrowing OwnedDescriptor) throws -> (
        edge: [UInt8], inner: [UInt8]
    ) {
        let question = PromptQuestion.sample()
        let size = try Scene().pictureSize(question)
        let (left, top) = ((500 - size.width) / 2 + 16, (800 - size.height) / 2 + 16)
        let prompt = try scene.start(
            question.json, ["--gate-ms", "0", "--icon-descriptor", "3"], icon: icon.number)
        // The last button's frame is drawn when all of the window is.
        #expect(try scene.display.waitForPixel([0x27, 0x50, 0x9B], x: 250, y: (800 + size.height) / 2 - 17))
        let sign = (
            edge: try scene.display.pixel(x: left + 1, y: top + 24),
            inner: try scene.display.pixel(x: left + 8, y: top + 24)
        )
        scene.hand.move(x: 250, y: top + 100)
        #expect(try prompt.answer { scene.hand.press("Escape") } == "not-now\n")
        return sign
    }

    @Test(
        "L-74: the app's picture stands in a frame of its publisher's colour, and makes the window no larger")
    func picture() throws {
        let scene = try Scene()
        for picture in [try Pictures.red(), Pictures.svg(Pictures.square)] {
            let sign = try sign(scene, icon: file(picture))
            #expect(sign.edge == Self.frame && sign.inner == Self.red)
        }
        // Where a picture has no ground, it is on white, whatever the publisher's colour.
        let dot = try sign(scene, icon: file(Pictures.svg("<circle cx=\"32\" cy=\"32\" r=\"9\"/>")))
        #expect(dot.edge == Self.frame && dot.inner == [0xFF, 0xFF, 0xFF])
        let question = PromptQuestion.sample()
        let (without, with) = (
            try scene.pictureSize(question), try scene.pictureSize(question, icon: file(Pictures.red()))
        )
        #expect(without == with)
    }

    @Test("L-78: a letter stands for a picture that is broken or does not come, and the question is asked")
    func letter() throws {
        let scene = try Scene()
        let hostile = try Pictures.hostile()
        for name in ["cut off", "large", "text", "filters"] {
            let picture = try #require(hostile.first { $0.name == name }?.picture)
            let sign = try sign(scene, icon: file(picture))
            #expect(sign.edge == Self.frame && sign.inner == Self.frame, "\(name)")
        }
        // Nothing comes through it, and not its end either.
        let never = try Pipe()
        let sign = try sign(scene, icon: never.reading)
        #expect(sign.edge == Self.frame && sign.inner == Self.frame)
    }
}

/// What comes from the decoder, whoever it has become.
@Suite struct IconPixelsTests {
    @Test(
        "L-78: bytes of any other number, and none that can be seen, are no picture",
        arguments: [0, 1, -1, 4])
    func sizes(_ more: Int) {
        let bytes = [UInt8](repeating: 0xFF, count: IconPixels.sizeBytes)
        #expect(IconPixels(bytes)?.bytes == bytes)
        let other = [UInt8](repeating: 0xFF, count: max(0, IconPixels.sizeBytes + more))
        #expect((IconPixels(other) == nil) == (more != 0))
        #expect(IconPixels([UInt8](repeating: 0, count: IconPixels.sizeBytes)) == nil)
    }
}
