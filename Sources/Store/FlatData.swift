public import YunCore

/// A directory of data in which the app's files lie directly, as stores had it before the registry's third format.
public struct FlatData: Sendable, Equatable {
    /// Where it lies: `data` or `snapshots`.
    public let place: String
    /// Its name there.
    public let name: String
    /// Whose it is.
    public let domain: Domain
    /// Whether it is on its way: then the directory that takes its place was made as `.NAME`, and is that or has become
    /// the new one. What lies there else is an app's, and tells nothing.
    public let isMoving: Bool
}

extension Registry {
    /// What is still to be brought over, but for apps whose return to another release comes first.
    public func flatData() throws(Failure) -> [FlatData] {
        try database.rows(
            """
            SELECT place, name, domain, is_moving FROM flat_data
            WHERE domain NOT IN (SELECT domain FROM going_back)
            """
        ).map { row throws(Failure) in
            guard let place = row[0].text, let name = row[1].text, let domain = row[2].text else {
                throw Self.damaged
            }
            return FlatData(
                place: place, name: name,
                domain: try Self.undamaged { () throws(Failure) in try Domain(domain) },
                isMoving: row[3] == .integer(1))
        }
    }

    /// Says that the directory is going to be moved: from now on what lies at its place tells how far that is.
    public func begin(_ move: FlatData) throws(Failure) {
        try database.rows(
            "UPDATE flat_data SET is_moving = 1 WHERE place = ? AND name = ?", .text(move.place),
            .text(move.name))
    }

    /// Notes that it lies as everything does now, and what the app asks for, where its manifest was read.
    public func end(_ move: FlatData, permissions: Set<Permission>?) throws(Failure) {
        try database.transaction { () throws(Failure) in
            try database.rows(
                "DELETE FROM flat_data WHERE place = ? AND name = ?", .text(move.place), .text(move.name))
            if let permissions { try ask(for: permissions, of: move.domain, isInstall: false) }
        }
    }

    /// Whether nothing that was begun with an app's data is unfinished.
    public func isSettled(_ domain: Domain) throws(Failure) -> Bool {
        try database.rows(
            """
            SELECT EXISTS (SELECT 1 FROM going_back WHERE domain = ?1)
                OR EXISTS (SELECT 1 FROM flat_data WHERE domain = ?1)
            """, .text(domain.name)
        ).first?.first == .integer(0)
    }
}
