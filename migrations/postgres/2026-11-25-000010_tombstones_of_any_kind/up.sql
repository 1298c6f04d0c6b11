-- The kinds are the service's to know: in SQLite, each new one would have the table built anew.
ALTER TABLE tombstones DROP CONSTRAINT tombstones_kind_check;
