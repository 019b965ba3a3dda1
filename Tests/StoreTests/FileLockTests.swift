import Glibc
import Platform
import Support
import Testing

@Suite struct FileLockTests {
    @Test("a lock ends with its holder, also while a process that is just being started has a copy of it")
    func copied() throws {
        let directory = try TemporaryDirectory()
        let place = try AnchoredDirectory(at: directory.path)
        for isShared in [true, false] {
            var lock = try place.lockSelf(isShared: isShared, waiting: false)
            #expect(lock != nil)
            let copies = try copies(of: place)
            defer { for copy in copies { close(copy) } }
            #expect(try place.lockSelf(isShared: false, waiting: false) == nil)
            lock = nil
            #expect(try place.lockSelf(isShared: false, waiting: false) != nil)
        }
    }

    /// Of every descriptor of a directory, as a fork makes them.
    private func copies(of directory: AnchoredDirectory) throws -> [Int32] {
        let inode = try #require(try directory.status(of: ".")?.inode)
        return (3..<1024).filter { number in
            var status = stat()
            return unsafe fstat(number, &status) == 0 && status.st_ino == inode
        }.map { dup($0) }
    }
}
