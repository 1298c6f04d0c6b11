-- What the cramps of a day were like, counted, as JSON: all that an analysis asks of them. NULL is a day that an older
-- version counted; the service counts it when it starts, and the index finds such days.
ALTER TABLE covered_days ADD COLUMN tally TEXT;

CREATE INDEX covered_days_without_tally ON covered_days (diary_id, date) WHERE tally IS NULL;
