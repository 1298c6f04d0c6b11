-- Passkeys of accounts (WebAuthn).
CREATE TABLE passkeys (
    id              TEXT    NOT NULL PRIMARY KEY,
    user_id         TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name            TEXT    NOT NULL,
    credential      BLOB    NOT NULL UNIQUE CHECK (length(credential) BETWEEN 1 AND 1023), -- an id that the device chose
    public_key      BLOB    NOT NULL, -- COSE
    algorithm       INTEGER NOT NULL, -- COSE
    counter         INTEGER NOT NULL CHECK (counter BETWEEN 0 AND 4294967295), -- of signatures; 0 where it does not count
    backup_eligible INTEGER NOT NULL CHECK (backup_eligible IN (0, 1)), -- whether there can be copies of it
    backed_up       INTEGER NOT NULL CHECK (backed_up IN (0, 1)), -- whether there were when it last signed
    transports      TEXT    NOT NULL, -- JSON: a list of words, by which a browser finds it
    created_at      INTEGER NOT NULL,
    last_used_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX passkeys_of_user ON passkeys (user_id, id);

-- What browsers were asked to have signed, and have not answered yet.
CREATE TABLE passkey_challenges (
    challenge_hash  BLOB    NOT NULL PRIMARY KEY CHECK (length(challenge_hash) = 32),
    session_id      TEXT, -- in which somebody adds a passkey; NULL when they show one
    expires_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX passkey_challenges_of_session ON passkey_challenges (session_id);
CREATE INDEX passkey_challenges_by_end ON passkey_challenges (expires_at);
