-- How many rows a diary has, with what is remembered of deleted ones, so that a quota on them costs nothing.
ALTER TABLE diaries ADD COLUMN size bigint CHECK (size >= 0); -- cramps, soreness, check-ins, treatments, tombstones
UPDATE diaries
SET size = (SELECT count(*) FROM episodes WHERE diary_id = diaries.id)
        + (SELECT count(*) FROM soreness WHERE diary_id = diaries.id)
        + (SELECT count(*) FROM check_ins WHERE diary_id = diaries.id)
        + (SELECT count(*) FROM treatments WHERE diary_id = diaries.id)
        + (SELECT count(*) FROM tombstones WHERE diary_id = diaries.id);
ALTER TABLE diaries ALTER COLUMN size SET NOT NULL;
