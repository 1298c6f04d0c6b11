-- The kinds are the service's to know: here, each new one would have the table built anew.
CREATE TABLE tombstones_of_any_kind (
    diary_id   TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL, -- the table of the row that was deleted
    id         TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    PRIMARY KEY (diary_id, kind, id)
) STRICT, WITHOUT ROWID;

INSERT INTO tombstones_of_any_kind SELECT diary_id, kind, id, revision, deleted_at FROM tombstones;
DROP TABLE tombstones;
ALTER TABLE tombstones_of_any_kind RENAME TO tombstones;
