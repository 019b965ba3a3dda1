internal import CLinux
internal import YunCore

/// The program's part of a plan: what is executed with which arguments and variables.
struct ProgramPlan {
    let request: LaunchRequest

    /// Without the title.
    private static let argumentsMax = Int(SEED_ARGUMENTS_MAX) - 1
    /// With the NUL behind each. The kernel takes no single one that is longer, and the rest of a spec fits beside it.
    private static let argumentBytesMax = 128 << 10

    /// Fails where the arguments are more than any launch can carry.
    init(_ request: LaunchRequest) throws(Failure) {
        self.request = request
        let hint = "give the app a file, or write to its standard input"
        let count = request.arguments.count
        guard count <= Self.argumentsMax else {
            throw Failure(
                .usage, "cannot pass \(count) arguments to an app, only \(Self.argumentsMax)", hint: hint)
        }
        let bytes = request.arguments.reduce(0) { $0 + $1.utf8.count + 1 }
        guard bytes <= Self.argumentBytesMax else {
            let (given, possible) = ((bytes + 1023) >> 10, Self.argumentBytesMax >> 10)
            throw Failure(
                .usage, "cannot pass \(given) KiB of arguments to an app, only \(possible) KiB", hint: hint)
        }
    }

    var executable: String {
        switch request.program {
        case .app(let path): "/app/" + path
        case .host(let path, _): path
        case .carried(let path): Self.carriedPath(of: path)
        case .shell: "/bin/bash"
        }
    }

    static func carriedPath(of path: String) -> String {
        "/run/program/" + (path.pathComponents.last ?? "")
    }

    /// The title in the process list is the page, also where the web host shows it. Host programs keep their names: some
    /// find their files by it.
    var arguments: [String] {
        let title: String =
            switch request.program {
            case .app, .carried: request.page.description
            case .host(let path, _): path
            case .shell: "bash"
            }
        return [title] + request.arguments
    }

    private var standard: [String: String] {
        [
            "HOME": "/data", "USER": "app", "LOGNAME": "app", "SHELL": "/bin/sh",
            "PATH": "/app/bin:/usr/local/bin:/usr/bin:/bin", "TMPDIR": "/tmp", "XDG_RUNTIME_DIR": "/tmp/run",
            "XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": "/data/.config", "XDG_STATE_HOME": "/data/.state",
            "XDG_CACHE_HOME": "/cache", "YUN_PAGE": request.page.description,
            "YUN_DOMAIN": request.page.domain.name,
        ]
    }

    func environment(adding variables: [String: String]) throws(Failure) -> [(name: String, value: String)] {
        let own = standard.merging(variables) { _, new in new }
        for (name, value) in request.environment {
            let isName = !name.isEmpty && name.utf8.allSatisfy { $0.isVariableByte }
            // The dynamic loader's variables change what every program does before its first line.
            guard isName, !name.hasPrefix("LD_"), own[name] == nil, !value.utf8.contains(0) else {
                throw Failure(.usage, "cannot pass the variable \(name.escaped) to an app")
            }
        }
        return own.merging(request.environment) { own, _ in own }.sorted { $0.key < $1.key }
            .map { (name: $0.key, value: $0.value) }
    }
}

extension UInt8 {
    fileprivate var isVariableByte: Bool {
        isDigit || isLowercaseLetter || isUppercaseLetter || self == UInt8(ascii: "_")
    }
}
