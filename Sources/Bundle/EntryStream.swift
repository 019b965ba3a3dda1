internal import Archive
internal import Glibc
internal import Signing
internal import YunCore

/// Compares tar bytes with what the index says must come, and hands the files' contents on. Nothing is parsed:
/// each header is known beforehand.
struct EntryStream<Sink: EntrySink> {
    private enum Phase {
        case header(expected: [UInt8], done: Int)
        case contents(remaining: Int)
        case padding(remaining: Int)
        case end(remaining: Int)
        case done
    }

    private let entries: ArraySlice<Index.Entry>
    private let isLast: Bool
    private var next: Int
    private var phase = Phase.done
    private var computation = DigestComputation()
    private var sink: Sink

    init(entries: ArraySlice<Index.Entry>, isLast: Bool, sink: Sink) {
        self.entries = entries
        self.isLast = isLast
        self.sink = sink
        next = entries.startIndex
        beginNext()
    }

    private mutating func beginNext() {
        if next < entries.endIndex {
            phase = .header(expected: Tar.header(of: entries[next].tarEntry), done: 0)
        } else {
            phase = isLast ? .end(remaining: Tar.endBytes) : .done
        }
    }

    /// Takes the next bytes of the archive.
    mutating func consume(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var rest = unsafe bytes[...]
        while unsafe !rest.isEmpty {
            switch phase {
            case .header(let expected, let done):
                let count = unsafe min(rest.count, expected.count - done)
                guard unsafe rest.prefix(count).hasBytes(expected[done..<done + count]) else {
                    throw fault()
                }
                unsafe rest = rest.dropFirst(count)
                phase = .header(expected: expected, done: done + count)
                if done + count == expected.count { try beginContents() }
            case .contents(let remaining):
                let count = unsafe min(rest.count, remaining)
                let piece = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(count))
                unsafe computation.update(piece)
                try unsafe sink.write(piece)
                unsafe rest = rest.dropFirst(count)
                phase = .contents(remaining: remaining - count)
                if count == remaining { try endContents() }
            case .padding(let remaining):
                let count = unsafe min(rest.count, remaining)
                guard unsafe rest.prefix(count).allSatisfy({ $0 == 0 }) else { throw fault() }
                unsafe rest = rest.dropFirst(count)
                phase = .padding(remaining: remaining - count)
                if count == remaining { try endEntry() }
            case .end(let remaining):
                let count = unsafe min(rest.count, remaining)
                guard unsafe rest.prefix(count).allSatisfy({ $0 == 0 }) else { throw fault() }
                unsafe rest = rest.dropFirst(count)
                phase = count == remaining ? .done : .end(remaining: remaining - count)
            case .done:
                throw fault()
            }
        }
    }

    /// Checks that everything has come.
    func finish() throws(Failure) {
        guard case .done = phase else {
            throw Failure(.bundlePayload, "the payload ends before its last entry", hint: damaged)
        }
    }

    private mutating func beginContents() throws(Failure) {
        let entry = entries[next]
        try sink.begin(entry)
        guard case .file(let sizeBytes, _, _) = entry.kind else { return try endEntry() }
        computation = DigestComputation()
        phase = .contents(remaining: sizeBytes)
        if sizeBytes == 0 { try endContents() }
    }

    private mutating func endContents() throws(Failure) {
        guard case .file(let sizeBytes, let digest, _) = entries[next].kind, computation.finish() == digest
        else {
            throw Failure(
                .bundlePayload,
                "\(entries[next].path.text.escaped.abbreviated(to: 120)) is not what the index says",
                hint: damaged)
        }
        let padding = Tar.paddingBytes(after: sizeBytes)
        phase = .padding(remaining: padding)
        if padding == 0 { try endEntry() }
    }

    private mutating func endEntry() throws(Failure) {
        try sink.end()
        next += 1
        beginNext()
    }

    private func fault() -> Failure {
        let place =
            next < entries.endIndex
            ? "at \(entries[next].path.text.escaped.abbreviated(to: 120))" : "at its end"
        return Failure(.bundlePayload, "the payload is not what the index says \(place)", hint: damaged)
    }

    private var damaged: String { "get the package again from its publisher" }
}

extension Slice<UnsafeRawBufferPointer> {
    /// Whether these are as many bytes, and the same.
    fileprivate func hasBytes(_ expected: ArraySlice<UInt8>) -> Bool {
        unsafe expected.withUnsafeBytes { expected in
            guard unsafe count == expected.count,
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: self).baseAddress,
                let expectedBytes = expected.baseAddress
            else { return unsafe isEmpty && expected.isEmpty }
            return unsafe memcmp(bytes, expectedBytes, count) == 0
        }
    }
}
