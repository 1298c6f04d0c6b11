-- A link that opens the report without an account. Its terms are the consent's of the same id, and what opens it is
-- among the share_keys.
CREATE TABLE report_links (
    diary_id      TEXT NOT NULL,
    id            TEXT NOT NULL,
    from_date     TEXT CHECK (from_date GLOB '????-??-??'), -- of the report; NULL as in a report that names no period
    to_date       TEXT CHECK (to_date GLOB '????-??-??'),
    passcode_hash TEXT,                                     -- PHC string
    PRIMARY KEY (diary_id, id),
    FOREIGN KEY (diary_id, id) REFERENCES consents (diary_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
