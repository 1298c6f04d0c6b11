-- When somebody last showed in a session that it is they, by the strongest that the account has: at first by signing in.
ALTER TABLE sessions ADD COLUMN proved_at timestamptz;
UPDATE sessions SET proved_at = created_at;
ALTER TABLE sessions ALTER COLUMN proved_at SET NOT NULL;

-- From when on it is asked what was opened by somebody who knew the password of before. NULL: the first one still holds.
ALTER TABLE users ADD COLUMN password_changed_at timestamptz;
