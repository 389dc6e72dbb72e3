-- saltern's ledger, version 8. A released migration is never edited.

-- By which a site-wide salt is known again: a slow hash of each line, with a random salt. Nothing else of it is kept.
CREATE TABLE IF NOT EXISTS `{prefix}site_check` (
    credential  VARCHAR(100) NOT NULL,
    line        BIGINT NOT NULL,
    check_value VARCHAR(255) NOT NULL,
    at_ms       BIGINT NOT NULL,
    PRIMARY KEY (credential, line)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
