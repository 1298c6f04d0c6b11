-- When somebody last showed in a session that it is they, by the strongest that the account has: at first by signing in.
CREATE TABLE sessions_with_proofs (
    id           TEXT    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device_name  TEXT,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL, -- however much it is used
    ended_at     INTEGER,          -- kept for a while, so that ending it again is no error
    ends_at      INTEGER NOT NULL, -- if it is not used any more
    proved_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO sessions_with_proofs
SELECT id, user_id, device_name, created_at, last_used_at, expires_at, ended_at, ends_at, created_at FROM sessions;

DROP TABLE sessions;
ALTER TABLE sessions_with_proofs RENAME TO sessions;
CREATE INDEX sessions_of_user ON sessions (user_id, id);
CREATE INDEX sessions_by_end ON sessions (ends_at, id);

-- From when on it is asked what was opened by somebody who knew the password of before. NULL: the first one still holds.
ALTER TABLE users ADD COLUMN password_changed_at INTEGER;
