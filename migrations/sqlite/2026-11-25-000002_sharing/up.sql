-- Sharing. Each act of sharing is a consent of the patient; what follows from it (a code, a link, a grant, rows of the
-- access log) carries the consent's id.

-- A grant that rests on a consent has the consent's id and terms; the owner's rests on none and is called 'owner'.
CREATE TABLE grants_with_terms (
    diary_id      TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    user_id       TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role          TEXT    NOT NULL CHECK (role IN ('owner', 'contributor', 'viewer')),
    created_at    INTEGER NOT NULL,
    id            TEXT    NOT NULL,
    access_until  INTEGER, -- from then on it gives no right
    visible_from  TEXT    CHECK (visible_from GLOB '????-??-??'), -- the diary looks as though it had begun on this date
    include_notes INTEGER NOT NULL CHECK (include_notes IN (0, 1)),
    PRIMARY KEY (diary_id, user_id),
    UNIQUE (diary_id, id),
    CHECK ((role = 'owner') = (id = 'owner')),
    CHECK (role = 'viewer' OR (visible_from IS NULL AND include_notes = 1))
) STRICT, WITHOUT ROWID;

INSERT INTO grants_with_terms
SELECT diary_id, user_id, role, created_at, 'owner', NULL, NULL, 1 FROM grants WHERE role = 'owner';

DROP TABLE grants;
ALTER TABLE grants_with_terms RENAME TO grants;
CREATE INDEX grants_of_user ON grants (user_id, diary_id);

-- What a patient agreed to, in which words, and until when it held. Rows are closed, never deleted. Who accepted is
-- written out: the record outlives their account.
CREATE TABLE consents (
    diary_id       TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id             TEXT    NOT NULL,
    kind           TEXT    NOT NULL CHECK (kind IN ('invitation', 'report_link')),
    role           TEXT    NOT NULL CHECK (role IN ('contributor', 'viewer')),
    label          TEXT,             -- for whom, in the patient's words
    visible_from   TEXT    CHECK (visible_from GLOB '????-??-??'),
    include_notes  INTEGER NOT NULL CHECK (include_notes IN (0, 1)),
    access_until   INTEGER,
    words_version  TEXT    NOT NULL, -- which text the patient agreed to, and in which language
    language       TEXT    NOT NULL,
    given_at       INTEGER NOT NULL,
    open_until     INTEGER NOT NULL, -- until when a code can be redeemed, or a link opened
    accepted_at    INTEGER,
    accepted_by    TEXT,
    accepted_name  TEXT,
    accepted_email TEXT,
    withdrawn_at   INTEGER,
    withdrawn_by   TEXT    CHECK (withdrawn_by IN ('owner', 'holder', 'replacement')),
    PRIMARY KEY (diary_id, id),
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
) STRICT, WITHOUT ROWID;

-- What opens a consent: the hash of a code or of a link's secret. The rows of what is used up or withdrawn are gone.
CREATE TABLE share_keys (
    key_hash   BLOB    NOT NULL PRIMARY KEY,
    diary_id   TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    consent_id TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX share_keys_of_consent ON share_keys (diary_id, consent_id);

-- Who looked at a diary or wrote in it, besides its owner. Rows are added and never changed; they go with the diary.
CREATE TABLE access_log (
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
    PRIMARY KEY (diary_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX access_log_by_consent ON access_log (diary_id, consent_id, at);

-- Up to which revision somebody has reviewed a diary.
CREATE TABLE reviews (
    diary_id    TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id          TEXT    NOT NULL,
    user_id     TEXT    NOT NULL,
    user_name   TEXT,
    revision    INTEGER NOT NULL CHECK (revision > 0),
    reviewed_at INTEGER NOT NULL,
    PRIMARY KEY (diary_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX reviews_of_user ON reviews (diary_id, user_id, revision);
