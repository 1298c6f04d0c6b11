-- A sign-in looks for those sessions of the account that live, and for those that ended: not for all that there ever were.
CREATE INDEX sessions_alive ON sessions (user_id, last_used_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended ON sessions (user_id, ended_at) WHERE ended_at IS NOT NULL;
