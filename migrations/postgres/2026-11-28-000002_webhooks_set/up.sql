-- When somebody last made, changed or switched a webhook: who looks what was opened since a theft finds it by that.
ALTER TABLE webhooks ADD COLUMN set_at timestamptz;
UPDATE webhooks SET set_at = created_at;
ALTER TABLE webhooks ALTER COLUMN set_at SET NOT NULL;
