-- Tallies have a shorter notation now, which src/diary/covered_days/notation.rs explains. Those in JSON are dropped: the
-- service counts days without a tally when it starts.
DROP INDEX covered_days_without_tally;
ALTER TABLE covered_days DROP COLUMN tally;
ALTER TABLE covered_days ADD COLUMN tally TEXT;
CREATE INDEX covered_days_without_tally ON covered_days (diary_id, date) WHERE tally IS NULL;
