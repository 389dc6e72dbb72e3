-- saltern's ledger, version 7. A released migration is never edited.

-- Rows that were wrapped, a line a page, with their keys as JSON. No value and nothing made from one.
CREATE TABLE IF NOT EXISTS `{prefix}wrapped` (
    run        VARCHAR(100) NOT NULL,
    chunk      BIGINT NOT NULL,
    page       BIGINT NOT NULL,
    credential VARCHAR(100) NOT NULL,
    row_keys   MEDIUMTEXT NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (run, chunk, page)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
