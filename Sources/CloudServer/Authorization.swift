internal import CloudModel
internal import CloudService
internal import Foundation
internal import Hummingbird

/// Who sends a request, as its Authorization header says. Whether that is true, shows when something is done in their name.
enum Authorization {
    /// The name and app password that a request shows (RFC 7617).
    static func driveCaller(_ request: Request) throws(Problem) -> AppPasswordCaller {
        guard let header = request.headers[.authorization] else {
            throw Problem(.unauthenticated, "this needs a name and an app password")
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let decoded = Data(base64Encoded: String(parts[1])),
            let text = String(validating: decoded, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { throw Problem(.unauthenticated, "the Authorization header is not understood") }
        return try AppPasswordCaller(
            name: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
    }
}
