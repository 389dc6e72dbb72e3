-- saltern's ledger, version 7. A released migration is never edited.

-- Rows that were wrapped, a line a page, with their keys as JSON. No value and nothing made from one.
CREATE TABLE "{prefix}wrapped" (
    run        TEXT NOT NULL,
    chunk      INTEGER NOT NULL,
    page       INTEGER NOT NULL,
    credential TEXT NOT NULL,
    row_keys   TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (run, chunk, page)
);
