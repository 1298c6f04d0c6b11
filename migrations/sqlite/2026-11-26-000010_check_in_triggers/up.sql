-- What there was on a day that may bring a cramp on. Of the days that are there, nothing was asked.
CREATE TABLE check_ins_with_triggers (
    diary_id   TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    date       TEXT    NOT NULL CHECK (date GLOB '????-??-??'),
    cramp_free INTEGER NOT NULL CHECK (cramp_free IN (0, 1)),
    note       TEXT,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    triggers   TEXT    NOT NULL, -- JSON
    PRIMARY KEY (diary_id, date)
) STRICT, WITHOUT ROWID;

INSERT INTO check_ins_with_triggers
SELECT diary_id, date, cramp_free, note, revision, created_at, updated_at, '[]' FROM check_ins;
DROP TABLE check_ins;
ALTER TABLE check_ins_with_triggers RENAME TO check_ins;
