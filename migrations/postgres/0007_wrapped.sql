-- saltern's ledger, version 7. A released migration is never edited.

-- Rows that were wrapped, a line a page, with their keys as JSON. No value and nothing made from one.
CREATE TABLE {prefix}wrapped (
    run        text NOT NULL,
    chunk      BIGINT NOT NULL,
    page       BIGINT NOT NULL,
    credential text NOT NULL,
    row_keys   text NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (run, chunk, page)
);
