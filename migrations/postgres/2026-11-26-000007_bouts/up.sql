-- More is counted of each day: sleep broken at night, what was written down soon after a cramp, and what the check-in
-- said. Tallies count more as well. Those that are there are dropped: the service counts days without one when it starts.
ALTER TABLE covered_days ADD COLUMN said_cramp_free boolean; -- NULL without a check-in
UPDATE covered_days SET said_cramp_free = check_ins.cramp_free FROM check_ins
    WHERE check_ins.diary_id = covered_days.diary_id AND check_ins.date = covered_days.date;
ALTER TABLE covered_days DROP COLUMN checked_in;
ALTER TABLE covered_days ADD CHECK (said_cramp_free IS NOT NULL OR episodes > 0);
ALTER TABLE covered_days
    ADD COLUMN night_begun_this_date_interrupted       integer NOT NULL DEFAULT 0 CHECK (night_begun_this_date_interrupted >= 0),
    ADD COLUMN night_begun_the_date_before_interrupted integer NOT NULL DEFAULT 0 CHECK (night_begun_the_date_before_interrupted >= 0),
    ADD COLUMN night_not_interrupted                   integer NOT NULL DEFAULT 0 CHECK (night_not_interrupted >= 0),
    ADD COLUMN soon                                    integer NOT NULL DEFAULT 0 CHECK (soon >= 0),
    ADD COLUMN soon_night_begun_this_date              integer NOT NULL DEFAULT 0 CHECK (soon_night_begun_this_date >= 0),
    ADD COLUMN soon_night_begun_the_date_before        integer NOT NULL DEFAULT 0 CHECK (soon_night_begun_the_date_before >= 0);
ALTER TABLE covered_days
    ALTER COLUMN night_begun_this_date_interrupted DROP DEFAULT,
    ALTER COLUMN night_begun_the_date_before_interrupted DROP DEFAULT,
    ALTER COLUMN night_not_interrupted DROP DEFAULT,
    ALTER COLUMN soon DROP DEFAULT,
    ALTER COLUMN soon_night_begun_this_date DROP DEFAULT,
    ALTER COLUMN soon_night_begun_the_date_before DROP DEFAULT;
UPDATE covered_days SET tally = NULL;
