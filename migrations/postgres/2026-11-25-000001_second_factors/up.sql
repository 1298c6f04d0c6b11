-- What the person's authenticator app counts codes from (RFC 6238). A row that is not confirmed is a set-up that was
-- begun: nobody is asked for a code yet.
CREATE TABLE second_factors (
    user_id      text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret       bytea            NOT NULL CHECK (octet_length(secret) = 20), -- readable: codes are computed from it
    confirmed_at timestamptz,
    last_step    bigint, -- the last step of 30 seconds since 1970 whose code was used; it and earlier ones are spent
    created_at   timestamptz      NOT NULL,
    CHECK ((confirmed_at IS NULL) = (last_step IS NULL))
);

-- Codes that each stand in for the app once; a row goes when its code is used.
CREATE TABLE recovery_codes (
    code_hash bytea            NOT NULL PRIMARY KEY, -- of the person's id and the code
    user_id   text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX recovery_codes_of_user ON recovery_codes (user_id);
