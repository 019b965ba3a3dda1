extension Schema {
    /// Who is signed in, what is on its way to be, and what is told of it.
    static let signIn: [SQL] = [
        """
        CREATE TABLE session (
            id INTEGER NOT NULL PRIMARY KEY,
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            digest BLOB NOT NULL UNIQUE,
            agent TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            seen_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX session_account ON session (account_id)",
        "CREATE INDEX session_expiry ON session (expires_at)",
        """
        CREATE TABLE ticket (
            digest BLOB NOT NULL PRIMARY KEY,
            purpose TEXT NOT NULL,
            account_id INTEGER REFERENCES account (id) ON DELETE CASCADE,
            name TEXT,
            password_hash TEXT,
            code_digest BLOB,
            tries_left INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX ticket_account ON ticket (account_id)",
        "CREATE INDEX ticket_expiry ON ticket (expires_at)",
        """
        CREATE TABLE second_factor (
            account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
            secret BLOB NOT NULL,
            last_step INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE recovery_code (
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            digest BLOB NOT NULL,
            PRIMARY KEY (account_id, digest)
        )
        """,
        """
        CREATE TABLE guess (
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            count INTEGER NOT NULL,
            since INTEGER NOT NULL,
            PRIMARY KEY (kind, subject)
        )
        """,
        "CREATE INDEX guess_age ON guess (since)",
        """
        CREATE TABLE security_event (
            id INTEGER NOT NULL PRIMARY KEY,
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            detail TEXT NOT NULL,
            address TEXT NOT NULL,
            happened_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX security_event_account ON security_event (account_id, id)",
        "CREATE INDEX security_event_age ON security_event (happened_at)",
        """
        CREATE TABLE message (
            id INTEGER NOT NULL PRIMARY KEY,
            recipient TEXT NOT NULL,
            subject TEXT NOT NULL,
            text TEXT NOT NULL,
            tries INTEGER NOT NULL DEFAULT 0,
            due_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX message_due ON message (due_at)",
    ]
}
