-- What has run out is looked for every few minutes.
CREATE INDEX sessions_by_end ON sessions (ends_at, id);
CREATE INDEX sign_in_failures_by_time ON sign_in_failures (last_failed_at);
CREATE INDEX address_allowances_by_end ON address_allowances (spent_until);
CREATE INDEX share_keys_by_end ON share_keys (expires_at);
