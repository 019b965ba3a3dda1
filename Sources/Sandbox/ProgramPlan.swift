internal import YunCore

/// The program's part of a plan: what is executed with which arguments and variables.
struct ProgramPlan {
    let request: LaunchRequest

    init(_ request: LaunchRequest) { self.request = request }

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

    /// An app's title in the process list is its page. Host programs keep their names: some find their files by it.
    var arguments: [String] {
        let title: String =
            switch request.program {
            case .app: request.page.description
            case .host(let path, _), .carried(let path): path
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
