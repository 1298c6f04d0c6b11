-- A link that opens the report without an account. Its terms are the consent's of the same id, and what opens it is
-- among the share_keys.
CREATE TABLE report_links (
    diary_id      text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    from_date     date,                      -- of the report; NULL as in a report that names no period
    to_date       date,
    passcode_hash text,                      -- PHC string
    PRIMARY KEY (diary_id, id),
    FOREIGN KEY (diary_id, id) REFERENCES consents (diary_id, id) ON DELETE CASCADE
);
