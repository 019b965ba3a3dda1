import Sandbox
import YunCore

/// `--name value` pairs, then `--` or the program and its arguments.
struct Options {
    var values: [String: String] = [:]
    var rest: [String] = []

    init(_ arguments: [String]) throws(Failure) {
        var arguments = arguments[...]
        while let name = arguments.first, name.hasPrefix("--"), name != "--" {
            arguments = arguments.dropFirst()
            guard let value = arguments.popFirst() else { throw Failure(.usage, "\(name) needs a value") }
            values[String(name.dropFirst(2))] = value
        }
        rest = Array(arguments.first == "--" ? arguments.dropFirst() : arguments)
    }

    func required(_ name: String) throws(Failure) -> String {
        guard let value = values[name] else { throw Failure(.usage, "--\(name) is missing") }
        return value
    }

    func number(_ name: String) throws(Failure) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text) else { throw Failure(.usage, "--\(name) needs a number") }
        return number
    }

    /// `--tree --data --cache`, the program as the first of the rest.
    func request() throws(Failure) -> LaunchRequest {
        let program: LaunchRequest.Program =
            values["shell"] != nil
            ? .shell : values["host"].map { .host(path: $0, resources: []) } ?? .app(rest.first ?? "")
        var request = LaunchRequest(
            page: try PageURI(values["page"] ?? "page://bench.yunos.com/main"), release: try required("tree"),
            data: try required("data"), cache: try required("cache"), program: program)
        request.arguments = Array(rest.dropFirst(program == .app(rest.first ?? "") ? 1 : 0))
        request.appUser = try number("user").map(UInt32.init)
        request.limits.memoryBytes = try number("memory")
        if let processes = try number("processes") { request.limits.processes = processes }
        if let socket = values["x11"] { request.display = .privateX11(socket: socket, cookie: []) }
        for name in ["LANG", "TERM", "GDK_BACKEND"] { request.environment[name] = values[name] }
        request.permissions = Set(
            (values["permissions"] ?? "").split(separator: ",").compactMap {
                Permission(rawValue: String($0))
            })
        return request
    }

    func backend(default name: String = "seed") throws(Failure) -> Sandbox.Backend {
        switch values["backend"] ?? name {
        case "seed": .seed(path: try required("seed"))
        case "bwrap": .bwrap(path: "/usr/bin/bwrap")
        case let other: throw Failure(.usage, "there is no backend \(other)")
        }
    }

    func reporting() throws(Failure) -> Reporting {
        switch values["reports"] {
        case nil, "off": .off
        case "calls": .calls
        case "files": .files
        case let other?: throw Failure(.usage, "there is no reporting \(other)")
        }
    }
}
