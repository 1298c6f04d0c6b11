-- How many rows a diary has, with what is remembered of deleted ones, so that a quota on them costs nothing.
ALTER TABLE diaries ADD COLUMN row_count bigint CHECK (row_count >= 0); -- cramps, soreness, check-ins, treatments, tombstones
UPDATE diaries
SET row_count = (SELECT count(*) FROM episodes WHERE diary_id = diaries.id)
        + (SELECT count(*) FROM soreness WHERE diary_id = diaries.id)
        + (SELECT count(*) FROM check_ins WHERE diary_id = diaries.id)
        + (SELECT count(*) FROM treatments WHERE diary_id = diaries.id)
        + (SELECT count(*) FROM tombstones WHERE diary_id = diaries.id);
ALTER TABLE diaries ALTER COLUMN row_count SET NOT NULL;
