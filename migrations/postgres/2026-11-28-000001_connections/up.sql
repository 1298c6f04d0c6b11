-- Apps of others (OAuth): the operator registers them, and people let them in.
CREATE TABLE clients (
    id            text COLLATE "C" NOT NULL PRIMARY KEY,
    name          text             NOT NULL,
    redirect_uris text             NOT NULL, -- JSON: a list of addresses
    secret_hash   bytea            CHECK (octet_length(secret_hash) = 32), -- NULL for one that can keep no secret
    created_at    timestamptz      NOT NULL
);

-- What somebody lets such an app do, until they end it.
CREATE TABLE connections (
    id            text COLLATE "C" NOT NULL PRIMARY KEY,
    user_id       text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id     text COLLATE "C" NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    name          text             NOT NULL, -- of the app, when it was let in
    scopes        text             NOT NULL, -- JSON: a list of words
    diary_ids     text,                            -- JSON: a list of ids; NULL for all that the account may see
    created_at    timestamptz      NOT NULL,
    expires_at    timestamptz      NOT NULL, -- moves on when the app carries it on
    last_used_at  timestamptz      -- as far as that is noted: once a minute at most
);

CREATE INDEX connections_of_user ON connections (user_id, id);
CREATE INDEX connections_of_client ON connections (client_id);
CREATE INDEX connections_by_end ON connections (expires_at);

-- What an app shows: its code, then access tokens, and refresh tokens that carry the connection on. What is spent is
-- remembered for a while: whoever shows it once more has stolen it, or it was stolen from them.
CREATE TABLE connection_keys (
    key_hash      bytea            NOT NULL PRIMARY KEY CHECK (octet_length(key_hash) = 32),
    connection_id text COLLATE "C" NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    kind          text             NOT NULL CHECK (kind IN ('code', 'access', 'refresh')),
    scopes        text,                            -- JSON: a list of words, of an access token; no others than its connection has
    redirect_uri  text,                            -- of a code
    challenge     bytea,                           -- of a code: the SHA-256 of what redeems it
    expires_at    timestamptz      NOT NULL,
    spent_at      timestamptz,
    child_hash    bytea,                           -- of a spent refresh token: the next one
    sealed_child  bytea            -- which is readable with the spent one alone
);

CREATE INDEX connection_keys_of_connection ON connection_keys (connection_id);
CREATE INDEX connection_keys_by_end ON connection_keys (expires_at);
