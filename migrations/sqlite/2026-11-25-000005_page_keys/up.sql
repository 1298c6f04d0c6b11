-- What a browser carries of a session: the hash of its cookie.
CREATE TABLE page_keys (
    key_hash   BLOB NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX page_keys_of_session ON page_keys (session_id);
