-- saltern's ledger, version 2. A released migration is never edited.

-- Rows whose password stood in a list of known ones when they were hashed anew. `value_hash` is the first half of the SHA-256 of the new
-- stored value, which has a random salt of its own: once the password is changed it fits no longer, and the verdict is void.
CREATE TABLE IF NOT EXISTS `{prefix}known` (
    credential VARCHAR(100) NOT NULL,
    row_key    VARCHAR(512) NOT NULL,
    value_hash VARCHAR(32) NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (credential, row_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
