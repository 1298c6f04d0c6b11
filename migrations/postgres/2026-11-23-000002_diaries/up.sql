-- Every diary table's primary key begins with diary_id and every query names it, so that the tables can be
-- distributed by that column. Times of day are minutes after midnight.

CREATE TABLE diaries (
    id             text COLLATE "C" NOT NULL PRIMARY KEY,
    owner_id       text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    display_name   text,
    time_zone      text             NOT NULL,
    night_start    integer          NOT NULL CHECK (night_start BETWEEN 0 AND 1439),
    night_end      integer          NOT NULL CHECK (night_end BETWEEN 0 AND 1439),
    evening_start  integer          NOT NULL CHECK (evening_start BETWEEN 0 AND 1439),
    revision       bigint           NOT NULL CHECK (revision > 0),
    complete_since bigint           NOT NULL, -- changes after this revision are all still known
    created_at     timestamptz      NOT NULL,
    updated_at     timestamptz      NOT NULL,
    CHECK (night_start <> night_end)
);

CREATE INDEX diaries_of_owner ON diaries (owner_id);

CREATE TABLE grants (
    diary_id   text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    user_id    text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role       text             NOT NULL CHECK (role IN ('owner', 'contributor', 'viewer')),
    created_at timestamptz      NOT NULL,
    PRIMARY KEY (diary_id, user_id)
);

CREATE INDEX grants_of_user ON grants (user_id, diary_id);

CREATE TABLE episodes (
    diary_id              text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id                    text COLLATE "C" NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    started_at            timestamptz      NOT NULL CHECK (started_at >= '1970-01-01T00:00:00Z'),
    time_zone             text             NOT NULL,
    local_date            date             NOT NULL,
    local_minute          integer          NOT NULL CHECK (local_minute BETWEEN 0 AND 1439),
    duration_seconds      integer          CHECK (duration_seconds BETWEEN 0 AND 86400),
    intensity             integer          CHECK (intensity BETWEEN 0 AND 10),
    sites                 text             NOT NULL, -- JSON as the service wrote it, as are triggers and relief
    context               text,
    interrupted_sleep     boolean,
    sleep_disturbance     integer          CHECK (sleep_disturbance BETWEEN 0 AND 10),
    triggers              text             NOT NULL,
    relief                text             NOT NULL,
    note                  text,
    -- kept sums of the soreness table
    soreness_days_logged  integer          NOT NULL CHECK (soreness_days_logged BETWEEN 0 AND 31),
    soreness_peak         integer          CHECK (soreness_peak BETWEEN 0 AND 10),
    soreness_last_level   integer          CHECK (soreness_last_level BETWEEN 0 AND 10),
    soreness_resolved_day integer          CHECK (soreness_resolved_day BETWEEN 0 AND 30),
    revision              bigint           NOT NULL,
    created_at            timestamptz      NOT NULL,
    updated_at            timestamptz      NOT NULL,
    PRIMARY KEY (diary_id, id)
);

-- The order in which a diary is read.
CREATE INDEX episodes_by_onset ON episodes (diary_id, started_at, id);

CREATE TABLE soreness (
    diary_id        text COLLATE "C" NOT NULL,
    episode_id      text COLLATE "C" NOT NULL,
    date            date             NOT NULL,
    day             integer          NOT NULL CHECK (day BETWEEN 0 AND 30),
    level           integer          NOT NULL CHECK (level BETWEEN 0 AND 10),
    tender_to_touch boolean,
    limits_walking  boolean,
    revision        bigint           NOT NULL,
    created_at      timestamptz      NOT NULL,
    updated_at      timestamptz      NOT NULL,
    PRIMARY KEY (diary_id, episode_id, date),
    FOREIGN KEY (diary_id, episode_id) REFERENCES episodes (diary_id, id) ON DELETE CASCADE
);

CREATE TABLE check_ins (
    diary_id   text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    date       date             NOT NULL,
    cramp_free boolean          NOT NULL,
    note       text,
    revision   bigint           NOT NULL,
    created_at timestamptz      NOT NULL,
    updated_at timestamptz      NOT NULL,
    PRIMARY KEY (diary_id, date)
);

CREATE TABLE treatments (
    diary_id   text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    id         text COLLATE "C" NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    kind       text             NOT NULL,
    name       text             NOT NULL,
    started_on date             NOT NULL,
    ended_on   date             CHECK (ended_on >= started_on),
    note       text,
    revision   bigint           NOT NULL,
    created_at timestamptz      NOT NULL,
    updated_at timestamptz      NOT NULL,
    PRIMARY KEY (diary_id, id)
);

CREATE INDEX treatments_by_start ON treatments (diary_id, started_on, id);

-- What was deleted, so that deletions reach other devices. The content is gone with the row.
CREATE TABLE tombstones (
    diary_id   text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    kind       text             NOT NULL CHECK (kind IN ('episodes', 'soreness', 'check_ins', 'treatments')),
    id         text COLLATE "C" NOT NULL,
    revision   bigint           NOT NULL,
    deleted_at timestamptz      NOT NULL,
    PRIMARY KEY (diary_id, kind, id)
);

-- Kept sums: one row for each covered day, changed in the transaction that changes the cramp. They count under the
-- diary's present division of the day and are counted anew when that changes.
CREATE TABLE covered_days (
    diary_id                    text COLLATE "C" NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    date                        date             NOT NULL,
    checked_in                  boolean          NOT NULL,
    episodes                    integer          NOT NULL CHECK (episodes >= 0),
    night_begun_this_date       integer          NOT NULL CHECK (night_begun_this_date >= 0),
    night_begun_the_date_before integer          NOT NULL CHECK (night_begun_the_date_before >= 0),
    evening                     integer          NOT NULL CHECK (evening >= 0),
    sleep_interrupted           integer          NOT NULL CHECK (sleep_interrupted >= 0),
    sleep_not_interrupted       integer          NOT NULL CHECK (sleep_not_interrupted >= 0),
    late_and_sleep_interrupted  integer          NOT NULL CHECK (late_and_sleep_interrupted >= 0),
    in_bed                      integer          NOT NULL CHECK (in_bed >= 0),
    not_in_bed                  integer          NOT NULL CHECK (not_in_bed >= 0),
    on_the_move                 integer          NOT NULL CHECK (on_the_move >= 0),
    PRIMARY KEY (diary_id, date),
    CHECK (checked_in OR episodes > 0)
);
