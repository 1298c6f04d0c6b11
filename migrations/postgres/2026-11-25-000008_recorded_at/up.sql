-- When the person wrote the cramp down, by their device, and never later than it arrived.
ALTER TABLE episodes ADD COLUMN recorded_at timestamptz
    CHECK (recorded_at BETWEEN '1970-01-01T00:00:00Z' AND created_at);
