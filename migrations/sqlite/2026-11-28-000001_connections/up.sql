-- Apps of others (OAuth): the operator registers them, and people let them in.
CREATE TABLE clients (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    redirect_uris TEXT    NOT NULL, -- JSON: a list of addresses
    secret_hash   BLOB    CHECK (length(secret_hash) = 32), -- NULL for one that can keep no secret
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What somebody lets such an app do, until they end it; with the code that the app redeems once, and the refresh token that
-- carries it on. All refresh tokens of a connection have one half in common: whoever shows that with another half than the
-- present one has stolen it, or it was stolen from them.
CREATE TABLE connections (
    id            TEXT    NOT NULL PRIMARY KEY,
    user_id       TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id     TEXT    NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    name          TEXT    NOT NULL, -- of the app, when it was let in
    scopes        TEXT    NOT NULL, -- JSON: a list of words
    diary_ids     TEXT, -- JSON: a list of ids; NULL for all that the account may see
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL, -- moves on when the app carries it on
    last_used_at  INTEGER, -- as far as that is noted: once a minute at most
    code_hash     BLOB    NOT NULL UNIQUE CHECK (length(code_hash) = 32),
    redirect_uri  TEXT    NOT NULL, -- where the code was sent
    challenge     BLOB    NOT NULL, -- the SHA-256 of what redeems the code
    redeemed_at   INTEGER, -- NULL as long as the code can be redeemed
    family_hash   BLOB    UNIQUE CHECK (length(family_hash) = 32), -- of what its refresh tokens have in common
    refresh_hash  BLOB, -- of the other half of the present one
    parent_hash   BLOB, -- of the one before
    sealed_child  BLOB, -- the present one, readable with the one before alone
    refreshed_at  INTEGER -- when the one before was spent
) STRICT, WITHOUT ROWID;

CREATE INDEX connections_of_user ON connections (user_id, id);
CREATE INDEX connections_of_client ON connections (client_id);
CREATE INDEX connections_by_end ON connections (expires_at);

-- Access tokens of apps.
CREATE TABLE connection_tokens (
    token_hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    connection_id TEXT    NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    scopes        TEXT    NOT NULL, -- JSON: a list of words, no others than its connection has
    expires_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX connection_tokens_of_connection ON connection_tokens (connection_id);
CREATE INDEX connection_tokens_by_end ON connection_tokens (expires_at);
