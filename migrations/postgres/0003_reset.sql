-- saltern's ledger, version 3. A released migration is never edited.

-- Rows that were reset, with the rule and the reason. No value and nothing made from one.
CREATE TABLE {prefix}reset (
    run        text NOT NULL,
    chunk      BIGINT NOT NULL,
    credential text NOT NULL,
    row_key    text NOT NULL,
    rule       text NOT NULL,
    reason     text NOT NULL,
    class      text NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (run, chunk, row_key)
);
