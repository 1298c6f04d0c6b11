-- By which versions of the tz database clocks of cramps were worked out, so that none is ever put right by an older one.
CREATE TABLE zone_rules (
    version      TEXT    NOT NULL PRIMARY KEY CHECK (length(version) BETWEEN 5 AND 6), -- 2026f
    since        INTEGER NOT NULL,
    reclocked_at INTEGER -- since when no clock of before is wrong by it, as far as is known
) STRICT, WITHOUT ROWID;
