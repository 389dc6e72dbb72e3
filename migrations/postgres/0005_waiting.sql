-- saltern's ledger, version 5. A released migration is never edited.

-- How many rows waited for the sake of a rule (for a login, or for its deadline) when they were last counted.
CREATE TABLE {prefix}waiting (
    credential text NOT NULL,
    rule       text NOT NULL,
    row_count  BIGINT NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (credential, rule)
);
