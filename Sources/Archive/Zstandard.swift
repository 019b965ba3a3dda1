internal import CLibZstd
public import YunCore

/// Compresses independent zstd frames, one context for each thread.
@safe public struct FrameCompressor: ~Copyable {
    /// What the command line may ask for.
    public static let levels = 1...19

    private let context: OpaquePointer

    /// - Parameter level: 1 (fast) to 19 (small).
    public init(level: Int) throws(Failure) {
        guard let context = unsafe ZSTD_createCCtx() else {
            throw Failure(.unavailable, "cannot compress: out of memory")
        }
        unsafe self.context = context
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    }

    deinit {
        unsafe ZSTD_freeCCtx(context)
    }

    /// Returns one frame whose header states the plain size.
    public borrowing func compress(_ plain: UnsafeRawBufferPointer) throws(Failure) -> [UInt8] {
        var status = 0
        let bound = ZSTD_compressBound(plain.count)
        let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            status = unsafe ZSTD_compress2(
                context, buffer.baseAddress, buffer.count, plain.baseAddress, plain.count)
            count = ZSTD_isError(status) == 0 ? status : 0
        }
        guard ZSTD_isError(status) == 0 else { throw .zstandard(status, "cannot compress", .internalError) }
        return frame
    }
}

/// Decompresses zstd frames of bounded size, one context for each thread.
@safe public struct FrameDecompressor: ~Copyable {
    /// What a frame begins with. libzstd also reads the formats of before its first release, by decoders that
    /// nobody looks after, and skippable frames.
    private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    private let context: OpaquePointer

    /// A context of about 100 KiB; frames decompress into the caller's buffer, so no window is allocated.
    public init() throws(Failure) {
        guard let context = unsafe ZSTD_createDCtx() else {
            throw Failure(.unavailable, "cannot decompress: out of memory")
        }
        unsafe self.context = context
    }

    deinit {
        unsafe ZSTD_freeDCtx(context)
    }

    /// Fills `plain` exactly from `frame`, which must be one frame and nothing else. A frame that wants to grow
    /// beyond `plain` is stopped there: a bomb costs no more than what its index admits to.
    public borrowing func decompress(
        _ frame: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer
    ) throws(Failure) {
        guard unsafe frame.starts(with: Self.magic),
            unsafe ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count) == frame.count
        else {
            throw Failure(.bundlePayload, "a payload frame is not exactly one zstd frame", hint: damagedHint)
        }
        let status = unsafe ZSTD_decompressDCtx(
            context, plain.baseAddress, plain.count, frame.baseAddress, frame.count)
        guard ZSTD_isError(status) == 0 else {
            throw .zstandard(status, "a payload frame does not decompress", .bundlePayload)
        }
        guard status == plain.count else {
            throw Failure(
                .bundlePayload, "a payload frame holds \(status) bytes where the index says \(plain.count)",
                hint: damagedHint)
        }
    }
}

private let damagedHint = "get the package again from its publisher"

extension Failure {
    fileprivate static func zstandard(_ status: Int, _ message: String, _ code: FailureCode) -> Failure {
        let text = unsafe ZSTD_getErrorName(status).map { unsafe String(cString: $0) } ?? "error \(status)"
        return Failure(code, "\(message): \(text)")
    }
}
