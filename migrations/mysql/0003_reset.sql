-- saltern's ledger, version 3. A released migration is never edited.

-- Rows that were reset, with the rule and the reason. No value and nothing made from one.
CREATE TABLE IF NOT EXISTS `{prefix}reset` (
    run        VARCHAR(100) NOT NULL,
    chunk      BIGINT NOT NULL,
    credential VARCHAR(100) NOT NULL,
    row_key    VARCHAR(512) NOT NULL,
    rule       VARCHAR(100) NOT NULL,
    reason     VARCHAR(512) NOT NULL,
    class      VARCHAR(100) NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (run, chunk, row_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
