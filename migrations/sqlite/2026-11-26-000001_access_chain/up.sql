-- The rows of the access log form a chain for each diary: each has its number and a hash over the one before and itself.
CREATE TABLE access_log_in_chains (
    diary_id   TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id         TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    consent_id TEXT,             -- by which right; NULL for the operator's
    user_id    TEXT,             -- NULL for who needs no account
    user_name  TEXT,             -- as they were called then
    user_email TEXT,
    role       TEXT    NOT NULL CHECK (role IN ('contributor', 'viewer', 'report_link', 'operator')),
    access     TEXT    NOT NULL CHECK (access IN ('read', 'write')),
    what       TEXT    NOT NULL, -- the operation, as the contract calls it
    target     TEXT,             -- the row, when it is about one
    number     INTEGER NOT NULL CHECK (number > 0),       -- its place in the diary's chain
    outcome    TEXT    NOT NULL CHECK (outcome IN ('done', 'denied')),
    entry      INTEGER NOT NULL CHECK (entry > 0),        -- the number of the first look of its entry
    hash       BLOB    CHECK (length(hash) = 32),         -- NULL until a row of before is chained
    PRIMARY KEY (diary_id, number)
) STRICT, WITHOUT ROWID;

INSERT INTO access_log_in_chains
SELECT diary_id, id, at, consent_id, user_id, user_name, user_email, role, access, what, target,
       row_number() OVER (PARTITION BY diary_id ORDER BY id), 'done', 1, NULL
FROM access_log;

DROP TABLE access_log;
ALTER TABLE access_log_in_chains RENAME TO access_log;
CREATE INDEX access_log_by_entry ON access_log (diary_id, entry, number);

-- Where each chain ends. Rows up to `older` were there before chains were: the service chains them when it starts, and the
-- index finds those that it has not.
CREATE TABLE access_chains (
    diary_id TEXT    NOT NULL PRIMARY KEY REFERENCES diaries (id) ON DELETE CASCADE,
    number   INTEGER NOT NULL CHECK (number >= 0), -- of the last row that is chained
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    older    INTEGER NOT NULL CHECK (older >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX access_chains_to_make ON access_chains (diary_id) WHERE number < older;

INSERT INTO access_chains SELECT diary_id, 0, zeroblob(32), count(*) FROM access_log GROUP BY diary_id;

-- Looks that follow each other, folded: what the patient reads first. Kept sums of the rows, which change with them.
CREATE TABLE access_entries (
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
    role       TEXT    NOT NULL CHECK (role IN ('contributor', 'viewer', 'report_link', 'operator')),
    access     TEXT    NOT NULL CHECK (access IN ('read', 'write')),
    what       TEXT    NOT NULL,
    target     TEXT,                                -- if all looks were about the same
    outcome    TEXT    NOT NULL CHECK (outcome IN ('done', 'denied')),
    PRIMARY KEY (diary_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX access_entries_by_consent ON access_entries (diary_id, consent_id, what, outcome, number);
CREATE INDEX access_entries_by_user ON access_entries (diary_id, user_id, number);

-- What somebody was given of a diary and has no more: whoever had it last, by a consent that ended.
CREATE TABLE former_grants (
    diary_id   TEXT NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    consent_id TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('contributor', 'viewer')),
    PRIMARY KEY (diary_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX former_grants_of_user ON former_grants (user_id, diary_id);

INSERT INTO former_grants
SELECT diary_id, accepted_by, id, role FROM consents
WHERE id IN (
    SELECT max(last.id) FROM consents AS last
    WHERE last.accepted_by IN (SELECT users.id FROM users) AND last.withdrawn_at IS NOT NULL
    GROUP BY last.diary_id, last.accepted_by
);
