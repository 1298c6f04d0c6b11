-- Personal access tokens: what a person gives a program, in the place of a session.
CREATE TABLE personal_tokens (
    token_hash   BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    id           TEXT    NOT NULL, -- the owner's own: others may have one of the same
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL, -- JSON: a list of words
    diary_ids    TEXT,             -- JSON: a list of ids; NULL for all that the account may see
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER           -- as far as that is noted: once a minute at most
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX personal_tokens_of_user ON personal_tokens (user_id, id);
CREATE INDEX personal_tokens_by_end ON personal_tokens (expires_at);

-- What somebody did by a token is told by its name as it was then, and what the owner did so is told as well.
CREATE TABLE access_log_by_tokens (
    diary_id   TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id         TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    consent_id TEXT,             -- by which right; NULL for the operator's
    user_id    TEXT,             -- NULL for who needs no account
    user_name  TEXT,             -- as they were called then
    user_email TEXT,
    role       TEXT    NOT NULL CHECK (role IN ('owner', 'contributor', 'viewer', 'report_link', 'operator')),
    access     TEXT    NOT NULL CHECK (access IN ('read', 'write')),
    what       TEXT    NOT NULL, -- the operation, as the contract calls it
    target     TEXT,             -- the row, when it is about one
    number     INTEGER NOT NULL CHECK (number > 0),       -- its place in the diary's chain
    outcome    TEXT    NOT NULL CHECK (outcome IN ('done', 'denied')),
    entry      INTEGER NOT NULL CHECK (entry > 0),        -- the number of the first look of its entry
    hash       BLOB    CHECK (length(hash) = 32),         -- NULL until a row of before is chained
    token_name TEXT,
    PRIMARY KEY (diary_id, number)
) STRICT, WITHOUT ROWID;

INSERT INTO access_log_by_tokens
SELECT diary_id, id, at, consent_id, user_id, user_name, user_email, role, access, what, target, number, outcome, entry, hash, NULL
FROM access_log;

DROP TABLE access_log;
ALTER TABLE access_log_by_tokens RENAME TO access_log;
CREATE INDEX access_log_by_entry ON access_log (diary_id, entry, number);

CREATE TABLE access_entries_by_tokens (
    diary_id   TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL CHECK (number > 0), -- of its first look
    id         TEXT    NOT NULL,                    -- of its first look
    looks      INTEGER NOT NULL CHECK (looks > 0),  -- how many
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    consent_id TEXT,
    user_id    TEXT,
    user_name  TEXT,                                -- as they were called at the first look
    user_email TEXT,
    role       TEXT    NOT NULL CHECK (role IN ('owner', 'contributor', 'viewer', 'report_link', 'operator')),
    access     TEXT    NOT NULL CHECK (access IN ('read', 'write')),
    what       TEXT    NOT NULL,
    target     TEXT,                                -- if all looks were about the same
    outcome    TEXT    NOT NULL CHECK (outcome IN ('done', 'denied')),
    token_name TEXT,
    PRIMARY KEY (diary_id, number)
) STRICT, WITHOUT ROWID;

INSERT INTO access_entries_by_tokens
SELECT diary_id, number, id, looks, first_at, last_at, consent_id, user_id, user_name, user_email, role, access, what, target, outcome, NULL
FROM access_entries;

DROP TABLE access_entries;
ALTER TABLE access_entries_by_tokens RENAME TO access_entries;
CREATE INDEX access_entries_by_consent ON access_entries (diary_id, consent_id, what, outcome, number);
CREATE INDEX access_entries_by_user ON access_entries (diary_id, user_id, number);
