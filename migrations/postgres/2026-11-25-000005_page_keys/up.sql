-- What a browser carries of a session: the hash of its cookie.
CREATE TABLE page_keys (
    key_hash   bytea            NOT NULL PRIMARY KEY,
    session_id text COLLATE "C" NOT NULL REFERENCES sessions (id) ON DELETE CASCADE
);

CREATE INDEX page_keys_of_session ON page_keys (session_id);
