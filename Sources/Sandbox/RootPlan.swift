internal import YunCore

/// Builds the operations and file rules of a plan, in the order in which they are carried out.
struct RootPlan {
    private(set) var operations: [Plan.Operation] = []
    private(set) var rules: [FileRule] = [FileRule(path: "/", rights: .readDirectory)]
    private(set) var variables: [String: String] = [:]
    private var made: Set<String> = ["/"]

    mutating func addAll(for request: LaunchRequest, host: HostFacts) throws(Failure) {
        addRuntime(host)
        addSettings(for: request)
        addDevices(sizeBytes: request.limits.temporaryBytes)
        add(.processes("/proc"), rights: .read)
        addTemporary(sizeBytes: request.limits.temporaryBytes)
        try addOwnDirectories(request)
        addPermissions(request.permissions, host: host)
        try addSockets(request)
        switch request.program {
        case .host(let path, let resources): try addProgram(path, resources: resources)
        case .carried(let path):
            try checkSource(path)
            let place = ProgramPlan.carriedPath(of: path)
            add(.mount(path, at: place, access: .execute, isOwn: false), rights: [.read, .execute])
        case .app, .shell: break
        }
    }

    /// The system's programs and libraries; `/bin` and its like are links where the host has links.
    private mutating func addRuntime(_ host: HostFacts) {
        for path in HostFacts.candidates {
            switch host.entries[path] {
            case .symlink(let target) where target.staysInRuntime(from: path):
                add(.link(path, to: target), rights: [])
            case .some where path.hasPrefix("/etc/"):
                // The rule for all of `/etc` is theirs too.
                add(.mount(path, at: path, access: [], isOwn: false), rights: [])
            case .directory:
                add(.mount(path, at: path, access: .execute, isOwn: false), rights: [.read, .execute])
            case .some:
                add(.mount(path, at: path, access: [], isOwn: false), rights: .read)
            case nil: break
            }
        }
    }

    /// Made up, so that they tell nothing about the host.
    private mutating func addSettings(for request: LaunchRequest) {
        let label = request.page.domain.hostLabel
        let files = [
            "passwd": "app:x:1000:1000:\(request.page.domain):/data:/bin/sh\n",
            "group": "app:x:1000:\n",
            "hostname": "\(label)\n",
            "hosts": "127.0.0.1 localhost \(label)\n::1 localhost\n",
            // Names of hosts are asked for in vain, but where that can be seen and said.
            "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
        ]
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            add(.file("/etc/" + name, contents: Array(text.utf8), permissions: 0o644), rights: [])
        }
        rules.append(FileRule(path: "/etc", rights: .read))
    }

    private mutating func addDevices(sizeBytes: Int) {
        for name in ["null", "zero", "full", "random", "urandom"] {
            add(
                .mount("/dev/" + name, at: "/dev/" + name, access: [.write, .devices], isOwn: false),
                rights: [.readFile, .writeFile, .controlDevice])
        }
        add(.temporary("/dev/shm", sizeBytes: sizeBytes, permissions: 0o1777), rights: .own)
        let links = [
            "fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1",
            "stderr": "/proc/self/fd/2",
        ]
        for (name, target) in links.sorted(by: { $0.key < $1.key }) {
            add(.link("/dev/" + name, to: target), rights: [])
        }
    }

    private mutating func addTemporary(sizeBytes: Int) {
        add(.temporary("/tmp", sizeBytes: sizeBytes, permissions: 0o1777), rights: .own)
        add(.directory("/tmp/run", permissions: 0o700), rights: [])
    }

    private mutating func addOwnDirectories(_ request: LaunchRequest) throws(Failure) {
        let own: [(String, String, Plan.Access, FileRights)] = [
            (request.release, "/app", .execute, [.read, .execute]),
            (request.data, "/data", .write, .own),
            (request.cache, "/cache", .write, .own),
        ]
        for (source, target, access, rights) in own {
            try checkSource(source)
            add(.mount(source, at: target, access: access, isOwn: true), rights: rights)
        }
        if case .app(let path) = request.program { try checkRelative(path) }
    }

    private mutating func addPermissions(_ permissions: Set<Permission>, host: HostFacts) {
        for opening in permissions.sorted().map(\.terms.opening) {
            for device in opening.devices where host.entries[device] != nil {
                add(.mount(device, at: device, access: [.write, .devices], isOwn: false), rights: .device)
            }
            for socket in opening.sockets {
                guard let source = socket.hostPath(in: host.runtimeDirectory), host.entries[source] != nil
                else {
                    continue
                }
                add(.mount(source, at: socket.path, access: .asOwner, isOwn: false), rights: .readFile)
                variables[socket.variable] = socket.prefix + socket.path
            }
        }
    }

    private mutating func addSockets(_ request: LaunchRequest) throws(Failure) {
        switch request.display {
        case .none: break
        case .wayland(let socket):
            try checkSource(socket)
            add(
                .mount(socket, at: "/run/display/wayland-0", access: .asOwner, isOwn: false),
                rights: .readFile)
            variables["WAYLAND_DISPLAY"] = "/run/display/wayland-0"
        case .privateX11(let socket, let cookie):
            try checkSource(socket)
            add(.mount(socket, at: "/run/display/X0", access: [], isOwn: false), rights: .readFile)
            // Where X libraries look. A link, since nothing is mounted below what the app can write.
            add(.link("/tmp/.X11-unix", to: "/run/display"), rights: [])
            variables["DISPLAY"] = ":0"
            add(.file("/run/display/cookie", contents: cookie, permissions: 0o644), rights: .readFile)
            variables["XAUTHORITY"] = "/run/display/cookie"
        }
        if let broker = request.broker {
            try checkSource(broker)
            add(.mount(broker, at: "/run/broker", access: [], isOwn: false), rights: .readFile)
            variables["YUN_BROKER"] = "/run/broker"
        }
    }

    /// A host program outside the runtime, and what it reads. Short paths first: a directory may hold the others.
    private mutating func addProgram(_ path: String, resources: [String]) throws(Failure) {
        for source in ([path] + resources).sorted(by: { $0.utf8.count < $1.utf8.count }) {
            try checkSource(source)
            let isThere = operations.contains { operation in
                switch operation {
                case .mount(let other, at: let target, _, _): other == target && source.isAt(orBelow: other)
                // Links of the runtime lead into the runtime.
                case .link(let path, _): source.isAt(orBelow: path)
                case .directory, .file, .temporary, .processes: false
                }
            }
            if !isThere {
                add(.mount(source, at: source, access: .execute, isOwn: false), rights: [.read, .execute])
            }
        }
    }

    /// Appends an operation with the directories that it needs.
    private mutating func add(_ operation: Plan.Operation, rights: FileRights) {
        let path = operation.path.utf8
        for slash in path.indices.dropFirst() where path[slash] == UInt8(ascii: "/") {
            let parent = String(Substring(path[..<slash]))
            if made.insert(parent).inserted { operations.append(.directory(parent, permissions: 0o755)) }
        }
        made.insert(operation.path)
        operations.append(operation)
        if rights != [] { rules.append(FileRule(path: operation.path, rights: rights)) }
    }

    /// Whatever the request said: each path once, and nothing mounted below a directory that the app can write,
    /// where it could move the mount point's parent away and lay something else in its place.
    func check() throws(Failure) {
        var seen: Set<String> = []
        var closed: [String] = []
        for operation in operations {
            guard seen.insert(operation.path).inserted else {
                throw Failure(.sandboxFailed, "cannot mount two things at \(operation.path.escaped)")
            }
            switch operation {
            case .mount, .temporary, .processes:
                // Nor does anything cover what an earlier line put there.
                guard !closed.contains(where: operation.path.isAt(orBelow:)) else {
                    throw Failure(
                        .sandboxFailed, "cannot mount \(operation.path.escaped) inside another mount",
                        hint: "name a path that no other mount of the sandbox holds")
                }
                closed.append(operation.path)
            case .directory, .file, .link:
                guard
                    !closed.contains(where: operation.path.isAt(orBelow:))
                        || operation.path.isAt(orBelow: "/tmp")
                else {
                    throw Failure(.sandboxFailed, "cannot create \(operation.path.escaped) inside a mount")
                }
            }
        }
    }

    private func checkSource(_ path: String) throws(Failure) {
        let components = path.pathComponents
        // Put together again it is the same: no component is empty.
        let isPlain = "/" + components.joined(separator: "/") == path && !components.isEmpty
        guard isPlain, path.utf8.count < 4096, !path.utf8.contains(0),
            !components.contains("."), !components.contains("..")
        else { throw Failure(.sandboxFailed, "\(path.escaped) is not an absolute path without detours") }
    }

    private func checkRelative(_ path: String) throws(Failure) {
        do throws(Failure) {
            try checkSource("/" + path)
        } catch {
            throw Failure(.sandboxFailed, "\(path.escaped) is not a path inside the release")
        }
    }
}

extension String {
    /// Cut at each slash, byte by byte as the kernel does: as characters, a slash and an accent behind it are one.
    var pathComponents: [Substring] { utf8.split(separator: UInt8(ascii: "/")).map(Substring.init) }

    /// Whether this path is `other`, which does not end with a slash, or lies below it.
    func isAt(orBelow other: String) -> Bool {
        guard utf8.starts(with: other.utf8) else { return false }
        let rest = utf8.dropFirst(other.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }

    /// Whether a symlink at `path` with this text leads into what every sandbox has anyway.
    fileprivate func staysInRuntime(from path: String) -> Bool {
        let isAtTop = path.pathComponents.count == 1
        let target = hasPrefix("/") ? self : isAtTop ? "/" + self : ""
        return target.hasPrefix("/usr/") && !target.pathComponents.contains("..")
    }
}

extension Domain {
    /// A host name of one label; the kernel allows 64 bytes.
    var hostLabel: String { String(name.map { $0 == "." ? "-" : $0 }.prefix(63)) }
}
