-- Passkeys of accounts (WebAuthn).
CREATE TABLE passkeys (
    id              text COLLATE "C" NOT NULL PRIMARY KEY,
    user_id         text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name            text             NOT NULL,
    credential      bytea            NOT NULL UNIQUE CHECK (octet_length(credential) BETWEEN 1 AND 1023), -- an id that the device chose
    public_key      bytea            NOT NULL, -- COSE
    algorithm       integer          NOT NULL, -- COSE
    counter         bigint           NOT NULL CHECK (counter BETWEEN 0 AND 4294967295), -- of signatures; 0 where it does not count
    backup_eligible boolean          NOT NULL, -- whether there can be copies of it
    backed_up       boolean          NOT NULL, -- whether there were when it last signed
    transports      text             NOT NULL, -- JSON: a list of words, by which a browser finds it
    created_at      timestamptz      NOT NULL,
    last_used_at    timestamptz
);

CREATE INDEX passkeys_of_user ON passkeys (user_id, id);

-- What browsers were asked to have signed, and have not answered yet.
CREATE TABLE passkey_challenges (
    challenge_hash  bytea            NOT NULL PRIMARY KEY CHECK (octet_length(challenge_hash) = 32),
    session_id      text COLLATE "C", -- in which somebody adds a passkey; NULL when they show one
    expires_at      timestamptz      NOT NULL
);

CREATE INDEX passkey_challenges_of_session ON passkey_challenges (session_id);
CREATE INDEX passkey_challenges_by_end ON passkey_challenges (expires_at);
