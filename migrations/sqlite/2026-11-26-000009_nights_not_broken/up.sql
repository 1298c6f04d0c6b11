-- Of which night it is known that a cramp did not break sleep is counted by the date on which the night began, so that a
-- night of which it is not known can be told from one in which sleep did not break. A cramp on the move counts once, however
-- often the person stood still. Tallies that are there are dropped: the service counts days without one when it starts.
CREATE TABLE covered_days_with_more (
    diary_id                                    TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    date                                        TEXT    NOT NULL CHECK (date GLOB '????-??-??'),
    episodes                                    INTEGER NOT NULL CHECK (episodes >= 0),
    night_begun_this_date                       INTEGER NOT NULL CHECK (night_begun_this_date >= 0),
    night_begun_the_date_before                 INTEGER NOT NULL CHECK (night_begun_the_date_before >= 0),
    evening                                     INTEGER NOT NULL CHECK (evening >= 0),
    sleep_interrupted                           INTEGER NOT NULL CHECK (sleep_interrupted >= 0),
    sleep_not_interrupted                       INTEGER NOT NULL CHECK (sleep_not_interrupted >= 0),
    late_and_sleep_interrupted                  INTEGER NOT NULL CHECK (late_and_sleep_interrupted >= 0),
    in_bed                                      INTEGER NOT NULL CHECK (in_bed >= 0),
    not_in_bed                                  INTEGER NOT NULL CHECK (not_in_bed >= 0),
    on_the_move                                 INTEGER NOT NULL CHECK (on_the_move >= 0),
    tally                                       TEXT,
    said_cramp_free                             INTEGER CHECK (said_cramp_free IN (0, 1)), -- NULL without a check-in
    night_begun_this_date_interrupted           INTEGER NOT NULL CHECK (night_begun_this_date_interrupted >= 0),
    night_begun_the_date_before_interrupted     INTEGER NOT NULL CHECK (night_begun_the_date_before_interrupted >= 0),
    soon                                        INTEGER NOT NULL CHECK (soon >= 0),
    soon_night_begun_this_date                  INTEGER NOT NULL CHECK (soon_night_begun_this_date >= 0),
    soon_night_begun_the_date_before            INTEGER NOT NULL CHECK (soon_night_begun_the_date_before >= 0),
    night_begun_this_date_not_interrupted       INTEGER NOT NULL CHECK (night_begun_this_date_not_interrupted >= 0),
    night_begun_the_date_before_not_interrupted INTEGER NOT NULL CHECK (night_begun_the_date_before_not_interrupted >= 0),
    PRIMARY KEY (diary_id, date),
    CHECK (said_cramp_free IS NOT NULL OR episodes > 0)
) STRICT, WITHOUT ROWID;

INSERT INTO covered_days_with_more
    SELECT
        diary_id,
        date,
        episodes,
        night_begun_this_date,
        night_begun_the_date_before,
        evening,
        sleep_interrupted,
        sleep_not_interrupted,
        late_and_sleep_interrupted,
        in_bed,
        not_in_bed,
        on_the_move,
        NULL,
        said_cramp_free,
        night_begun_this_date_interrupted,
        night_begun_the_date_before_interrupted,
        soon,
        soon_night_begun_this_date,
        soon_night_begun_the_date_before,
        0,
        0
    FROM covered_days;
DROP TABLE covered_days;
ALTER TABLE covered_days_with_more RENAME TO covered_days;
CREATE INDEX covered_days_without_tally ON covered_days (diary_id, date) WHERE tally IS NULL;
