-- How much of its allowance of sign-ins an address has used: everything until `spent_until` is spent. Addresses are
-- known only as hashes.
CREATE TABLE address_allowances (
    address     bytea       NOT NULL PRIMARY KEY,
    spent_until timestamptz NOT NULL
);
