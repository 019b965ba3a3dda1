internal import Platform
internal import YunCore
internal import Glibc

/// A directory that is gone when its owner is, whatever happened in it.
public final class TemporaryDirectory: Sendable {
    /// Where it is.
    public let path: String

    /// A new empty directory.
    public init() throws {
        var template = Array("/tmp/yun-test-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw Failure.system("cannot make a directory") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        do throws(Failure) {
            try AnchoredDirectory(at: "/tmp").removeTree(String(path.dropFirst("/tmp/".count)))
        } catch {
            Swift.print("cannot remove \(path): \(error)")
        }
    }

    /// The path of something in it.
    public func path(_ name: String) -> String { path + "/" + name }

    /// Writes a file, with the directories that lead to it.
    public func write(_ contents: some Sequence<UInt8>, to name: String, permissions: UInt32 = 0o644) throws {
        let parts = name.split(separator: "/").map(String.init)
        var directory = try AnchoredDirectory(at: path)
        for part in parts.dropLast() { directory = try directory.makeDirectory(part) }
        guard let last = parts.last else { return }
        try directory.remove(last)
        let file = try directory.open(last, .createNew(permissions: permissions))
        try file.write(Array(contents))
    }

    /// Reads a whole file.
    public func read(_ name: String) throws -> [UInt8] {
        try OwnedDescriptor.open(path(name), .read).readToEnd(limit: 1 << 30, describedAs: name)
    }

    /// Every file and directory below `name`, sorted.
    public func tree(_ name: String = "") throws -> [String] {
        try Self.tree(AnchoredDirectory(at: name.isEmpty ? path : path(name)), prefix: "")
    }

    private static func tree(_ directory: AnchoredDirectory, prefix: String) throws -> [String] {
        var paths: [String] = []
        for name in try directory.names() {
            paths.append(prefix + name)
            if try directory.status(of: name)?.kind == .directory {
                paths += try tree(directory.directory(name), prefix: prefix + name + "/")
            }
        }
        return paths
    }
}

/// The checkout that the tests belong to.
public enum Checkout {
    /// Its top directory.
    public static let path = String(#filePath.dropLast("/Tests/Support/TemporaryDirectory.swift".count))

    /// The directory of the built programs.
    public static var programs: String {
        get throws {
            var path = try CurrentProcess.executablePath()
            while path.contains("/") {
                path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
                if try AnchoredDirectory.status(ofPath: path + "/ypkg") != nil { return path }
            }
            throw Failure(.inputUnreadable, "ypkg has not been built", hint: "run the tests with: make test")
        }
    }
}
