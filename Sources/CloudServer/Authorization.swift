internal import CloudDatabase
internal import CloudModel
internal import CloudService
internal import Foundation
internal import Hummingbird

/// Who sends a request, as its Authorization header says. Whether that is true, shows when something is done in their name.
enum Authorization {
    /// The client of a drive that a request shows: by a token (RFC 6750), or by a name and an app password (RFC 7617).
    static func driveCaller(_ request: Request, _ context: CloudContext) throws(Problem) -> any DriveCaller {
        if let token = bearer(request) {
            return NotedCaller(caller: BearerCaller(token), notes: context.notes)
        }
        guard let header = request.headers[.authorization] else {
            throw Problem(.unauthenticated, "this needs a token, or a name and an app password")
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let decoded = Data(base64Encoded: String(parts[1])),
            let text = String(validating: decoded, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { throw Problem(.unauthenticated, "the Authorization header is not understood") }
        let caller = try AppPasswordCaller(
            name: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
        return NotedCaller(caller: caller, notes: context.notes)
    }

    /// The token that a request shows. One in an address would get into logs and histories.
    static func bearer(_ request: Request) -> String? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}

/// A caller that is noted for the log when it is found out who it is.
private struct NotedCaller: DriveCaller {
    let caller: any DriveCaller
    let notes: RequestNotes

    func client(in transaction: Transaction, at now: Instant) throws(Problem) -> DriveClient {
        let client = try caller.client(in: transaction, at: now)
        notes.account = "\(client.account)"
        return client
    }
}
