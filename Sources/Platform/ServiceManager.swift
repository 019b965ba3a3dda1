internal import CLinux
public import YunCore

/// systemd, or whatever else watches over this process.
public enum ServiceManager {
    /// Sends a line to the socket that `NOTIFY_SOCKET` names (sd_notify(3)).
    public static func notify(_ line: String, at address: String) throws(Failure) {
        guard unsafe yun_notify_manager(address, line) == 0 else {
            throw .system("cannot tell the service manager", code: .unavailable)
        }
    }
}
