extension Schema {
    /// Clients, what owners have allowed them, and the digests of what shows it.
    static let authorization: [SQL] =
        clients + grants + [
            """
            CREATE TABLE account_app (
                account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                domain TEXT NOT NULL,
                scopes TEXT NOT NULL,
                is_blocked INTEGER NOT NULL DEFAULT 0,
                created_at INTEGER NOT NULL,
                last_seen_at INTEGER NOT NULL,
                PRIMARY KEY (account_id, domain)
            )
            """,
            """
            CREATE TABLE signing_key (
                id TEXT NOT NULL PRIMARY KEY,
                bytes BLOB NOT NULL,
                signs_from INTEGER NOT NULL
            )
            """,
        ]

    private static let clients: [SQL] = [
        """
        CREATE TABLE client (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            secret_digest BLOB,
            scopes TEXT NOT NULL,
            domain TEXT,
            is_phone INTEGER NOT NULL,
            has_device_codes INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        )
        """,
        """
        INSERT INTO client (id, name, scopes, is_phone, has_device_codes, created_at)
        VALUES ('yun-phone', 'Yun', 'openid profile offline_access storage storage.app', 1, 1, 0)
        """,
        """
        CREATE TABLE client_redirect (
            client_id TEXT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
            uri TEXT NOT NULL,
            is_after_sign_out INTEGER NOT NULL,
            PRIMARY KEY (client_id, uri, is_after_sign_out)
        )
        """,
        """
        CREATE TABLE device (
            id INTEGER NOT NULL PRIMARY KEY,
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            model TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            last_seen_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX device_account ON device (account_id)",
    ]

    private static let grants: [SQL] = [
        """
        CREATE TABLE client_grant (
            id INTEGER NOT NULL PRIMARY KEY,
            account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            client_id TEXT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
            device_id INTEGER REFERENCES device (id) ON DELETE CASCADE,
            scopes TEXT NOT NULL,
            family_digest BLOB UNIQUE,
            is_settled INTEGER NOT NULL DEFAULT 0,
            authenticated_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX client_grant_account ON client_grant (account_id)",
        "CREATE INDEX client_grant_client ON client_grant (client_id)",
        "CREATE INDEX client_grant_device ON client_grant (device_id)",
        "CREATE INDEX client_grant_expiry ON client_grant (expires_at)",
        """
        CREATE TABLE refresh_token (
            digest BLOB NOT NULL PRIMARY KEY,
            grant_id INTEGER NOT NULL REFERENCES client_grant (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            is_used INTEGER NOT NULL DEFAULT 0,
            UNIQUE (grant_id, number)
        )
        """,
        """
        CREATE TABLE access_token (
            digest BLOB NOT NULL PRIMARY KEY,
            grant_id INTEGER NOT NULL REFERENCES client_grant (id) ON DELETE CASCADE,
            domain TEXT,
            scopes TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX access_token_grant ON access_token (grant_id)",
        "CREATE INDEX access_token_expiry ON access_token (expires_at)",
        """
        CREATE TABLE authorization_code (
            digest BLOB NOT NULL PRIMARY KEY,
            grant_id INTEGER NOT NULL UNIQUE REFERENCES client_grant (id) ON DELETE CASCADE,
            redirect_uri TEXT NOT NULL,
            challenge TEXT NOT NULL,
            nonce TEXT,
            is_used INTEGER NOT NULL DEFAULT 0,
            expires_at INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE device_code (
            digest BLOB NOT NULL PRIMARY KEY,
            user_code TEXT NOT NULL UNIQUE,
            client_id TEXT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
            scopes TEXT NOT NULL,
            device_name TEXT,
            device_model TEXT,
            grant_id INTEGER UNIQUE REFERENCES client_grant (id) ON DELETE CASCADE,
            is_refused INTEGER NOT NULL DEFAULT 0,
            interval_seconds INTEGER NOT NULL,
            polled_at INTEGER,
            expires_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX device_code_client ON device_code (client_id)",
        "CREATE INDEX device_code_expiry ON device_code (expires_at)",
    ]
}
