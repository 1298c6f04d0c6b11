-- When a session is over if it is not used any more. How long it may lie unused depends on what carries it on: a browser's
-- cookie for an hour, an app's refresh tokens for 30 days.
ALTER TABLE sessions ADD COLUMN ends_at timestamptz;

UPDATE sessions SET ends_at = least(
    expires_at,
    last_used_at
        + CASE WHEN id IN (SELECT session_id FROM page_keys) THEN interval '1 hour' ELSE interval '720 hours' END
);

ALTER TABLE sessions ALTER COLUMN ends_at SET NOT NULL;
