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

    /// What a new connection to the world would go over now, or `nil` where none could be made.
    public static func current() -> NetworkKind? {
        do throws(Failure) {
            let routes = String(
                decoding: try OwnedDescriptor.open("/proc/net/route", .read).readToEnd(
                    limit: 1 << 20, describedAs: "the routes"), as: UTF8.self)
            let rows = routes.split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
            let interface = rows.first { $0.count > 1 && $0[1] == "00000000" }?.first
            return interface.map { NetworkKind(interface: String($0)) }
        } catch { return nil }
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
