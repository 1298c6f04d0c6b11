-- Every diary table's primary key begins with diary_id and every query names it, so that the tables can be
-- distributed by that column. Dates are text, YYYY-MM-DD; times of day are minutes after midnight.

CREATE TABLE diaries (
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
    CHECK (night_start <> night_end)
) STRICT, WITHOUT ROWID;

CREATE INDEX diaries_of_owner ON diaries (owner_id);

CREATE TABLE grants (
    diary_id   TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role       TEXT    NOT NULL CHECK (role IN ('owner', 'contributor', 'viewer')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (diary_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX grants_of_user ON grants (user_id, diary_id);

-- Clustered by onset, the order in which a diary is read: a page is one run of leaves.
CREATE TABLE episodes (
    diary_id              TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id                    TEXT    NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    started_at            INTEGER NOT NULL CHECK (started_at >= 0),
    time_zone             TEXT    NOT NULL,
    local_date            TEXT    NOT NULL CHECK (local_date GLOB '????-??-??'),
    local_minute          INTEGER NOT NULL CHECK (local_minute BETWEEN 0 AND 1439),
    duration_seconds      INTEGER CHECK (duration_seconds BETWEEN 0 AND 86400),
    intensity             INTEGER CHECK (intensity BETWEEN 0 AND 10),
    sites                 TEXT    NOT NULL, -- JSON, as are triggers and relief
    context               TEXT,
    interrupted_sleep     INTEGER CHECK (interrupted_sleep IN (0, 1)),
    sleep_disturbance     INTEGER CHECK (sleep_disturbance BETWEEN 0 AND 10),
    triggers              TEXT    NOT NULL,
    relief                TEXT    NOT NULL,
    note                  TEXT,
    -- kept sums of the soreness table
    soreness_days_logged  INTEGER NOT NULL CHECK (soreness_days_logged BETWEEN 0 AND 31),
    soreness_peak         INTEGER CHECK (soreness_peak BETWEEN 0 AND 10),
    soreness_last_level   INTEGER CHECK (soreness_last_level BETWEEN 0 AND 10),
    soreness_resolved_day INTEGER CHECK (soreness_resolved_day BETWEEN 0 AND 30),
    revision              INTEGER NOT NULL,
    created_at            INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    PRIMARY KEY (diary_id, started_at, id),
    UNIQUE (diary_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE soreness (
    diary_id        TEXT    NOT NULL,
    episode_id      TEXT    NOT NULL,
    date            TEXT    NOT NULL CHECK (date GLOB '????-??-??'),
    day             INTEGER NOT NULL CHECK (day BETWEEN 0 AND 30),
    level           INTEGER NOT NULL CHECK (level BETWEEN 0 AND 10),
    tender_to_touch INTEGER CHECK (tender_to_touch IN (0, 1)),
    limits_walking  INTEGER CHECK (limits_walking IN (0, 1)),
    revision        INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (diary_id, episode_id, date),
    FOREIGN KEY (diary_id, episode_id) REFERENCES episodes (diary_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE check_ins (
    diary_id   TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    date       TEXT    NOT NULL CHECK (date GLOB '????-??-??'),
    cramp_free INTEGER NOT NULL CHECK (cramp_free IN (0, 1)),
    note       TEXT,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (diary_id, date)
) STRICT, WITHOUT ROWID;

CREATE TABLE treatments (
    diary_id   TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id         TEXT    NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    kind       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    started_on TEXT    NOT NULL CHECK (started_on GLOB '????-??-??'),
    ended_on   TEXT    CHECK (ended_on GLOB '????-??-??' AND ended_on >= started_on),
    note       TEXT,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (diary_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX treatments_by_start ON treatments (diary_id, started_on, id);

-- What was deleted, so that deletions reach other devices. The content is gone with the row.
CREATE TABLE tombstones (
    diary_id   TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (kind IN ('episodes', 'soreness', 'check_ins', 'treatments')),
    id         TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    PRIMARY KEY (diary_id, kind, id)
) STRICT, WITHOUT ROWID;

-- Kept sums: one row for each covered day, changed in the transaction that changes the cramp. They count under the
-- diary's present division of the day and are counted anew when that changes.
CREATE TABLE covered_days (
    diary_id                     TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    date                         TEXT    NOT NULL CHECK (date GLOB '????-??-??'),
    checked_in                   INTEGER NOT NULL CHECK (checked_in IN (0, 1)),
    episodes                     INTEGER NOT NULL CHECK (episodes >= 0),
    night_begun_this_date        INTEGER NOT NULL CHECK (night_begun_this_date >= 0),
    night_begun_the_date_before  INTEGER NOT NULL CHECK (night_begun_the_date_before >= 0),
    evening                      INTEGER NOT NULL CHECK (evening >= 0),
    sleep_interrupted            INTEGER NOT NULL CHECK (sleep_interrupted >= 0),
    sleep_not_interrupted        INTEGER NOT NULL CHECK (sleep_not_interrupted >= 0),
    late_and_sleep_interrupted   INTEGER NOT NULL CHECK (late_and_sleep_interrupted >= 0),
    in_bed                       INTEGER NOT NULL CHECK (in_bed >= 0),
    not_in_bed                   INTEGER NOT NULL CHECK (not_in_bed >= 0),
    on_the_move                  INTEGER NOT NULL CHECK (on_the_move >= 0),
    PRIMARY KEY (diary_id, date),
    CHECK (checked_in = 1 OR episodes > 0)
) STRICT, WITHOUT ROWID;
