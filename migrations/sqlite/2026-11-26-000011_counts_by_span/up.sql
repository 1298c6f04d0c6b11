-- What is counted of a day is counted for each of its spans: the night that began on the date before, the day, the evening,
-- the night that begins. So all of it can be put together by bouts. It is one short text, as tallies are. Tallies of days
-- with cramps are dropped: the service counts days without one, counts and all, when it starts.
CREATE TABLE covered_days_by_span (
    diary_id        TEXT    NOT NULL REFERENCES diaries (id) ON DELETE CASCADE,
    date            TEXT    NOT NULL CHECK (date GLOB '????-??-??'),
    episodes        INTEGER NOT NULL CHECK (episodes >= 0),
    tally           TEXT,
    said_cramp_free INTEGER CHECK (said_cramp_free IN (0, 1)), -- NULL without a check-in
    counts          TEXT    NOT NULL,
    PRIMARY KEY (diary_id, date),
    CHECK (said_cramp_free IS NOT NULL OR episodes > 0)
) STRICT, WITHOUT ROWID;

INSERT INTO covered_days_by_span
    SELECT diary_id, date, episodes, iif(episodes > 0, NULL, tally), said_cramp_free, '' FROM covered_days;
DROP TABLE covered_days;
ALTER TABLE covered_days_by_span RENAME TO covered_days;
CREATE INDEX covered_days_without_tally ON covered_days (diary_id, date) WHERE tally IS NULL;
