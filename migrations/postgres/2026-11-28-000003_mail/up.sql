-- What is known of the address of an account, and in which language its person is written to.
ALTER TABLE users ADD COLUMN email_verified_at timestamptz; -- when it was shown that mail to it reaches them; NULL if it was not
ALTER TABLE users ADD COLUMN language text;                 -- a tag of BCP 47; NULL while nobody has said
ALTER TABLE users ADD COLUMN muted_notices text;            -- JSON: a list of words, of what they are told without a mail; NULL for none

-- What waits to be written to people. What was sent is not kept.
CREATE TABLE letters (
    id         text COLLATE "C" NOT NULL PRIMARY KEY, -- its Message-ID begins with it
    matter     text             NOT NULL,             -- what it is about
    user_id    text COLLATE "C" REFERENCES users (id) ON DELETE CASCADE, -- NULL: whoever has the address when it is sent
    address    text,                                  -- NULL: the one that the account has when it is sent
    language   text,                                  -- NULL: the account's
    label      text,                                  -- what it is about is called, where the mail says so
    created_at timestamptz      NOT NULL,
    due_at     timestamptz      NOT NULL,             -- when it is to be sent; while it is on its way, when another may try
    attempts   integer          NOT NULL CHECK (attempts >= 0),
    CHECK (user_id IS NOT NULL OR address IS NOT NULL)
);

CREATE INDEX letters_by_due ON letters (due_at);
CREATE INDEX letters_of_user ON letters (user_id);

-- What letters open: whoever comes with one reads the mail of an address.
CREATE TABLE mail_keys (
    key_hash   bytea            NOT NULL PRIMARY KEY CHECK (octet_length(key_hash) = 32),
    user_id    text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    matter     text             NOT NULL, -- of its letter
    address    text             NOT NULL, -- to which it was sent
    expires_at timestamptz      NOT NULL
);

CREATE INDEX mail_keys_of_user ON mail_keys (user_id);
CREATE INDEX mail_keys_by_end ON mail_keys (expires_at);

-- Addresses that accounts are to have, once whoever reads the mail of both ends has said so.
CREATE TABLE email_changes (
    user_id      text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    email        text             NOT NULL,
    agreed_at    timestamptz, -- at the present address
    confirmed_at timestamptz, -- at the new one
    expires_at   timestamptz      NOT NULL
);

CREATE INDEX email_changes_by_end ON email_changes (expires_at);

-- What people are told that happened with their account. They are also told by mail, unless they want none of it.
CREATE TABLE notices (
    id      text COLLATE "C" NOT NULL PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind    text             NOT NULL,
    label   text,            -- what the device is called, or who it was
    at      timestamptz      NOT NULL
);

CREATE INDEX notices_of_user ON notices (user_id, at, id);
CREATE INDEX notices_by_time ON notices (at);
