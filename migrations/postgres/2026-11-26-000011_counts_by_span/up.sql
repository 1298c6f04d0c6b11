-- What is counted of a day is counted for each of its spans: the night that began on the date before, the day, the evening,
-- the night that begins. So all of it can be put together by bouts. It is one short text, as tallies are. Tallies of days
-- with cramps are dropped: the service counts days without one, counts and all, when it starts.
ALTER TABLE covered_days
    DROP COLUMN night_begun_this_date,
    DROP COLUMN night_begun_the_date_before,
    DROP COLUMN evening,
    DROP COLUMN sleep_interrupted,
    DROP COLUMN sleep_not_interrupted,
    DROP COLUMN late_and_sleep_interrupted,
    DROP COLUMN in_bed,
    DROP COLUMN not_in_bed,
    DROP COLUMN on_the_move,
    DROP COLUMN night_begun_this_date_interrupted,
    DROP COLUMN night_begun_the_date_before_interrupted,
    DROP COLUMN soon,
    DROP COLUMN soon_night_begun_this_date,
    DROP COLUMN soon_night_begun_the_date_before,
    DROP COLUMN night_begun_this_date_not_interrupted,
    DROP COLUMN night_begun_the_date_before_not_interrupted,
    ADD COLUMN counts text NOT NULL DEFAULT '';
ALTER TABLE covered_days ALTER COLUMN counts DROP DEFAULT;
UPDATE covered_days SET tally = NULL WHERE episodes > 0;
