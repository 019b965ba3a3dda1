/// A text as a picture that phones read (ISO/IEC 18004): bytes, with the correction level M, which stands a sixth of damage.
public struct QRCode: Sendable {
    /// How many modules an edge has, without the quiet zone.
    public let size: Int
    private var isDark: [Bool]
    private var isFunction: [Bool]

    /// `nil` where the text is too long: 666 bytes of UTF-8 at most.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let version = Version.all.first(where: { $0.holds(bytes.count) }) else { return nil }
        size = version.size
        isDark = Array(repeating: false, count: size * size)
        isFunction = isDark
        drawFunctions(version)
        draw(version.codewords(of: bytes))
        let plain = isDark
        let best = (0..<8).min { penalty(mask: $0, plain) < penalty(mask: $1, plain) } ?? 0
        apply(mask: best, to: plain)
    }

    /// Whether a module is dark; those around the picture are light.
    public subscript(_ x: Int, _ y: Int) -> Bool {
        (0..<size).contains(x) && (0..<size).contains(y) && isDark[y * size + x]
    }

    private mutating func set(_ x: Int, _ y: Int, _ value: Bool) {
        guard (0..<size).contains(x), (0..<size).contains(y) else { return }
        isDark[y * size + x] = value
        isFunction[y * size + x] = true
    }
}

/// What a reader finds the picture by.
extension QRCode {
    private mutating func drawFunctions(_ version: Version) {
        for place in 0..<size {
            set(6, place, place % 2 == 0)
            set(place, 6, place % 2 == 0)
        }
        let centers = version.alignmentCenters
        for x in centers {
            for y in centers where !isCorner(x, y, centers) { drawSquare(x, y, radius: 2) }
        }
        for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] { drawSquare(x, y, radius: 4) }
        drawFormat(mask: 0)
        for (place, bit) in version.information.enumerated() {
            set(size - 11 + place % 3, place / 3, bit)
            set(place / 3, size - 11 + place % 3, bit)
        }
    }

    /// Where a finder is, no alignment pattern is.
    private func isCorner(_ x: Int, _ y: Int, _ centers: [Int]) -> Bool {
        let last = centers.last ?? 6
        return (x == 6 && y == 6) || (x == 6 && y == last) || (x == last && y == 6)
    }

    /// Rings around a center: dark, light, dark; a finder has a light edge in addition.
    private mutating func drawSquare(_ x: Int, _ y: Int, radius: Int) {
        for dy in -radius...radius {
            for dx in -radius...radius {
                let ring = max(abs(dx), abs(dy))
                set(x + dx, y + dy, radius == 4 ? ring != 2 && ring != 4 : ring != 1)
            }
        }
    }

    /// Level and mask, twice.
    private mutating func drawFormat(mask: Int) {
        // The level M is 0.
        let bits = BoseCode.checked(mask, generator: 0x537, checkBits: 10) ^ 0x5412
        for place in 0..<15 {
            let bit = bits >> place & 1 == 1
            switch place {
            case 0..<6: set(8, place, bit)
            case 6, 7: set(8, place + 1, bit)
            case 8: set(7, 8, bit)
            default: set(14 - place, 8, bit)
            }
            if place < 8 { set(size - 1 - place, 8, bit) } else { set(8, size - 15 + place, bit) }
        }
        set(8, size - 8, true)
    }
}

/// What it says.
extension QRCode {
    /// Lays bits in pairs of columns, from the right, up and down in turns.
    private mutating func draw(_ codewords: [UInt8]) {
        var place = 0
        for pair in stride(from: size - 1, to: 0, by: -2).map({ $0 > 6 ? $0 : $0 - 1 }) where pair >= 1 {
            let isUpward = (pair + 1) & 2 == 0
            for step in 0..<size {
                for x in [pair, pair - 1] {
                    let y = isUpward ? size - 1 - step : step
                    guard !isFunction[y * size + x], place < codewords.count * 8 else { continue }
                    isDark[y * size + x] = codewords[place / 8] >> UInt8(7 - place % 8) & 1 == 1
                    place += 1
                }
            }
        }
    }

    private mutating func apply(mask: Int, to plain: [Bool]) {
        isDark = plain
        for y in 0..<size {
            for x in 0..<size where !isFunction[y * size + x] && Self.isMasked(mask, x, y) {
                isDark[y * size + x].toggle()
            }
        }
        drawFormat(mask: mask)
    }

    private static func isMasked(_ mask: Int, _ x: Int, _ y: Int) -> Bool {
        switch mask {
        case 0: (x + y) % 2 == 0
        case 1: y % 2 == 0
        case 2: x % 3 == 0
        case 3: (x + y) % 3 == 0
        case 4: (x / 3 + y / 2) % 2 == 0
        case 5: x * y % 2 + x * y % 3 == 0
        case 6: (x * y % 2 + x * y % 3) % 2 == 0
        default: ((x + y) % 2 + x * y % 3) % 2 == 0
        }
    }

    /// How hard a mask makes the picture to read (7.8.3.1).
    private func penalty(mask: Int, _ plain: [Bool]) -> Int {
        var masked = self
        masked.apply(mask: mask, to: plain)
        var sum = 0
        for line in 0..<size {
            sum += Self.penalty(ofLine: (0..<size).map { masked[$0, line] })
            sum += Self.penalty(ofLine: (0..<size).map { masked[line, $0] })
        }
        for y in 0..<size - 1 {
            for x in 0..<size - 1 {
                let color = masked[x, y]
                if color == masked[x + 1, y], color == masked[x, y + 1], color == masked[x + 1, y + 1] {
                    sum += 3
                }
            }
        }
        let percent = masked.isDark.count(where: \.self) * 100 / (size * size)
        return sum + abs(percent - 50) / 5 * 10
    }

    private static let finder = [true, false, true, true, true, false, true]

    private static func penalty(ofLine line: [Bool]) -> Int {
        var sum = 0
        var run = 1
        for place in 1...line.count {
            if place < line.count, line[place] == line[place - 1] {
                run += 1
            } else {
                if run >= 5 { sum += run - 2 }
                run = 1
            }
        }
        let light = Array(repeating: false, count: 4)
        for pattern in [finder + light, light + finder] {
            for start in 0...line.count - pattern.count
            where line[start..<start + pattern.count].elementsEqual(pattern) {
                sum += 40
            }
        }
        return sum
    }
}
