/// One of the sizes, with the correction level M.
struct Version {
    private static let numbers = 1...20
    /// Table 9 of the standard, for level M.
    private static let checkBytes = [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
    ]
    private static let blocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16]

    static let all = numbers.map(Version.init)

    let number: Int

    var size: Int { number * 4 + 17 }

    private var blockCount: Int { Self.blocks[number - 1] }
    private var checkCount: Int { Self.checkBytes[number - 1] }

    /// All codewords, of data and of correction.
    private var codewordCount: Int {
        var modules = (16 * number + 128) * number + 64
        if number >= 2 {
            let centers = number / 7 + 2
            modules -= (25 * centers - 10) * centers - 55
        }
        return (number >= 7 ? modules - 36 : modules) / 8
    }

    private var dataCount: Int { codewordCount - blockCount * checkCount }

    /// Mode and length come before the bytes.
    private var lengthBits: Int { number < 10 ? 8 : 16 }

    func holds(_ count: Int) -> Bool { 4 + lengthBits + count * 8 <= dataCount * 8 }

    var alignmentCenters: [Int] {
        guard number > 1 else { return [] }
        let count = number / 7 + 2
        let step = (number * 8 + count * 3 + 5) / (count * 4 - 4) * 2
        return [6] + (0..<count - 1).map { size - 7 - $0 * step }.reversed()
    }

    /// The number, twice in larger pictures.
    var information: [Bool] {
        guard number >= 7 else { return [] }
        let bits = BoseCode.checked(number, generator: 0x1F25, checkBits: 12)
        return (0..<18).map { bits >> $0 & 1 == 1 }
    }

    /// The bytes with their correction, in the order in which they are laid.
    func codewords(of bytes: [UInt8]) -> [UInt8] {
        let data = padded(bytes)
        let shortCount = dataCount / blockCount
        let shortBlocks = blockCount - dataCount % blockCount
        var rest = data[...]
        let blocks = (0..<blockCount).map { number in
            let block = Array(rest.prefix(number < shortBlocks ? shortCount : shortCount + 1))
            rest = rest.dropFirst(block.count)
            return block
        }
        let checks = blocks.map { ReedSolomon(checkCount).check($0) }
        var laid: [UInt8] = []
        for place in 0...shortCount { laid += blocks.compactMap { place < $0.count ? $0[place] : nil } }
        for place in 0..<checkCount { laid += checks.map { $0[place] } }
        return laid
    }

    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        var bits: [Bool] = []
        func append(_ value: Int, _ count: Int) {
            for place in (0..<count).reversed() { bits.append(value >> place & 1 == 1) }
        }
        append(4, 4)
        append(bytes.count, lengthBits)
        for byte in bytes { append(Int(byte), 8) }
        append(0, min(4, dataCount * 8 - bits.count))
        append(0, (8 - bits.count % 8) % 8)
        var data = stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        for place in 0..<dataCount - data.count { data.append(place % 2 == 0 ? 0xEC : 0x11) }
        return data
    }
}

/// Numbers with bits by which a reader repairs them.
enum BoseCode {
    static func checked(_ number: Int, generator: Int, checkBits: Int) -> Int {
        var rest = number
        for _ in 0..<checkBits { rest = rest << 1 ^ (rest >> (checkBits - 1)) * generator }
        return number << checkBits | rest
    }
}

/// Bytes by which a reader repairs others, over the field of 256 elements of the standard.
private struct ReedSolomon {
    private var generator: [UInt8]

    init(_ count: Int) {
        generator = Array(repeating: 0, count: count - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<count {
            for place in 0..<count {
                generator[place] = Self.product(generator[place], root)
                if place + 1 < count { generator[place] ^= generator[place + 1] }
            }
            root = Self.product(root, 2)
        }
    }

    func check(_ data: [UInt8]) -> [UInt8] {
        var rest = Array(repeating: UInt8(0), count: generator.count)
        for byte in data {
            let factor = byte ^ rest.removeFirst()
            rest.append(0)
            for place in rest.indices { rest[place] ^= Self.product(generator[place], factor) }
        }
        return rest
    }

    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product: UInt16 = 0
        for place in (0..<8).reversed() {
            product = product << 1 ^ (product >> 7) * 0x11D
            product ^= UInt16(right >> UInt8(place) & 1) * UInt16(left)
        }
        return UInt8(truncatingIfNeeded: product)
    }
}
