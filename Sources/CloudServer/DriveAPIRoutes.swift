internal import CloudDatabase
internal import CloudModel
internal import CloudService
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import YunCore

/// What WebDAV has no words for: versions, the trash, and what has changed. JSON in and out; `spec/drive.md`.
struct DriveAPIRoutes: Sendable {
    private static let bodyBytesMax = 64 << 10
    private static let changesMax = 1000
    private static let waitSecondsMax = 60
    private static let pollPause = Duration.milliseconds(500)

    let drive: Drive

    func add(to router: Router<CloudContext>) {
        let group = router.group("api/drive").add(middleware: DriveCallerMiddleware(drive: drive))
        group.get("versions", use: versions)
        group.post("versions/restore", use: restoreVersion)
        group.get("trash", use: trash)
        group.post("trash/restore", use: restoreTrashed)
        group.delete("trash/:id", use: purge)
        group.get("changes", use: changes)
    }

    @Sendable private func versions(_ request: Request, _ context: CloudContext) async throws -> Response {
        let caller = try context.driveCaller
        let path = try DrivePath(plain: request.uri.queryParameters["path"] ?? "")
        let versions = try await drive.versions(path, as: caller)
        return try Response(json: VersionList(versions: versions.map(VersionList.Item.init)))
    }

    @Sendable private func restoreVersion(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let caller = try context.driveCaller
        let wish: VersionWish = try await request.json(upTo: Self.bodyBytesMax)
        guard let id = Int64(wish.id) else { throw Problem(.notFound, "there is no such version") }
        try await drive.restoreVersion(id, of: DrivePath(plain: wish.path), as: caller)
        return Response(status: .noContent)
    }

    @Sendable private func trash(_ request: Request, _ context: CloudContext) async throws -> Response {
        let items = try await drive.trash(as: context.driveCaller)
        return try Response(json: TrashList(items: items.map { TrashList.Item($0.item, $0.node) }))
    }

    @Sendable private func restoreTrashed(_ request: Request, _ context: CloudContext) async throws
        -> Response
    {
        let caller = try context.driveCaller
        let wish: TrashWish = try await request.json(upTo: Self.bodyBytesMax)
        let target = try wish.path.map { path throws(Problem) in try DrivePath(plain: path) }
        let path = try await drive.restoreTrashed(nodeID(wish.id), to: target, as: caller)
        return try Response(json: PathAnswer(path: path.plain))
    }

    @Sendable private func purge(_ request: Request, _ context: CloudContext) async throws -> Response {
        let id = try nodeID(context.parameters.get("id") ?? "")
        try await drive.purge(id, as: context.driveCaller)
        return Response(status: .noContent)
    }

    /// Waits for a change where there is none, up to the time that the client says.
    @Sendable private func changes(_ request: Request, _ context: CloudContext) async throws -> Response {
        let caller = try context.driveCaller
        let after = try number(request, "after", in: 0...Int64.max)
        let wait = try number(request, "wait", in: 0...Int64(Self.waitSecondsMax))
        let end = ContinuousClock.now + .seconds(wait)
        while true {
            let changes = try await drive.changes(after: after, limit: Self.changesMax, as: caller)
            guard changes.changes.isEmpty, !changes.isIncomplete, ContinuousClock.now < end else {
                return try Response(json: ChangeList(changes))
            }
            try await Task.sleep(for: Self.pollPause)
        }
    }

    private func number(_ request: Request, _ name: Substring, in range: ClosedRange<Int64>) throws(Problem)
        -> Int64
    {
        guard let text = request.uri.queryParameters[name] else { return 0 }
        guard let number = Int64(text), range.contains(number) else {
            throw Problem(.malformed, "\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func nodeID(_ text: String) throws(Problem) -> NodeID {
        guard let id = NodeID(text) else { throw Problem(.notFound, "this is not in the trash") }
        return id
    }
}

private struct VersionList: Encodable {
    struct Item: Encodable {
        let id: String
        let sizeBytes: Int64
        let mediaType: String?
        let createdAt: String
        let digest: String

        init(_ stored: StoredVersion) {
            id = String(stored.id)
            sizeBytes = stored.version.sizeBytes
            mediaType = stored.version.mediaType
            createdAt = CivilTime(stored.createdAt).rfc3339
            digest = stored.version.digest.description
        }
    }

    let versions: [Item]
}

private struct VersionWish: Decodable {
    let path: String
    let id: String
}

private struct TrashList: Encodable {
    struct Item: Encodable {
        let id: String
        let path: String
        let isFolder: Bool
        let sizeBytes: Int64?
        let deletedAt: String

        init(_ item: TrashedItem, _ node: Node) {
            id = item.node.description
            path = item.path
            isFolder = node.isFolder
            sizeBytes = node.version?.sizeBytes
            deletedAt = CivilTime(item.deletedAt).rfc3339
        }
    }

    let items: [Item]
}

private struct TrashWish: Decodable {
    let id: String
    let path: String?
}

private struct PathAnswer: Encodable {
    let path: String
}

private struct ChangeList: Encodable {
    struct Item: Encodable {
        let kind: String
        let path: String
        let formerPath: String?
        let changedAt: String
    }

    let changes: [Item]
    let cursor: Int64
    let isIncomplete: Bool

    init(_ changes: DriveChanges) {
        self.changes = changes.changes.map {
            Item(
                kind: $0.kind.rawValue, path: $0.path, formerPath: $0.formerPath,
                changedAt: CivilTime($0.changedAt).rfc3339)
        }
        cursor = changes.cursor
        isIncomplete = changes.isIncomplete
    }
}
