import FuzzTargets
import Glibc

/// libFuzzer's loop; it ends the process itself.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What `FUZZ_SURFACE` names; read once, for the loop's function cannot capture.
private let surface: Surface = {
    let name = unsafe getenv("FUZZ_SURFACE").map { unsafe String(cString: $0) } ?? ""
    guard let surface = Surface(rawValue: name) else {
        print("set FUZZ_SURFACE to one of \(Surface.allCases.map(\.rawValue).joined(separator: ", "))")
        exit(64)
    }
    return surface
}()

@main struct Main {
    static func main() {
        var count = CommandLine.argc
        var arguments = unsafe CommandLine.unsafeArgv
        exit(
            unsafe runFuzzer(&count, &arguments) { start, count in
                do {
                    try surface.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
                } catch {
                    print("violation: \(error)")
                    fflush(nil)
                    abort()
                }
                return 0
            })
    }
}
