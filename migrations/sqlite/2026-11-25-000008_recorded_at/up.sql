-- When the person wrote the cramp down, by their device, and never later than it arrived.
ALTER TABLE episodes ADD COLUMN recorded_at INTEGER CHECK (recorded_at BETWEEN 0 AND created_at);
