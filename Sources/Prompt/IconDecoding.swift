internal import Platform
internal import YunCore

/// The decoding of one picture by a process of its own, which is killed when it takes too long.
final class IconDecoding {
    private let decoder: SpawnedProcess
    private let output: OwnedDescriptor
    private let beginning = CurrentProcess.monotonicNanoseconds

    /// How long a question waits for its picture.
    private static let milliseconds = 2000

    /// Begins; `nil` where it cannot.
    /// - Parameter icon: is read by the decoder alone.
    init?(_ icon: consuming OwnedDescriptor) {
        do throws(Failure) {
            let null = try OwnedDescriptor.open("/dev/null", .replace(permissions: 0))
            let pipe = try Pipe()
            // Itself, also where an update has put another file in its place.
            decoder = try SpawnedProcess(
                ["yprompt", IconDecoder.argument], executable: "/proc/self/exe",
                environment: IconDecoder.environment,
                descriptors: [icon.number, pipe.writing.number, null.number], deathSignal: 9)
            output = pipe.closingWritingEnd()
        } catch { return nil }
    }

    /// The picture, or `nil` where the decoder says anything else, or nothing in time. Once.
    func pixels() -> IconPixels? {
        let passed = (CurrentProcess.monotonicNanoseconds - beginning) / 1_000_000
        do throws(Failure) {
            let bytes = try output.read(
                upTo: IconPixels.sizeBytes + 1, withinMilliseconds: Self.milliseconds - passed)
            try decoder.signal(9)
            _ = try decoder.wait()
            return IconPixels(bytes)
        } catch { return nil }
    }
}
