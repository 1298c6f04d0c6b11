-- The change log of a diary: its rows and tombstones in the order of their revisions.
CREATE INDEX episodes_by_revision ON episodes (diary_id, revision, id);
CREATE INDEX soreness_by_revision ON soreness (diary_id, revision);
CREATE INDEX check_ins_by_revision ON check_ins (diary_id, revision, date);
CREATE INDEX treatments_by_revision ON treatments (diary_id, revision, id);
CREATE INDEX tombstones_by_revision ON tombstones (diary_id, revision, kind, id);
CREATE INDEX tombstones_by_age ON tombstones (deleted_at);

-- As the change log names soreness: no id has a colon.
UPDATE tombstones SET id = replace(id, ':', '.') WHERE kind = 'soreness';

-- Who wrote what a row says, when, and through what: JSON. Nobody knows it of what was written before.
ALTER TABLE episodes ADD COLUMN written TEXT;
ALTER TABLE soreness ADD COLUMN written TEXT;
ALTER TABLE check_ins ADD COLUMN written TEXT;
ALTER TABLE treatments ADD COLUMN written TEXT;

-- What rows said before they said something else, or were deleted.
CREATE TABLE versions (
    diary_id TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    kind     TEXT    NOT NULL, -- the table of the row
    id       TEXT    NOT NULL,
    revision INTEGER NOT NULL, -- the diary's, when it was written
    content  TEXT,             -- JSON; null: from then on it was deleted
    written  TEXT,             -- JSON, as in the row
    ended_at INTEGER NOT NULL, -- when it was said no more; of a deletion, when that was
    PRIMARY KEY (diary_id, kind, id, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX versions_by_age ON versions (ended_at);

-- Up to which revision deletions from a table are forgotten: what changes a device lacks is told table by table.
CREATE TABLE forgotten (
    diary_id TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    kind     TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (diary_id, kind)
) STRICT, WITHOUT ROWID;

-- The diary's revision when a right was given: who was in step with the diary before saw another part of it. Nobody was in
-- step before there was a change log.
ALTER TABLE grants ADD COLUMN since_revision INTEGER;

-- When the settings were last changed, in the diary's count. Nobody knows it of what was changed before.
ALTER TABLE diaries ADD COLUMN settings_revision INTEGER CHECK (settings_revision > 0);
