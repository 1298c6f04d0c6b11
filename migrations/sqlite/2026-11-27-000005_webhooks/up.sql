-- Webhooks: where a person has their programs told of what happens.
CREATE TABLE webhooks (
    key               TEXT    NOT NULL PRIMARY KEY, -- ours: no other webhook ever has it
    id                TEXT    NOT NULL,             -- the owner's own: others may have one of the same
    user_id           TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    url               TEXT    NOT NULL,
    name              TEXT,
    events            TEXT    NOT NULL, -- JSON: a list of words
    diary_ids         TEXT,             -- JSON: a list of ids; NULL for all that the account may see
    secret            BLOB    NOT NULL CHECK (length(secret) = 32), -- readable: what is sent is signed with it
    created_at        INTEGER NOT NULL,
    disabled_at       INTEGER,          -- NULL while it is on
    disabled_reason   TEXT,
    last_delivered_at INTEGER,
    due_at            INTEGER,          -- when the first of what waits is to be sent; NULL when nothing waits
    leased_until      INTEGER,          -- until then a process is sending something to it, unless that died
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX webhooks_of_user ON webhooks (user_id, id);
CREATE INDEX webhooks_by_due ON webhooks (due_at);

-- What is to be told, and what was. A row is written in the transaction of what it tells of.
CREATE TABLE webhook_deliveries (
    id              TEXT    NOT NULL PRIMARY KEY,
    webhook_key     TEXT    NOT NULL REFERENCES webhooks (key) ON DELETE CASCADE,
    kind            TEXT    NOT NULL, -- of event, as the contract calls it
    diary_id        TEXT    NOT NULL, -- may be gone
    subject_id      TEXT,             -- the grant or the link that it is about
    revision        INTEGER,          -- of the diary, when that changed
    created_at      INTEGER NOT NULL,
    attempts        INTEGER NOT NULL CHECK (attempts >= 0), -- begun, in all
    tries           INTEGER NOT NULL CHECK (tries >= 0),    -- begun since it was last asked for
    next_attempt_at INTEGER,          -- NULL when it is over
    last_attempt_at INTEGER,
    last_status     INTEGER,          -- what the receiver answered
    last_error      TEXT,             -- what went wrong; NULL once it was delivered
    delivered_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_key, created_at, id);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook_key, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (created_at);

-- Up to which revision of a diary a webhook was told that it changed.
CREATE TABLE webhook_diaries (
    id          TEXT    NOT NULL PRIMARY KEY, -- made of both keys
    webhook_key TEXT    NOT NULL REFERENCES webhooks (key) ON DELETE CASCADE,
    diary_id    TEXT    NOT NULL, -- may be gone
    revision    INTEGER NOT NULL,
    told_at     INTEGER NOT NULL,
    delivery_id TEXT              -- what waits to be sent of it
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_diaries_of_webhook ON webhook_diaries (webhook_key);
