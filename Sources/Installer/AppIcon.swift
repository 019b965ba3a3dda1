package import Manifest
package import Platform
internal import YunCore

/// The picture of an app's main page as launchers may be given it. It is a stranger's: nothing here decodes it, and what is
/// no picture by its first bytes, or one that only bursts memory, is none.
package struct AppIcon {
    /// The file's.
    package let bytes: [UInt8]
    /// Where in the theme `hicolor` it belongs.
    let directory: String
    /// With the dot.
    let suffix: String

    /// Wide or high, in pixels.
    private static let sideMax = 1024
    /// The theme's directories for pictures of so many pixels.
    private static let sides = [48, 64, 128, 256, 512]
    private static let scalable = "scalable/apps"

    /// Every directory in which one may lie, and the suffix that it has there.
    static let places = sides.map { (directory(of: $0), ".png") } + [(scalable, ".svg")]

    private static func directory(of side: Int) -> String { "\(side)x\(side)/apps" }

    /// Looks into a release; `nil` where its main page has none, or none that can be read and shown.
    package init?(_ manifest: Manifest, in release: AnchoredDirectory) {
        guard let path = manifest.mainPage?.icon else { return nil }
        do throws(Failure) {
            self.init(
                try release.directory("tree").contents(of: path.text, limit: Limits.iconBytesMax))
        } catch { return nil }
    }

    private init?(_ bytes: [UInt8]) {
        if let side = Self.side(ofPNG: bytes) {
            guard (1...Self.sideMax).contains(side) else { return nil }
            directory = Self.directory(of: Self.sides.first { $0 >= side } ?? 512)
            suffix = ".png"
        } else {
            guard Self.isSVG(bytes) else { return nil }
            directory = Self.scalable
            suffix = ".svg"
        }
        self.bytes = bytes
    }

    /// The longer side as the first chunk says it, or `nil` where it is no PNG.
    private static func side(ofPNG bytes: [UInt8]) -> Int? {
        let beginning: [UInt8] = [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
        ]
        guard bytes.starts(with: beginning), bytes.count >= beginning.count + 8 else { return nil }
        let sides = [16, 20].map { start in bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        return sides.contains(0) ? 0 : sides.max()
    }

    /// Entities are what small files become large ones with, and no drawing needs its own.
    private static func isSVG(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else { return false }
        let beginning = Array(text.utf8.prefix(4096))
        return beginning.first == UInt8(ascii: "<") && beginning.firstRange(of: Array("<svg".utf8)) != nil
            && bytes.firstRange(of: Array("<!ENTITY".utf8)) == nil
    }
}
