-- Devices on which somebody signed in: what strangers guess does not hold them up.
CREATE TABLE known_devices (
    token_hash bytea            NOT NULL PRIMARY KEY,
    user_id    text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id text COLLATE "C" NOT NULL, -- that began on it last; it may be long over
    expires_at timestamptz      NOT NULL
);

CREATE INDEX known_devices_of_user ON known_devices (user_id);
CREATE INDEX known_devices_by_end ON known_devices (expires_at);
