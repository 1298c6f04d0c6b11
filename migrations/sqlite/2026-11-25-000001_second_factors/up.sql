-- What the person's authenticator app counts codes from (RFC 6238). A row that is not confirmed is a set-up that was
-- begun: nobody is asked for a code yet.
CREATE TABLE second_factors (
    user_id      TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret       BLOB    NOT NULL CHECK (length(secret) = 20), -- readable: codes are computed from it
    confirmed_at INTEGER,
    last_step    INTEGER, -- the last step of 30 seconds since 1970 whose code was used; it and earlier ones are spent
    created_at   INTEGER NOT NULL,
    CHECK ((confirmed_at IS NULL) = (last_step IS NULL))
) STRICT, WITHOUT ROWID;

-- Codes that each stand in for the app once; a row goes when its code is used.
CREATE TABLE recovery_codes (
    code_hash BLOB NOT NULL PRIMARY KEY, -- of the person's id and the code
    user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX recovery_codes_of_user ON recovery_codes (user_id);
