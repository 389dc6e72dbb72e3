-- saltern's ledger, version 2. A released migration is never edited.

-- Rows whose password stood in a list of known ones when they were hashed anew. `value_hash` is the first half of the SHA-256 of the new
-- stored value, which has a random salt of its own: once the password is changed it fits no longer, and the verdict is void.
CREATE TABLE "{prefix}known" (
    credential TEXT NOT NULL,
    row_key    TEXT NOT NULL,
    value_hash TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (credential, row_key)
);
