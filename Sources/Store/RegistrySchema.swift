internal import YunCore

/// The registry's tables, as the steps that led to them. A step that was released is never changed.
enum RegistrySchema {
    /// Step N leads from format N to format N + 1, which `user_version` says.
    static let steps = [
        """
        CREATE TABLE app (
            domain TEXT PRIMARY KEY, publisher_key BLOB NOT NULL, signing_class TEXT NOT NULL,
            user_id INTEGER UNIQUE, title TEXT NOT NULL, current INTEGER) STRICT, WITHOUT ROWID;
        CREATE TABLE release (
            domain TEXT NOT NULL REFERENCES app ON DELETE CASCADE, version_code INTEGER NOT NULL,
            version TEXT NOT NULL, index_digest BLOB NOT NULL, content_bytes INTEGER NOT NULL,
            installed_at INTEGER NOT NULL, PRIMARY KEY (domain, version_code)) STRICT, WITHOUT ROWID;
        CREATE TABLE page (
            uri TEXT PRIMARY KEY, domain TEXT NOT NULL REFERENCES app ON DELETE CASCADE, type TEXT NOT NULL,
            is_main INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE discarded_data (domain TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        CREATE TABLE history (
            at INTEGER NOT NULL, action TEXT NOT NULL, domain TEXT NOT NULL, version_code INTEGER) STRICT;
        """,
        // What was installed since the data was last deleted is in the history, also of apps whose data was kept.
        """
        ALTER TABLE app ADD COLUMN highest_code INTEGER;
        ALTER TABLE app ADD COLUMN highest_digest BLOB;
        ALTER TABLE app ADD COLUMN snapshot TEXT;
        ALTER TABLE release ADD COLUMN publisher_key BLOB;
        ALTER TABLE release ADD COLUMN voucher_key BLOB;
        UPDATE app SET highest_code = COALESCE((
            SELECT MAX(version_code) FROM history WHERE history.domain = app.domain AND action = 'install'
                AND rowid > (SELECT COALESCE(MAX(rowid), 0) FROM history AS removal
                    WHERE removal.domain = app.domain AND removal.action = 'remove')), current);
        UPDATE app SET highest_digest = (SELECT index_digest FROM release
            WHERE release.domain = app.domain AND version_code = highest_code);
        UPDATE release SET publisher_key = (SELECT publisher_key FROM app WHERE app.domain = release.domain);
        CREATE TABLE going_back (
            domain TEXT PRIMARY KEY REFERENCES app ON DELETE CASCADE, version_code INTEGER NOT NULL,
            snapshot TEXT NOT NULL, data_inode INTEGER NOT NULL, snapshot_inode INTEGER NOT NULL)
            STRICT, WITHOUT ROWID;
        """,
        // What the manifests ask for is not known here, and the data lies flat, without a `files`: recovery brings
        // both over.
        """
        CREATE TABLE permission (
            domain TEXT NOT NULL REFERENCES app ON DELETE CASCADE, permission TEXT NOT NULL,
            is_at_install INTEGER NOT NULL, answer TEXT, answered_at INTEGER, answered_by TEXT,
            PRIMARY KEY (domain, permission)) STRICT, WITHOUT ROWID;
        CREATE TABLE permission_use (
            domain TEXT NOT NULL REFERENCES app ON DELETE CASCADE, minute INTEGER NOT NULL,
            permission TEXT NOT NULL, method TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (domain, minute, permission, method)) STRICT, WITHOUT ROWID;
        CREATE TABLE traffic (
            domain TEXT NOT NULL REFERENCES app ON DELETE CASCADE, day INTEGER NOT NULL, network TEXT NOT NULL,
            bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL, PRIMARY KEY (domain, day, network))
            STRICT, WITHOUT ROWID;
        CREATE TABLE flat_data (
            place TEXT NOT NULL, name TEXT NOT NULL, domain TEXT NOT NULL REFERENCES app ON DELETE CASCADE,
            is_moving INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (place, name)) STRICT, WITHOUT ROWID;
        INSERT INTO flat_data (place, name, domain) SELECT 'data', domain, domain FROM app;
        INSERT INTO flat_data (place, name, domain)
            SELECT 'snapshots', snapshot, domain FROM app WHERE snapshot IS NOT NULL;
        """,
    ]
}
