internal import Archive
internal import Platform
internal import Signing
internal import Synchronization
internal import YunCore

/// One pass over a payload: each thread takes the next job, and within it frame after frame is read, compared with
/// its digest, decompressed and compared with the index. No more than two frames are in memory for each thread.
struct PayloadReading: Sendable {
    let index: Index
    let payload: PayloadSource
    let progress: @Sendable (Int) -> Void

    func run<Sink: EntrySink>(
        threads: Int, makeSink: @escaping @Sendable () throws(Failure) -> Sink
    ) throws(Failure) {
        let jobs = PayloadLayout.jobs(of: index)
        let queue = JobQueue(count: jobs.count)
        try BlockingThreads.run(count: min(threads, jobs.count)) { _ throws(Failure) in
            do throws(Failure) {
                let decompressor = try FrameDecompressor()
                var compressed = ReusedBuffer()
                var plain = ReusedBuffer()
                while let next = queue.next() {
                    try run(jobs[next], decompressor, &compressed, &plain, makeSink())
                }
            } catch {
                queue.stop()
                throw error
            }
        }
    }

    private func run<Sink: EntrySink>(
        _ job: PayloadLayout.Job, _ decompressor: borrowing FrameDecompressor,
        _ compressedBuffer: inout ReusedBuffer, _ plainBuffer: inout ReusedBuffer, _ sink: Sink
    ) throws(Failure) {
        var stream = EntryStream(entries: index.entries[job.entries], isLast: job.isLast, sink: sink)
        var place = job.offset
        for number in job.frames {
            let frame = index.frames[number]
            let compressed = unsafe compressedBuffer.bytes(frame.compressedBytes)
            try unsafe payload.read(into: compressed, at: place)
            var computation = DigestComputation()
            unsafe computation.update(UnsafeRawBufferPointer(compressed))
            guard computation.finish() == frame.digest else {
                throw Failure(
                    .bundlePayload, "frame \(number + 1) of the payload is not the one that was signed",
                    hint: "get the package again from its publisher")
            }
            let plain = unsafe plainBuffer.bytes(frame.plainBytes)
            try unsafe decompressor.decompress(UnsafeRawBufferPointer(compressed), into: plain)
            try unsafe stream.consume(UnsafeRawBufferPointer(plain))
            place += frame.compressedBytes
            progress(frame.compressedBytes)
        }
        try stream.finish()
    }
}

/// Hands out job numbers until all are taken or one has failed.
private final class JobQueue: Sendable {
    private let state: Mutex<Range<Int>>

    init(count: Int) { state = Mutex(0..<count) }

    func next() -> Int? { state.withLock { $0.popFirst() } }
    func stop() { state.withLock { $0 = 0..<0 } }
}

/// Memory of a thread that is used again from frame to frame.
@safe private struct ReusedBuffer: ~Copyable {
    private var memory = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// The first `count` bytes; what they held is not kept.
    mutating func bytes(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if unsafe memory.count < count {
            unsafe memory.deallocate()
            unsafe memory = .allocate(byteCount: count, alignment: 64)
        }
        return unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }

    deinit {
        unsafe memory.deallocate()
    }
}
