-- Consents are listed by when they were given.
CREATE INDEX consents_by_time ON consents (diary_id, given_at, id);
