internal import CLinux
internal import Glibc
public import YunCore

/// Starts programs with exactly what they are given.
public enum Spawner {
    /// - Parameters:
    ///   - arguments: the program's absolute path first.
    ///   - environment: `NAME=VALUE` each; nothing else is passed.
    ///   - descriptors: what becomes 0, 1, 2, ...; nothing else is passed.
    ///   - diesWithThread: whether the kernel kills it when the calling thread ends, which the main one does last.
    /// - Returns: the child's pid descriptor.
    public static func spawn(
        _ arguments: [String], environment: [String], descriptors: [Int32], diesWithThread: Bool
    ) throws(Failure) -> OwnedDescriptor {
        var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var envp = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer {
            unsafe argv.forEach { unsafe free($0) }
            unsafe envp.forEach { unsafe free($0) }
        }
        var pidfd: Int32 = -1
        let pid = unsafe argv.withUnsafeMutableBufferPointer { argv in
            unsafe envp.withUnsafeMutableBufferPointer { envp in
                unsafe descriptors.withUnsafeBufferPointer { descriptors in
                    var spawn = unsafe yun_spawn(
                        executable: UnsafePointer(argv[0]), arguments: argv.baseAddress,
                        environment: envp.baseAddress, descriptors: descriptors.baseAddress,
                        descriptor_count: Int32(descriptors.count), dies_with_parent: diesWithThread ? 1 : 0,
                        own_group: 1)
                    return unsafe yun_spawn_process(&spawn, &pidfd)
                }
            }
        }
        guard pid > 0 else {
            throw .system("cannot start \(arguments.first?.escaped ?? "nothing")", code: .unavailable)
        }
        return OwnedDescriptor(owning: pidfd)
    }
}
