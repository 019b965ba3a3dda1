import CLinux
import Glibc
package import Platform
import YunCore

/// An X server of one test's own, without a window manager. It listens on its socket file only, neither on TCP nor
/// on an abstract socket, and ends with this object.
package final class Display {
    /// For `DISPLAY`.
    package let name: String
    private let server: Child
    private let pictures: AnchoredDirectory

    /// - Parameter scratch: an empty directory, where the server keeps its picture of the screen.
    package init(scratch: AnchoredDirectory) throws {
        let pipe = try Pipe()
        pictures = scratch
        // Xvfb's own choice of a free number looks at abstract sockets and TCP ports only, and would take over
        // the socket file of a server that has neither.
        let sockets = try AnchoredDirectory.make(at: "/tmp/.X11-unix", permissions: 0o1777)
        var number = 0
        repeat { number = .random(in: 1000..<50_000) } while try sockets.status(of: "X\(number)") != nil
        name = ":\(number)"
        server = try Child.start(
            "/usr/bin/Xvfb",
            [
                name, "-displayfd", "3", "-screen", "0", "500x800x24", "-fbdir", scratch.path, "-nolisten",
                "tcp",
                "-nolisten", "local", "-noreset",
            ],
            environment: [:], descriptors: [-1, -1, -1, pipe.writing.number])
        let reading = pipe.closingWritingEnd()
        // To the end of the line: a server that cannot write all of it gives up.
        var byte: [UInt8] = []
        while byte != [UInt8(ascii: "\n")] {
            byte = try reading.read(upTo: 1)
            guard !byte.isEmpty else { throw Failure(.unavailable, "Xvfb did not start") }
        }
    }

    deinit { stop() }

    /// Ends the server, which then writes to its directory no more.
    package func stop() { server.end() }

    /// Whether the pixel at a point takes a colour within ten seconds.
    package func waitForPixel(_ color: [UInt8], x: Int, y: Int) throws -> Bool {
        for _ in 0..<500 {
            if try pixel(x: x, y: y) == color { return true }
            usleep(20_000)
        }
        return false
    }

    /// What the screen shows: red, green and blue of the pixel at a point.
    package func pixel(x: Int, y: Int) throws -> [UInt8] { try column(x: x)[y] }

    /// The pixels of one column. Xvfb keeps the screen as an XWD file.
    package func column(x: Int) throws -> [[UInt8]] {
        let file = try pictures.contents(of: "Xvfb_screen0", limit: 8 << 20)
        func field(_ index: Int) -> Int {
            file[(index * 4)..<(index * 4 + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        // XWDFile.h: header_size is field 0, pixmap_height 5, bytes_per_line 12, ncolors 19; a colour has 12 bytes.
        return (0..<field(5)).map { y in
            let start = field(0) + field(19) * 12 + y * field(12) + x * 4
            return file[start..<(start + 3)].reversed()
        }
    }
}
