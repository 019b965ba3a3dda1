/// What kind of network an internet address belongs to. Written as what is allowed: an address that nobody thought of
/// is `unusable`.
enum AddressScope: Equatable {
    /// Of the internet.
    case world
    /// Of this machine.
    case loopback
    /// Of a network behind this machine: private, shared with a carrier (RFC 6598), link-local, unique local.
    case local
    /// Of nothing that a request can go to, or a disguise of another address.
    case unusable

    /// - Parameter bytes: 4 or 16 of them, in the network's order.
    init(_ bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.init(four: bytes[...])
        case 16: self.init(sixteen: bytes)
        default: self = .unusable
        }
    }

    func isAllowed(for reach: RequestPolicy.Reach) -> Bool {
        switch self {
        case .world: true
        case .loopback, .local: reach == .development
        case .unusable: false
        }
    }

    /// In words that say what the owner of a name let it point to.
    var words: String {
        switch self {
        case .world: "an address of the world"
        case .loopback: "an address of this machine"
        case .local: "an address of a local network"
        case .unusable: "an address that no server has"
        }
    }

    /// IANA's registry of special IPv4 addresses (RFC 6890) and what is no unicast address.
    private static let special: [(prefix: [UInt8], bits: Int, scope: AddressScope)] = [
        ([127], 8, .loopback), ([10], 8, .local), ([172, 16], 12, .local), ([192, 168], 16, .local),
        ([100, 64], 10, .local), ([169, 254], 16, .local), ([0], 8, .unusable), ([192, 0, 0], 24, .unusable),
        ([192, 0, 2], 24, .unusable), ([192, 88, 99], 24, .unusable), ([198, 18], 15, .unusable),
        ([198, 51, 100], 24, .unusable), ([203, 0, 113], 24, .unusable), ([224], 3, .unusable),
    ]

    private init(four bytes: ArraySlice<UInt8>) {
        let entry = Self.special.first { Self.has(bytes, $0.prefix, $0.bits) }
        self = entry?.scope ?? .world
    }

    /// Of 2000::/3, which is all that is given out, what RFC 6890's registry calls special.
    private static let specialSix: [(prefix: [UInt8], bits: Int)] = [
        ([0x20, 0x01, 0x00], 23),  // Protocols, Teredo and ORCHID among them
        ([0x20, 0x01, 0x0D, 0xB8], 32),  // Documentation
        ([0x20, 0x02], 16),  // 6to4: an IPv4 address in disguise
        ([0x3F, 0xFF, 0x00], 20),  // Documentation
    ]

    private init(sixteen bytes: [UInt8]) {
        let loopback = [UInt8](repeating: 0, count: 15) + [1]
        // NAT64 (RFC 6052): on networks without IPv4 every IPv4 server looks like this, so it is judged as that server.
        let translated: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
        if bytes == loopback {
            self = .loopback
        } else if bytes.starts(with: translated) {
            let scope = AddressScope(four: bytes[12...])
            self = scope == .world ? .world : .unusable
        } else if Self.has(bytes[...], [0xFC], 7) || Self.has(bytes[...], [0xFE, 0x80], 10) {
            self = .local
        } else if Self.has(bytes[...], [0x20], 3),
            !Self.specialSix.contains(where: { Self.has(bytes[...], $0.prefix, $0.bits) })
        {
            self = .world
        } else {
            self = .unusable
        }
    }

    private static func has(_ bytes: ArraySlice<UInt8>, _ prefix: [UInt8], _ bits: Int) -> Bool {
        for bit in 0..<bits {
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            let wanted = bit / 8 < prefix.count ? prefix[bit / 8] : 0
            guard bytes[bytes.startIndex + bit / 8] & mask == wanted & mask else { return false }
        }
        return true
    }
}
