/// Where a window appears.
public enum WebHostDisplay: Sendable, Equatable {
    /// The name or path of a compositor's socket, `WAYLAND_DISPLAY`.
    case wayland(String)
    /// An X server that no other app uses, `DISPLAY`.
    case x11(String)
}

/// The environment that a web host needs where there is nothing else: no D-Bus, no network, no home
/// (`spec/web-host.md`, Environment).
public enum WebHostEnvironment {
    /// Names the socket of the app's broker, where there is one.
    public static let brokerVariable = "YUN_BROKER"

    /// - Parameters:
    ///   - display: where the window appears.
    ///   - cache: an absolute path that may be written to and lost, as the host sees it.
    ///   - runtime: an absolute path of a private directory for sockets, as the host sees it.
    /// - Returns: names and values, sorted by name; nothing else need be set.
    public static func variables(display: WebHostDisplay, cache: String, runtime: String)
        -> [(name: String, value: String)]
    {
        let (backend, name, value) =
            switch display {
            case .wayland(let socket): ("wayland", "WAYLAND_DISPLAY", socket)
            case .x11(let display): ("x11", "DISPLAY", display)
            }
        let own = [
            (name, value), ("GDK_BACKEND", backend), ("HOME", cache), ("XDG_CACHE_HOME", cache),
            ("XDG_RUNTIME_DIR", runtime),
        ]
        return (own + constants).sorted { $0.0 < $1.0 }.map { (name: $0.0, value: $0.1) }
    }

    /// What the engine and its toolkit need beside a display and the directories of every app.
    public static var toolkitVariables: [(name: String, value: String)] {
        constants.map { (name: $0.0, value: $0.1) }
    }

    private static let constants = [
        // An address that nothing understands: without one, GLib runs `dbus-launch` to find a bus.
        ("DBUS_SESSION_BUS_ADDRESS", "disabled:"), ("DBUS_SYSTEM_BUS_ADDRESS", "disabled:"),
        // No modules of GIO are loaded: they are for proxies, TLS and a settings daemon.
        ("GIO_MODULE_DIR", "/nonexistent"), ("GIO_USE_VFS", "local"), ("GSETTINGS_BACKEND", "memory"),
        ("LANG", "C.UTF-8"),
        // The engine needs a working EGL to start, even where nothing is drawn with it.
        ("LIBGL_ALWAYS_SOFTWARE", "1"),
        ("NO_AT_BRIDGE", "1"),
        ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ]
}
