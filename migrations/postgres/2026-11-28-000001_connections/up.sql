-- Apps of others (OAuth): the operator registers them, and people let them in.
CREATE TABLE clients (
    id            text COLLATE "C" NOT NULL PRIMARY KEY,
    name          text             NOT NULL,
    redirect_uris text             NOT NULL, -- JSON: a list of addresses
    secret_hash   bytea            CHECK (octet_length(secret_hash) = 32), -- NULL for one that can keep no secret
    created_at    timestamptz      NOT NULL
);

-- What somebody lets such an app do, until they end it; with the code that the app redeems once, and the refresh token that
-- carries it on. All refresh tokens of a connection have one half in common: whoever shows that with another half than the
-- present one has stolen it, or it was stolen from them.
CREATE TABLE connections (
    id            text COLLATE "C" NOT NULL PRIMARY KEY,
    user_id       text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id     text COLLATE "C" NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    name          text             NOT NULL, -- of the app, when it was let in
    scopes        text             NOT NULL, -- JSON: a list of words
    diary_ids     text, -- JSON: a list of ids; NULL for all that the account may see
    created_at    timestamptz      NOT NULL,
    expires_at    timestamptz      NOT NULL, -- moves on when the app carries it on
    last_used_at  timestamptz, -- as far as that is noted: once a minute at most
    code_hash     bytea            NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
    redirect_uri  text             NOT NULL, -- where the code was sent
    challenge     bytea            NOT NULL, -- the SHA-256 of what redeems the code
    redeemed_at   timestamptz, -- NULL as long as the code can be redeemed
    family_hash   bytea            UNIQUE CHECK (octet_length(family_hash) = 32), -- of what its refresh tokens have in common
    refresh_hash  bytea, -- of the other half of the present one
    parent_hash   bytea, -- of the one before
    sealed_child  bytea, -- the present one, readable with the one before alone
    refreshed_at  timestamptz -- when the one before was spent
);

CREATE INDEX connections_of_user ON connections (user_id, id);
CREATE INDEX connections_of_client ON connections (client_id);
CREATE INDEX connections_by_end ON connections (expires_at);

-- Access tokens of apps.
CREATE TABLE connection_tokens (
    token_hash    bytea            NOT NULL PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    connection_id text COLLATE "C" NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    scopes        text             NOT NULL, -- JSON: a list of words, no others than its connection has
    expires_at    timestamptz      NOT NULL
);

CREATE INDEX connection_tokens_of_connection ON connection_tokens (connection_id);
CREATE INDEX connection_tokens_by_end ON connection_tokens (expires_at);
