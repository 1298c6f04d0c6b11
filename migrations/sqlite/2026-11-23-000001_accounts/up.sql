-- "crmp": lets backup and restore tell one of our files from any other database.
PRAGMA application_id = 1668443504;

-- Instants are microseconds since 1970; ids, instants and defaults always come from the service.

CREATE TABLE users (
    id            TEXT    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL,
    email_key     TEXT    NOT NULL UNIQUE, -- the e-mail in lower case: what sign-in looks for
    password_hash TEXT    NOT NULL,        -- PHC string
    display_name  TEXT,
    kind          TEXT    NOT NULL CHECK (kind IN ('patient', 'clinician')),
    time_zone     TEXT    NOT NULL,
    diary_id      TEXT,                    -- what `me` stands for; clinicians have none
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id           TEXT    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device_name  TEXT,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL, -- no rotation goes beyond it
    ended_at     INTEGER           -- kept for a while, so that ending it again is no error
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_user ON sessions (user_id, id);

-- Spent tokens are kept while their session lives: seeing one again is how a theft shows.
CREATE TABLE refresh_tokens (
    token_hash   BLOB    NOT NULL PRIMARY KEY,
    session_id   TEXT    NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at   INTEGER NOT NULL,
    spent_at     INTEGER,
    child_hash   BLOB,
    sealed_child BLOB, -- the child, readable only by who holds the parent
    CHECK ((spent_at IS NULL) = (child_hash IS NULL) AND (spent_at IS NULL) = (sealed_child IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

-- Who tries passwords: a hash of the e-mail, since addresses that belong to no account are counted too, or of the user
-- who confirms something.
CREATE TABLE sign_in_failures (
    guesser     BLOB    NOT NULL PRIMARY KEY,
    failures       INTEGER NOT NULL CHECK (failures > 0),
    last_failed_at INTEGER NOT NULL,
    blocked_until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
