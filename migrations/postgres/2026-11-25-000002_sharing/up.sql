-- Sharing. Each act of sharing is a consent of the patient; what follows from it (a code, a link, a grant, rows of the
-- access log) carries the consent's id.

-- A grant that rests on a consent has the consent's id and terms; the owner's rests on none and is called 'owner'.
ALTER TABLE grants
    ADD COLUMN id            text COLLATE "C",
    ADD COLUMN access_until  timestamptz, -- from then on it gives no right
    ADD COLUMN visible_from  date,        -- the diary looks as though it had begun on this date
    ADD COLUMN include_notes boolean;

DELETE FROM grants WHERE role <> 'owner';
UPDATE grants SET id = 'owner', include_notes = true;

ALTER TABLE grants
    ALTER COLUMN id SET NOT NULL,
    ALTER COLUMN include_notes SET NOT NULL,
    ADD UNIQUE (diary_id, id),
    ADD CHECK ((role = 'owner') = (id = 'owner')),
    ADD CHECK (role = 'viewer' OR (visible_from IS NULL AND include_notes));

-- What a patient agreed to, in which words, and until when it held. Rows are closed, never deleted. Who accepted is
-- written out: the record outlives their account.
CREATE TABLE consents (
    diary_id       text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id             text COLLATE "C" NOT NULL,
    kind           text             NOT NULL CHECK (kind IN ('invitation', 'report_link')),
    role           text             NOT NULL CHECK (role IN ('contributor', 'viewer')),
    label          text,                      -- for whom, in the patient's words
    visible_from   date,
    include_notes  boolean          NOT NULL,
    access_until   timestamptz,
    words_version  text             NOT NULL, -- which text the patient agreed to, and in which language
    language       text             NOT NULL,
    given_at       timestamptz      NOT NULL,
    open_until     timestamptz      NOT NULL, -- until when a code can be redeemed, or a link opened
    accepted_at    timestamptz,
    accepted_by    text COLLATE "C",
    accepted_name  text,
    accepted_email text,
    withdrawn_at   timestamptz,
    withdrawn_by   text             CHECK (withdrawn_by IN ('owner', 'holder', 'replacement')),
    PRIMARY KEY (diary_id, id),
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);

-- What opens a consent: the hash of a code or of a link's secret. The rows of what is used up or withdrawn are gone.
CREATE TABLE share_keys (
    key_hash   bytea            NOT NULL PRIMARY KEY,
    diary_id   text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    consent_id text COLLATE "C" NOT NULL,
    expires_at timestamptz      NOT NULL
);

CREATE INDEX share_keys_of_consent ON share_keys (diary_id, consent_id);

-- Who looked at a diary or wrote in it, besides its owner. Rows are added and never changed; they go with the diary.
CREATE TABLE access_log (
    diary_id   text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id         text COLLATE "C" NOT NULL,
    at         timestamptz      NOT NULL,
    consent_id text COLLATE "C",          -- by which right; NULL for the operator's
    user_id    text COLLATE "C",          -- NULL for who needs no account
    user_name  text,                      -- as they were called then
    user_email text,
    role       text             NOT NULL CHECK (role IN ('contributor', 'viewer', 'report_link', 'operator')),
    access     text             NOT NULL CHECK (access IN ('read', 'write')),
    what       text             NOT NULL, -- the operation, as the contract calls it
    target     text COLLATE "C",          -- the row, when it is about one
    PRIMARY KEY (diary_id, id)
);

CREATE INDEX access_log_by_consent ON access_log (diary_id, consent_id, at);

-- Up to which revision somebody has reviewed a diary.
CREATE TABLE reviews (
    diary_id    text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id          text COLLATE "C" NOT NULL,
    user_id     text COLLATE "C" NOT NULL,
    user_name   text,
    revision    bigint           NOT NULL CHECK (revision > 0),
    reviewed_at timestamptz      NOT NULL,
    PRIMARY KEY (diary_id, id)
);

CREATE UNIQUE INDEX reviews_of_user ON reviews (diary_id, user_id, revision);
