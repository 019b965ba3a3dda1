/// The tables. Times are milliseconds since 1970; digests are SHA-256.
enum Schema {
    static let accounts: [SQL] = [
        """
        CREATE TABLE account (
            id INTEGER NOT NULL PRIMARY KEY,
            subject TEXT NOT NULL UNIQUE,
            password_hash TEXT NOT NULL,
            quota_bytes INTEGER NOT NULL,
            used_bytes INTEGER NOT NULL DEFAULT 0 CHECK (used_bytes >= 0),
            change_count INTEGER NOT NULL DEFAULT 0,
            language TEXT NOT NULL,
            is_operator INTEGER NOT NULL DEFAULT 0,
            created_at INTEGER NOT NULL,
            removed_at INTEGER
        )
        """,
        "CREATE INDEX account_removal ON account (removed_at) WHERE removed_at IS NOT NULL",
        """
        CREATE TABLE login_name (
            name TEXT NOT NULL PRIMARY KEY,
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE
        )
        """,
        "CREATE INDEX login_name_account ON login_name (account_id)",
        """
        CREATE TABLE app_password (
            id INTEGER NOT NULL PRIMARY KEY,
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            digest BLOB NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            UNIQUE (account_id, name)
        )
        """,
    ]

    static let drive: [SQL] = [
        """
        CREATE TABLE node (
            id INTEGER NOT NULL PRIMARY KEY,
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            parent_id INTEGER REFERENCES node (id),
            name TEXT NOT NULL,
            version_id INTEGER,
            created_at INTEGER NOT NULL,
            modified_at INTEGER NOT NULL,
            UNIQUE (parent_id, name)
        )
        """,
        "CREATE UNIQUE INDEX node_top ON node (account_id, name) WHERE parent_id IS NULL",
        """
        CREATE TABLE version (
            id INTEGER NOT NULL PRIMARY KEY,
            account_id INTEGER NOT NULL,
            node_id INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
            digest BLOB NOT NULL,
            media_type TEXT,
            created_at INTEGER NOT NULL,
            FOREIGN KEY (account_id, digest) REFERENCES content (account_id, digest)
        )
        """,
        "CREATE INDEX version_node ON version (node_id)",
        "CREATE INDEX version_content ON version (account_id, digest)",
        """
        CREATE TABLE content (
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            digest BLOB NOT NULL,
            size_bytes INTEGER NOT NULL,
            object_key TEXT UNIQUE,
            chunk_digests BLOB,
            PRIMARY KEY (account_id, digest)
        )
        """,
        """
        CREATE TABLE small_content (
            account_id INTEGER NOT NULL,
            digest BLOB NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (account_id, digest),
            FOREIGN KEY (account_id, digest) REFERENCES content (account_id, digest) ON DELETE CASCADE
        )
        """,
        "CREATE TABLE unused_object (object_key TEXT NOT NULL PRIMARY KEY)",
        """
        CREATE TABLE property (
            node_id INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
            namespace TEXT NOT NULL,
            name TEXT NOT NULL,
            xml TEXT NOT NULL,
            PRIMARY KEY (node_id, namespace, name)
        )
        """,
        """
        CREATE TABLE lock (
            token TEXT NOT NULL PRIMARY KEY,
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            node_id INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
            is_deep INTEGER NOT NULL,
            is_exclusive INTEGER NOT NULL,
            owner_xml TEXT NOT NULL,
            holder TEXT NOT NULL,
            expires_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX lock_account ON lock (account_id)",
        "CREATE INDEX lock_node ON lock (node_id)",
        """
        CREATE TABLE trash (
            node_id INTEGER NOT NULL PRIMARY KEY REFERENCES node (id) ON DELETE CASCADE,
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            path TEXT NOT NULL,
            deleted_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX trash_account ON trash (account_id, deleted_at)",
        "CREATE INDEX trash_age ON trash (deleted_at)",
        """
        CREATE TABLE drive_change (
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            kind TEXT NOT NULL,
            path TEXT NOT NULL,
            former_path TEXT,
            changed_at INTEGER NOT NULL,
            PRIMARY KEY (account_id, number)
        )
        """,
        "CREATE INDEX drive_change_age ON drive_change (changed_at)",
    ]

    static let uploads: [SQL] = [
        """
        CREATE TABLE upload (
            id TEXT NOT NULL PRIMARY KEY,
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            path TEXT NOT NULL,
            metadata TEXT NOT NULL,
            media_type TEXT,
            modified_at INTEGER,
            if_match TEXT,
            if_none_match TEXT,
            size_bytes INTEGER NOT NULL,
            offset_bytes INTEGER NOT NULL,
            object_key TEXT UNIQUE,
            lease TEXT,
            leased_until INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX upload_account ON upload (account_id)",
        "CREATE INDEX upload_expiry ON upload (expires_at)",
        """
        CREATE TABLE upload_chunks (
            upload_id TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
            first INTEGER NOT NULL,
            digests BLOB NOT NULL,
            PRIMARY KEY (upload_id, first)
        )
        """,
    ]
}
