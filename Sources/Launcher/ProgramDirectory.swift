internal import Platform
public import YunCore

/// Where the programs lie that `ypkg` starts: beside it in a build, in `../libexec/yun` when installed.
public struct ProgramDirectory: Sendable {
    private let path: String

    /// Finds the directory from the running program's place.
    public init() throws(Failure) {
        let own = try CurrentProcess.executablePath()
        let directory = String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])
        for candidate in [directory, directory + "/../libexec/yun"]
        where try AnchoredDirectory.status(ofPath: candidate + "/seed") != nil {
            path = try AnchoredDirectory.resolvedPath(candidate)
            return
        }
        throw Failure(
            .unavailable, "cannot find seed, which starts apps",
            hint: "install Yun whole: make install PREFIX=DIR")
    }

    /// The path of a program.
    public func path(of program: String) throws(Failure) -> String {
        let file = path + "/" + program
        guard try AnchoredDirectory.status(ofPath: file) != nil else {
            throw Failure(
                .unavailable, "cannot find \(program) in \(path.escaped)", hint: "install Yun whole")
        }
        return file
    }
}
