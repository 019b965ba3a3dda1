import Glibc

/// Notes in a text file, one a line. A change appears whole or not at all: it is written beside the file, made
/// durable and renamed.
struct Notebook {
    struct Failure: Error {
        let message: String
    }

    let path: String

    func notes() throws(Failure) -> [String] {
        guard let file = fopen(path, "r") else {
            if errno == ENOENT { return [] }
            throw failure("cannot read")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece.prefix(count) }
        guard ferror(file) == 0 else { throw failure("cannot read") }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func replace(with notes: [String]) throws(Failure) {
        let text = Array(notes.map { $0 + "\n" }.joined().utf8)
        let draft = path + ".new"
        guard let file = fopen(draft, "w") else { throw failure("cannot write") }
        let isWritten = fwrite(text, 1, text.count, file) == text.count && fflush(file) == 0 && fsync(fileno(file)) == 0
        guard fclose(file) == 0, isWritten, rename(draft, path) == 0 else { throw failure("cannot write") }
    }

    private func failure(_ what: String) -> Failure {
        Failure(message: "\(what) \(path): \(String(cString: strerror(errno)))")
    }
}
