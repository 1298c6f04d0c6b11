-- By which keys of SECRETS_KEY_FILE secrets are sealed.
CREATE TABLE sealing_keys (
    id          text COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
    proof       bytea            NOT NULL, -- what this key has sealed, so that another one of this name is found out
    since       timestamptz      NOT NULL,
    seals       boolean          NOT NULL, -- one of them does; the others have
    finished_at timestamptz -- since when nothing is sealed by another one; NULL while something may be, or is not sealed at all
);

CREATE UNIQUE INDEX sealing_keys_that_seal ON sealing_keys (seals) WHERE seals;

-- What the service has to read back is sealed. What stands there from before is sealed by the next start.
ALTER TABLE second_factors ADD COLUMN sealed_secret bytea;
UPDATE second_factors SET sealed_secret = secret;
ALTER TABLE second_factors ALTER COLUMN sealed_secret SET NOT NULL;
ALTER TABLE second_factors DROP COLUMN secret;

ALTER TABLE webhooks ADD COLUMN sealed_secret bytea;
UPDATE webhooks SET sealed_secret = secret;
ALTER TABLE webhooks ALTER COLUMN sealed_secret SET NOT NULL;
ALTER TABLE webhooks DROP COLUMN secret;

ALTER TABLE report_links RENAME COLUMN health_key TO sealed_health_key;
