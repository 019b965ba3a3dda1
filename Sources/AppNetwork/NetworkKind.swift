internal import CLinux
internal import Platform
public import YunCore

extension NetworkKind {
    // ARPHRD_ of <linux/if_arp.h>.
    private static let ethernetType = 1
    private static let pointToPointType = 512
    private static let rawType = 519
    private static let loopbackType = 772

    /// Judges a network interface by what the kernel says of it.
    /// - Parameter classes: where it says so; elsewhere in tests.
    init(interface: String, classes: String = "/sys/class/net") {
        do throws(Failure) {
            // What lies there are links into the tree of devices.
            let directory = try AnchoredDirectory(at: "\(classes)/\(interface)")
            self = Self.judge(
                interface, names: try directory.names(), type: try Self.text("type", in: directory),
                events: try Self.text("uevent", in: directory))
        } catch {
            // The interface may be gone since.
            self = .other
        }
    }

    /// What carries the bytes of a socket that has a local address.
    init(socket: Int32) {
        let interface = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { name in
            guard let start = name.baseAddress, unsafe yun_local_interface(socket, start) == 0 else {
                return ""
            }
            return unsafe String(cString: start)
        }
        if interface.isEmpty { self = .other } else { self.init(interface: interface) }
    }

    private static func text(_ name: String, in directory: AnchoredDirectory) throws(Failure) -> String {
        String(decoding: try directory.contents(of: name, limit: 4096), as: UTF8.self)
    }

    private static func judge(_ interface: String, names: [String], type: String, events: String) -> Self {
        let isModem =
            events.contains("DEVTYPE=wwan") || interface.hasPrefix("wwan") || interface.hasPrefix("rmnet")
        switch Int(type.prefix { $0 != "\n" }) {
        case loopbackType: return .loopback
        case pointToPointType, rawType: return .cellular
        case ethernetType:
            let isWireless = names.contains("wireless") || names.contains("phy80211")
            return isModem ? .cellular : isWireless || events.contains("DEVTYPE=wlan") ? .wifi : .ethernet
        default: return isModem ? .cellular : .other
        }
    }
}

extension NetworkKind {
    /// What a new connection to the world would go over now, by the default route; `nil` where there is none.
    public static func current() -> NetworkKind? { current(routes: "/proc/net", classes: "/sys/class/net") }

    /// - Parameters:
    ///   - routes: where the kernel lists its routes; elsewhere in tests.
    ///   - classes: where it tells of its interfaces.
    static func current(routes: String, classes: String) -> NetworkKind? {
        // For IPv4: interface, destination, -, flags, -, -, metric, mask. A route to everything has neither of the two.
        let four = rows(routes, "route").compactMap { row -> (metric: Int, interface: String)? in
            guard row.count > 7, row[1] == "00000000", row[7] == "00000000", let metric = Int(row[6]),
                isUsable(row[3])
            else { return nil }
            return (metric, row[0])
        }
        // For IPv6: destination, its bits, -, -, -, metric, -, -, flags, interface.
        let six = rows(routes, "ipv6_route").compactMap { row -> (metric: Int, interface: String)? in
            guard row.count > 9, row[1] == "00", row[9] != "lo", let metric = Int(row[5], radix: 16),
                isUsable(row[8])
            else { return nil }
            return (metric, row[9])
        }
        let best = four.min { $0.metric < $1.metric } ?? six.min { $0.metric < $1.metric }
        return best.map { NetworkKind(interface: $0.interface, classes: classes) }
    }

    /// Up, and not one that refuses (RTF_UP, RTF_REJECT of <linux/route.h>).
    private static func isUsable(_ flags: String) -> Bool {
        Int(flags, radix: 16).map { $0 & 0x201 == 1 } ?? false
    }

    private static func rows(_ directory: String, _ name: String) -> [[String]] {
        do throws(Failure) {
            let bytes = try AnchoredDirectory(at: directory).contents(of: name, limit: 1 << 20)
            return bytes.split(separator: UInt8(ascii: "\n")).map { line in
                line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                    .map { String(decoding: $0, as: UTF8.self) }
            }
        } catch {
            // A kernel without IPv6 has no such list.
            return []
        }
    }
}
