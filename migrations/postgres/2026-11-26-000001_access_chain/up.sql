-- The rows of the access log form a chain for each diary: each has its number and a hash over the one before and itself.
ALTER TABLE access_log
    ADD COLUMN number  bigint, -- its place in the diary's chain
    ADD COLUMN outcome text,
    ADD COLUMN entry   bigint, -- the number of the first look of its entry
    ADD COLUMN hash    bytea CHECK (length(hash) = 32); -- NULL until a row of before is chained

UPDATE access_log SET number = numbered.number, outcome = 'done', entry = 1
FROM (SELECT diary_id, id, row_number() OVER (PARTITION BY diary_id ORDER BY id) AS number FROM access_log) AS numbered
WHERE access_log.diary_id = numbered.diary_id AND access_log.id = numbered.id;

ALTER TABLE access_log
    ALTER COLUMN number SET NOT NULL,
    ALTER COLUMN outcome SET NOT NULL,
    ALTER COLUMN entry SET NOT NULL,
    ADD CHECK (number > 0),
    ADD CHECK (outcome IN ('done', 'denied')),
    ADD CHECK (entry > 0),
    DROP CONSTRAINT access_log_pkey,
    ADD PRIMARY KEY (diary_id, number);

DROP INDEX access_log_by_consent;
CREATE INDEX access_log_by_entry ON access_log (diary_id, entry, number);

-- Where each chain ends. Rows up to `older` were there before chains were: the service chains them when it starts, and the
-- index finds those that it has not.
CREATE TABLE access_chains (
    diary_id text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES diaries (id) ON DELETE CASCADE,
    number   bigint           NOT NULL CHECK (number >= 0), -- of the last row that is chained
    hash     bytea            NOT NULL CHECK (length(hash) = 32),
    older    bigint           NOT NULL CHECK (older >= 0)
);

CREATE INDEX access_chains_to_make ON access_chains (diary_id) WHERE number < older;

INSERT INTO access_chains
SELECT diary_id, 0, decode(repeat('00', 32), 'hex'), count(*) FROM access_log GROUP BY diary_id;

-- Looks that follow each other, folded: what the patient reads first. Kept sums of the rows, which change with them.
CREATE TABLE access_entries (
    diary_id   text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    number     bigint           NOT NULL CHECK (number > 0), -- of its first look
    id         text COLLATE "C" NOT NULL,                    -- of its first look
    looks      integer          NOT NULL CHECK (looks > 0),  -- how many
    first_at   timestamptz      NOT NULL,
    last_at    timestamptz      NOT NULL,
    consent_id text COLLATE "C",
    user_id    text COLLATE "C",
    user_name  text,                                         -- as they were called at the first look
    user_email text,
    role       text             NOT NULL CHECK (role IN ('contributor', 'viewer', 'report_link', 'operator')),
    access     text             NOT NULL CHECK (access IN ('read', 'write')),
    what       text             NOT NULL,
    target     text COLLATE "C",                             -- if all looks were about the same
    outcome    text             NOT NULL CHECK (outcome IN ('done', 'denied')),
    PRIMARY KEY (diary_id, number)
);

CREATE INDEX access_entries_by_consent ON access_entries (diary_id, consent_id, what, outcome, number);
CREATE INDEX access_entries_by_user ON access_entries (diary_id, user_id, number);

-- What somebody was given of a diary and has no more: whoever had it last, by a consent that ended.
CREATE TABLE former_grants (
    diary_id   text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    user_id    text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    consent_id text COLLATE "C" NOT NULL,
    role       text             NOT NULL CHECK (role IN ('contributor', 'viewer')),
    PRIMARY KEY (diary_id, user_id)
);

CREATE INDEX former_grants_of_user ON former_grants (user_id, diary_id);

INSERT INTO former_grants
SELECT diary_id, accepted_by, id, role FROM consents
WHERE id IN (
    SELECT max(last.id) FROM consents AS last
    WHERE last.accepted_by IN (SELECT users.id FROM users) AND last.withdrawn_at IS NOT NULL
    GROUP BY last.diary_id, last.accepted_by
);
