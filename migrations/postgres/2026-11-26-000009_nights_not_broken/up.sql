-- Of which night it is known that a cramp did not break sleep is counted by the date on which the night began, so that a
-- night of which it is not known can be told from one in which sleep did not break. A cramp on the move counts once, however
-- often the person stood still. Tallies that are there are dropped: the service counts days without one when it starts.
ALTER TABLE covered_days DROP COLUMN night_not_interrupted;
ALTER TABLE covered_days
    ADD COLUMN night_begun_this_date_not_interrupted       integer NOT NULL DEFAULT 0 CHECK (night_begun_this_date_not_interrupted >= 0),
    ADD COLUMN night_begun_the_date_before_not_interrupted integer NOT NULL DEFAULT 0 CHECK (night_begun_the_date_before_not_interrupted >= 0);
ALTER TABLE covered_days
    ALTER COLUMN night_begun_this_date_not_interrupted DROP DEFAULT,
    ALTER COLUMN night_begun_the_date_before_not_interrupted DROP DEFAULT;
UPDATE covered_days SET tally = NULL;
