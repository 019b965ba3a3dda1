internal import CloudModel
internal import CloudService
internal import Foundation
internal import Hummingbird

/// Who sends a request, from its Authorization header.
struct Authentication: Sendable {
    let accounts: Accounts

    /// The client that shows a name and an app password (RFC 7617).
    func driveClient(_ request: Request, _ context: CloudContext) async throws(Problem) -> DriveClient {
        guard let header = request.headers[.authorization] else {
            throw Problem(.unauthenticated, "this needs a name and an app password")
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let decoded = Data(base64Encoded: String(parts[1])),
            let text = String(validating: decoded, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { throw Problem(.unauthenticated, "the Authorization header is not understood") }
        let client = try await accounts.client(
            name: String(text[..<colon]), appPassword: String(text[text.index(after: colon)...]))
        context.notes.account = "\(client.account)"
        return client
    }
}
