public import YunCore

/// Uses of one permission by one method in one minute.
public struct PermissionUse: Sendable, Hashable {
    /// The app.
    public let domain: Domain
    /// What it used.
    public let permission: Permission
    /// Through which method of the broker; `launch` for what a sandbox was opened with.
    public let method: String
    /// Unix time, the beginning of the minute.
    public let at: Int
    /// How often.
    public let count: Int
}

/// Bytes of one app on one day over one kind of network.
public struct Traffic: Sendable, Hashable {
    /// The app.
    public let domain: Domain
    /// Days since 1970-01-01, UTC.
    public let day: Int
    /// Over what they went.
    public let network: NetworkKind
    /// Received.
    public let bytesIn: Int
    /// Sent.
    public let bytesOut: Int
}

extension Registry {
    /// Rows that are kept of each app.
    static let permissionUsesMax = 2000
    /// Days for which traffic is kept.
    static let trafficDaysMax = 400

    /// Who used what, the latest first; of one app, or of all.
    public func permissionUses(of domain: Domain? = nil, limit: Int) throws(Failure) -> [PermissionUse] {
        try database.rows(
            """
            SELECT domain, permission, method, minute, count FROM permission_use WHERE ?1 IS NULL OR domain = ?1
            ORDER BY minute DESC, domain, permission, method LIMIT ?2
            """, domain.map { .text($0.name) } ?? .null, .integer(limit)
        ).map { row throws(Failure) in
            guard let domain = row[0].text,
                let permission = row[1].text.flatMap({ Permission(rawValue: $0) }),
                let method = row[2].text, let minute = row[3].integer, let count = row[4].integer
            else { throw Self.damaged }
            return PermissionUse(
                domain: try Self.undamaged { () throws(Failure) in try Domain(domain) },
                permission: permission,
                method: method, at: minute * 60, count: count)
        }
    }

    /// Bytes by app, day and kind of network, the earliest first; of one app, or of all.
    public func traffic(of domain: Domain? = nil, since day: Int = 0) throws(Failure) -> [Traffic] {
        try database.rows(
            """
            SELECT domain, day, network, bytes_in, bytes_out FROM traffic
            WHERE (?1 IS NULL OR domain = ?1) AND day >= ?2 ORDER BY day, domain, network
            """, domain.map { .text($0.name) } ?? .null, .integer(day)
        ).map { row throws(Failure) in
            guard let domain = row[0].text, let day = row[1].integer,
                let network = row[2].text.flatMap({ NetworkKind(rawValue: $0) }),
                let bytesIn = row[3].integer, let bytesOut = row[4].integer
            else { throw Self.damaged }
            return Traffic(
                domain: try Self.undamaged { () throws(Failure) in try Domain(domain) }, day: day,
                network: network, bytesIn: bytesIn, bytesOut: bytesOut)
        }
    }

    /// Adds to what is known already, all or nothing. What belongs to an app that was removed meanwhile is nothing.
    func add(_ uses: [PermissionUse], _ traffic: [Traffic]) throws(Failure) {
        try database.transaction { () throws(Failure) in
            for use in uses {
                try database.rows(
                    """
                    INSERT INTO permission_use SELECT domain, ?2, ?3, ?4, ?5 FROM app WHERE domain = ?1
                    ON CONFLICT DO UPDATE SET count = count + excluded.count
                    """, .text(use.domain.name), .integer(use.at / 60), .text(use.permission.rawValue),
                    .text(use.method), .integer(use.count))
            }
            for row in traffic {
                try database.rows(
                    """
                    INSERT INTO traffic SELECT domain, ?2, ?3, ?4, ?5 FROM app WHERE domain = ?1
                    ON CONFLICT DO UPDATE SET bytes_in = bytes_in + excluded.bytes_in,
                        bytes_out = bytes_out + excluded.bytes_out
                    """, .text(row.domain.name), .integer(row.day), .text(row.network.rawValue),
                    .integer(row.bytesIn), .integer(row.bytesOut))
            }
            for domain in Set(uses.map(\.domain)) { try forgetOldUses(of: domain) }
            if let newest = traffic.map(\.day).max() {
                try database.rows(
                    "DELETE FROM traffic WHERE day <= ?", .integer(newest - Self.trafficDaysMax))
            }
        }
    }

    private func forgetOldUses(of domain: Domain) throws(Failure) {
        try database.rows(
            """
            DELETE FROM permission_use WHERE domain = ?1 AND (minute, permission, method) IN (
                SELECT minute, permission, method FROM permission_use WHERE domain = ?1
                ORDER BY minute DESC, permission, method LIMIT -1 OFFSET ?2)
            """, .text(domain.name), .integer(Self.permissionUsesMax))
    }
}
