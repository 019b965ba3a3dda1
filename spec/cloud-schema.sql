-- What the steps of the cloud's schema add up to: times in milliseconds since 1970, digests SHA-256.
CREATE TABLE migration (number INTEGER NOT NULL PRIMARY KEY);
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
);
CREATE INDEX account_removal ON account (removed_at) WHERE removed_at IS NOT NULL;
CREATE TABLE login_name (
    name TEXT NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE
);
CREATE INDEX login_name_account ON login_name (account_id);
CREATE TABLE app_password (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    UNIQUE (account_id, name)
);
CREATE TABLE session (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    digest BLOB NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expiry ON session (expires_at);
CREATE TABLE ticket (
    digest BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    account_id INTEGER REFERENCES account (id) ON DELETE CASCADE,
    name TEXT,
    password_hash TEXT,
    code_digest BLOB,
    tries_left INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX ticket_account ON ticket (account_id);
CREATE INDEX ticket_expiry ON ticket (expires_at);
CREATE TABLE second_factor (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    last_step INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE recovery_code (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    PRIMARY KEY (account_id, digest)
);
CREATE TABLE guess (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    count INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX guess_age ON guess (since);
CREATE TABLE security_event (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    address TEXT NOT NULL,
    happened_at INTEGER NOT NULL
);
CREATE INDEX security_event_account ON security_event (account_id, id);
CREATE INDEX security_event_age ON security_event (happened_at);
CREATE TABLE message (
    id INTEGER NOT NULL PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX message_due ON message (due_at);
CREATE TABLE node (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    parent_id INTEGER REFERENCES node (id),
    name TEXT NOT NULL,
    version_id INTEGER,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    UNIQUE (parent_id, name)
);
CREATE UNIQUE INDEX node_top ON node (account_id, name) WHERE parent_id IS NULL;
CREATE TABLE version (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL,
    node_id INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    media_type TEXT,
    created_at INTEGER NOT NULL,
    FOREIGN KEY (account_id, digest) REFERENCES content (account_id, digest)
);
CREATE INDEX version_node ON version (node_id);
CREATE INDEX version_content ON version (account_id, digest);
CREATE TABLE content (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    object_key TEXT UNIQUE,
    chunk_digests BLOB,
    PRIMARY KEY (account_id, digest)
);
CREATE TABLE small_content (
    account_id INTEGER NOT NULL,
    digest BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (account_id, digest),
    FOREIGN KEY (account_id, digest) REFERENCES content (account_id, digest) ON DELETE CASCADE
);
CREATE TABLE unused_object (object_key TEXT NOT NULL PRIMARY KEY);
CREATE TABLE property (
    node_id INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    xml TEXT NOT NULL,
    PRIMARY KEY (node_id, namespace, name)
);
CREATE TABLE lock (
    token TEXT NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    node_id INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    is_deep INTEGER NOT NULL,
    is_exclusive INTEGER NOT NULL,
    owner_xml TEXT NOT NULL,
    holder TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX lock_account ON lock (account_id);
CREATE INDEX lock_node ON lock (node_id);
CREATE TABLE trash (
    node_id INTEGER NOT NULL PRIMARY KEY REFERENCES node (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    deleted_at INTEGER NOT NULL
);
CREATE INDEX trash_account ON trash (account_id, deleted_at);
CREATE INDEX trash_age ON trash (deleted_at);
CREATE TABLE drive_change (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    former_path TEXT,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, number)
);
CREATE INDEX drive_change_age ON drive_change (changed_at);
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
);
CREATE INDEX upload_account ON upload (account_id);
CREATE INDEX upload_expiry ON upload (expires_at);
CREATE TABLE upload_chunks (
    upload_id TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    first INTEGER NOT NULL,
    digests BLOB NOT NULL,
    PRIMARY KEY (upload_id, first)
);
CREATE TABLE client (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    secret_digest BLOB,
    scopes TEXT NOT NULL,
    domain TEXT,
    is_phone INTEGER NOT NULL,
    has_device_codes INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE client_redirect (
    client_id TEXT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    is_after_sign_out INTEGER NOT NULL,
    PRIMARY KEY (client_id, uri, is_after_sign_out)
);
CREATE TABLE device (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    model TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
);
CREATE INDEX device_account ON device (account_id);
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
);
CREATE INDEX client_grant_account ON client_grant (account_id);
CREATE INDEX client_grant_client ON client_grant (client_id);
CREATE INDEX client_grant_device ON client_grant (device_id);
CREATE INDEX client_grant_expiry ON client_grant (expires_at);
CREATE TABLE refresh_token (
    digest BLOB NOT NULL PRIMARY KEY,
    grant_id INTEGER NOT NULL REFERENCES client_grant (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    is_used INTEGER NOT NULL DEFAULT 0,
    UNIQUE (grant_id, number)
);
CREATE TABLE access_token (
    digest BLOB NOT NULL PRIMARY KEY,
    grant_id INTEGER NOT NULL REFERENCES client_grant (id) ON DELETE CASCADE,
    domain TEXT,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX access_token_grant ON access_token (grant_id);
CREATE INDEX access_token_expiry ON access_token (expires_at);
CREATE TABLE authorization_code (
    digest BLOB NOT NULL PRIMARY KEY,
    grant_id INTEGER NOT NULL UNIQUE REFERENCES client_grant (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    nonce TEXT,
    is_used INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL
);
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
);
CREATE INDEX device_code_client ON device_code (client_id);
CREATE INDEX device_code_expiry ON device_code (expires_at);
CREATE TABLE account_app (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    scopes TEXT NOT NULL,
    is_blocked INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, domain)
);
CREATE TABLE signing_key (
    id TEXT NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL,
    signs_from INTEGER NOT NULL
);
