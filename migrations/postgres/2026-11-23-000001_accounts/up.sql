-- Ids and instants always come from the service, instants in whole microseconds. Ids sort by their bytes, as they do
-- in SQLite, whatever the language of the database.

CREATE TABLE users (
    id            text COLLATE "C" NOT NULL PRIMARY KEY,
    email         text             NOT NULL,
    email_key     text             NOT NULL UNIQUE, -- the e-mail in lower case: what sign-in looks for
    password_hash text             NOT NULL,        -- PHC string
    display_name  text,
    kind          text             NOT NULL CHECK (kind IN ('patient', 'clinician')),
    time_zone     text             NOT NULL,
    diary_id      text COLLATE "C",                 -- what `me` stands for; clinicians have none
    created_at    timestamptz      NOT NULL,
    updated_at    timestamptz      NOT NULL
);

CREATE TABLE sessions (
    id           text COLLATE "C" NOT NULL PRIMARY KEY,
    user_id      text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device_name  text,
    created_at   timestamptz      NOT NULL,
    last_used_at timestamptz      NOT NULL,
    expires_at   timestamptz      NOT NULL, -- no rotation goes beyond it
    ended_at     timestamptz                -- kept for a while, so that ending it again is no error
);

CREATE INDEX sessions_of_user ON sessions (user_id, id);

-- Spent tokens are kept while their session lives: seeing one again is how a theft shows.
CREATE TABLE refresh_tokens (
    token_hash   bytea            NOT NULL PRIMARY KEY,
    session_id   text COLLATE "C" NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at   timestamptz      NOT NULL,
    spent_at     timestamptz,
    child_hash   bytea,
    sealed_child bytea, -- the child, readable only by who holds the parent
    CHECK ((spent_at IS NULL) = (child_hash IS NULL) AND (spent_at IS NULL) = (sealed_child IS NULL))
);

CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

-- Who tries passwords: a hash of the e-mail, since addresses that belong to no account are counted too, or of the user
-- who confirms something.
CREATE TABLE sign_in_failures (
    guesser        bytea       NOT NULL PRIMARY KEY,
    failures       integer     NOT NULL CHECK (failures > 0),
    last_failed_at timestamptz NOT NULL,
    blocked_until  timestamptz NOT NULL
);
