-- Apps of others (OAuth): the operator registers them, and people let them in.
CREATE TABLE clients (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    redirect_uris TEXT    NOT NULL, -- JSON: a list of addresses
    secret_hash   BLOB    CHECK (length(secret_hash) = 32), -- NULL for one that can keep no secret
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What somebody lets such an app do, until they end it.
CREATE TABLE connections (
    id           TEXT    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id    TEXT    NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL, -- of the app, when it was let in
    scopes       TEXT    NOT NULL, -- JSON: a list of words
    diary_ids    TEXT,             -- JSON: a list of ids; NULL for all that the account may see
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL, -- moves on when the app carries it on
    last_used_at INTEGER           -- as far as that is noted: once a minute at most
) STRICT, WITHOUT ROWID;

CREATE INDEX connections_of_user ON connections (user_id, id);
CREATE INDEX connections_of_client ON connections (client_id);
CREATE INDEX connections_by_end ON connections (expires_at);

-- What an app shows: its code, then access tokens, and refresh tokens that carry the connection on. What is spent is
-- remembered for a while: whoever shows it once more has stolen it, or it was stolen from them.
CREATE TABLE connection_keys (
    key_hash      BLOB    NOT NULL PRIMARY KEY CHECK (length(key_hash) = 32),
    connection_id TEXT    NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    kind          TEXT    NOT NULL CHECK (kind IN ('code', 'access', 'refresh')),
    scopes        TEXT,   -- JSON: a list of words, of an access token; no others than its connection has
    redirect_uri  TEXT,   -- of a code
    challenge     BLOB,   -- of a code: the SHA-256 of what redeems it
    expires_at    INTEGER NOT NULL,
    spent_at      INTEGER,
    child_hash    BLOB,   -- of a spent refresh token: the next one
    sealed_child  BLOB    -- which is readable with the spent one alone
) STRICT, WITHOUT ROWID;

CREATE INDEX connection_keys_of_connection ON connection_keys (connection_id);
CREATE INDEX connection_keys_by_end ON connection_keys (expires_at);
