-- saltern's ledger, version 5. A released migration is never edited.

-- How many rows waited for the sake of a rule (for a login, or for its deadline) when they were last counted.
CREATE TABLE "{prefix}waiting" (
    credential TEXT NOT NULL,
    rule       TEXT NOT NULL,
    row_count  INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (credential, rule)
);
