-- How many rows a diary has, with what is remembered of deleted ones, so that a quota on them costs nothing.
CREATE TABLE diaries_with_sizes (
    id             TEXT    NOT NULL PRIMARY KEY,
    owner_id       TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    display_name   TEXT,
    time_zone      TEXT    NOT NULL,
    night_start    INTEGER NOT NULL CHECK (night_start BETWEEN 0 AND 1439),
    night_end      INTEGER NOT NULL CHECK (night_end BETWEEN 0 AND 1439),
    evening_start  INTEGER NOT NULL CHECK (evening_start BETWEEN 0 AND 1439),
    revision       INTEGER NOT NULL CHECK (revision > 0),
    complete_since INTEGER NOT NULL, -- changes after this revision are all still known
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    size           INTEGER NOT NULL CHECK (size >= 0), -- cramps, soreness, check-ins, treatments, tombstones
    CHECK (night_start <> night_end)
) STRICT, WITHOUT ROWID;

INSERT INTO diaries_with_sizes
SELECT id, owner_id, display_name, time_zone, night_start, night_end, evening_start, revision, complete_since,
       created_at, updated_at,
       (SELECT count(*) FROM episodes WHERE diary_id = diaries.id)
           + (SELECT count(*) FROM soreness WHERE diary_id = diaries.id)
           + (SELECT count(*) FROM check_ins WHERE diary_id = diaries.id)
           + (SELECT count(*) FROM treatments WHERE diary_id = diaries.id)
           + (SELECT count(*) FROM tombstones WHERE diary_id = diaries.id)
FROM diaries;
DROP TABLE diaries;
ALTER TABLE diaries_with_sizes RENAME TO diaries;
CREATE INDEX diaries_of_owner ON diaries (owner_id);
