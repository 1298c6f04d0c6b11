-- Devices on which somebody signed in: what strangers guess does not hold them up.
CREATE TABLE known_devices (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id TEXT    NOT NULL, -- that began on it last; it may be long over
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX known_devices_of_user ON known_devices (user_id);
CREATE INDEX known_devices_by_end ON known_devices (expires_at);
