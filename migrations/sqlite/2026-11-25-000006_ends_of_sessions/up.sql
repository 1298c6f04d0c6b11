-- When a session is over if it is not used any more. How long it may lie unused depends on what carries it on: a browser's
-- cookie for an hour, an app's refresh tokens for 30 days.
CREATE TABLE sessions_with_ends (
    id           TEXT    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device_name  TEXT,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL, -- however much it is used
    ended_at     INTEGER,          -- kept for a while, so that ending it again is no error
    ends_at      INTEGER NOT NULL  -- if it is not used any more
) STRICT, WITHOUT ROWID;

INSERT INTO sessions_with_ends
SELECT id, user_id, device_name, created_at, last_used_at, expires_at, ended_at, min(
    expires_at,
    last_used_at + CASE WHEN id IN (SELECT session_id FROM page_keys) THEN 3600000000 ELSE 2592000000000 END
) FROM sessions;

DROP TABLE sessions;
ALTER TABLE sessions_with_ends RENAME TO sessions;
CREATE INDEX sessions_of_user ON sessions (user_id, id);
