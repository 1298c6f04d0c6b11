-- What was erased, withdrawn or used up, so that a restored backup brings none of it back. Ids and times, nothing else: a
-- ledger beside the database has the same lines. It refers to no other table, since what it tells of is gone.
CREATE TABLE endings (
    line     text COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(line) BETWEEN 1 AND 200), -- what, whose, which
    ended_at timestamptz      NOT NULL
);

CREATE INDEX endings_by_time ON endings (ended_at);
