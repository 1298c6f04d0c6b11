-- A link to the report is a SMART Health Link as well: with a key of its own, by which its file is encrypted. Links from
-- before have none. Wrong passcodes of a link are counted as long as it lives.
ALTER TABLE report_links ADD COLUMN health_key BLOB;          -- 32 random bytes; NULL for a link from before
ALTER TABLE report_links ADD COLUMN wrong_passcodes INTEGER CHECK (wrong_passcodes >= 0); -- NULL for none
