-- saltern's ledger, version 5. A released migration is never edited.

-- How many rows waited for the sake of a rule (for a login, or for its deadline) when they were last counted.
CREATE TABLE IF NOT EXISTS `{prefix}waiting` (
    credential VARCHAR(100) NOT NULL,
    rule       VARCHAR(100) NOT NULL,
    row_count  BIGINT NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (credential, rule)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
