-- Webhooks: where a person has their programs told of what happens.
CREATE TABLE webhooks (
    key               text COLLATE "C" NOT NULL PRIMARY KEY, -- ours: no other webhook ever has it
    id                text COLLATE "C" NOT NULL,             -- the owner's own: others may have one of the same
    user_id           text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    url               text             NOT NULL,
    name              text,
    events            text             NOT NULL, -- JSON: a list of words
    diary_ids         text,                      -- JSON: a list of ids; NULL for all that the account may see
    secret            bytea            NOT NULL CHECK (octet_length(secret) = 32), -- readable: what is sent is signed with it
    created_at        timestamptz      NOT NULL,
    disabled_at       timestamptz,               -- NULL while it is on
    disabled_reason   text,
    last_delivered_at timestamptz,
    due_at            timestamptz,               -- when the first of what waits is to be sent; NULL when nothing waits
    leased_until      timestamptz,               -- until then a process is sending something to it, unless that died
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);

CREATE UNIQUE INDEX webhooks_of_user ON webhooks (user_id, id);
CREATE INDEX webhooks_by_due ON webhooks (due_at);

-- What is to be told, and what was. A row is written in the transaction of what it tells of.
CREATE TABLE webhook_deliveries (
    id              text COLLATE "C" NOT NULL PRIMARY KEY,
    webhook_key     text COLLATE "C" NOT NULL REFERENCES webhooks (key) ON DELETE CASCADE,
    kind            text             NOT NULL, -- of event, as the contract calls it
    diary_id        text COLLATE "C" NOT NULL, -- may be gone
    subject_id      text COLLATE "C",          -- the grant or the link that it is about
    revision        bigint,                    -- of the diary, when that changed
    created_at      timestamptz      NOT NULL,
    attempts        integer          NOT NULL CHECK (attempts >= 0), -- begun, in all
    tries           integer          NOT NULL CHECK (tries >= 0),    -- begun since it was last asked for
    next_attempt_at timestamptz,               -- NULL when it is over
    last_attempt_at timestamptz,
    last_status     integer,                   -- what the receiver answered
    last_error      text,                      -- what went wrong; NULL once it was delivered
    delivered_at    timestamptz
);

CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_key, created_at, id);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook_key, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (created_at);

-- Up to which revision of a diary a webhook was told that it changed.
CREATE TABLE webhook_diaries (
    id          text COLLATE "C" NOT NULL PRIMARY KEY, -- made of both keys
    webhook_key text COLLATE "C" NOT NULL REFERENCES webhooks (key) ON DELETE CASCADE,
    diary_id    text COLLATE "C" NOT NULL, -- may be gone
    revision    bigint           NOT NULL,
    told_at     timestamptz      NOT NULL,
    delivery_id text COLLATE "C"           -- what waits to be sent of it
);

CREATE INDEX webhook_diaries_of_webhook ON webhook_diaries (webhook_key);
