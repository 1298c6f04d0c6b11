-- Personal access tokens: what a person gives a program, in the place of a session.
CREATE TABLE personal_tokens (
    token_hash   bytea            NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    id           text COLLATE "C" NOT NULL, -- the owner's own: others may have one of the same
    user_id      text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         text             NOT NULL,
    scopes       text             NOT NULL, -- JSON: a list of words
    diary_ids    text,                      -- JSON: a list of ids; NULL for all that the account may see
    created_at   timestamptz      NOT NULL,
    expires_at   timestamptz,
    last_used_at timestamptz                -- as far as that is noted: once a minute at most
);

CREATE UNIQUE INDEX personal_tokens_of_user ON personal_tokens (user_id, id);
CREATE INDEX personal_tokens_by_end ON personal_tokens (expires_at);

-- What somebody did by a token is told by its name as it was then, and what the owner did so is told as well.
ALTER TABLE access_log
    DROP CONSTRAINT access_log_role_check,
    ADD CONSTRAINT access_log_role_check CHECK (role IN ('owner', 'contributor', 'viewer', 'report_link', 'operator')),
    ADD COLUMN token_name text;
ALTER TABLE access_entries
    DROP CONSTRAINT access_entries_role_check,
    ADD CONSTRAINT access_entries_role_check CHECK (role IN ('owner', 'contributor', 'viewer', 'report_link', 'operator')),
    ADD COLUMN token_name text;
