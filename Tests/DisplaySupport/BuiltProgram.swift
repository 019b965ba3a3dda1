import Platform
import YunCore

/// The program `name` beside the test bundle.
package func builtProgram(_ name: String) throws -> String {
    let bundle = try CurrentProcess.executablePath()
    return String(bundle[..<(bundle.lastIndex(of: "/") ?? bundle.startIndex)]) + "/" + name
}
