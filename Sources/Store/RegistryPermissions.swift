internal import Trust
public import YunCore

extension Registry {
    /// The permissions that an app asks for with all answers, or `nil` where it is not installed.
    public func permissions(of domain: Domain) throws(Failure) -> AppPermissions? {
        let signingClass = try database.rows(
            "SELECT signing_class FROM app WHERE domain = ? AND current IS NOT NULL", .text(domain.name)
        ).first?[0].text
        guard let signingClass else { return nil }
        guard let signingClass = SigningClass(rawValue: signingClass) else { throw Self.damaged }
        let asked = try database.rows(
            """
            SELECT permission, is_at_install, answer, answered_at, answered_by FROM permission
            WHERE domain = ? ORDER BY permission
            """, .text(domain.name)
        ).map { row throws(Failure) in try Self.asked(row) }
        return AppPermissions(signingClass: signingClass, asked: asked)
    }

    private static func asked(_ row: [Database.Value]) throws(Failure) -> AskedPermission {
        guard let permission = row[0].text.flatMap({ Permission(rawValue: $0) }) else { throw damaged }
        let answer = try row[2].text.map { text throws(Failure) in
            guard let answer = PermissionAnswer(rawValue: text), let at = row[3].integer,
                let by = row[4].text.flatMap({ PermissionAnswerer(rawValue: $0) })
            else { throw damaged }
            return AskedPermission.Answer(answer: answer, at: at, by: by)
        }
        return AskedPermission(
            permission: permission, isGrantedAtInstall: row[1] == .integer(1), answer: answer)
    }

    /// Keeps an answer in place of an earlier one. What the manifest does not ask for, or the app cannot have, is not
    /// granted by any answer.
    public func answer(
        _ answer: PermissionAnswer, to permission: Permission, of domain: Domain,
        by answerer: PermissionAnswerer,
        at time: Int
    ) throws(Failure) {
        try database.transaction { () throws(Failure) in
            guard let permissions = try permissions(of: domain) else { throw Self.unknown(domain) }
            if answer != .never, let reason = permissions.refusal(of: permission) {
                throw Failure(
                    .permissionDenied, "cannot grant \(permission.rawValue) to \(domain): \(reason)")
            }
            try database.rows(
                """
                UPDATE permission SET answer = ?, answered_at = ?, answered_by = ?
                WHERE domain = ? AND permission = ?
                """, .text(answer.rawValue), .integer(time), .text(answerer.rawValue), .text(domain.name),
                .text(permission.rawValue))
        }
    }

    /// Forgets the answers to one permission, or to all: it is as it was after the install.
    public func forgetAnswers(to permission: Permission? = nil, of domain: Domain) throws(Failure) {
        guard try app(domain)?.current != nil else { throw Self.unknown(domain) }
        try database.rows(
            """
            UPDATE permission SET answer = NULL, answered_at = NULL, answered_by = NULL
            WHERE domain = ?1 AND (?2 IS NULL OR permission = ?2)
            """, .text(domain.name), permission.map { .text($0.rawValue) } ?? .null)
    }

    private static func unknown(_ domain: Domain) -> Failure {
        Failure(.appUnknown, "\(domain) is not installed", hint: "see what is: ypkg list")
    }

    /// Notes what a release asks for, in the transaction that makes it current. Only an install grants what is granted
    /// with it: what an update brings anew nobody has agreed to. What it no longer asks for is forgotten, so that a
    /// later one cannot take it up again unasked.
    func ask(for permissions: Set<Permission>, of domain: Domain, isInstall: Bool) throws(Failure) {
        let known = try database.rows(
            "SELECT permission FROM permission WHERE domain = ?", .text(domain.name)
        )
        .compactMap { $0[0].text }
        for name in known where isInstall || !permissions.contains(where: { $0.rawValue == name }) {
            try database.rows(
                "DELETE FROM permission WHERE domain = ? AND permission = ?", .text(domain.name), .text(name))
        }
        for permission in permissions {
            let isGranted = isInstall && permission.terms.permissionClass == .install
            try database.rows(
                "INSERT OR IGNORE INTO permission (domain, permission, is_at_install) VALUES (?, ?, ?)",
                .text(domain.name), .text(permission.rawValue), .integer(isGranted ? 1 : 0))
        }
    }
}
