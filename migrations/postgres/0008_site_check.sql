-- saltern's ledger, version 8. A released migration is never edited.

-- By which a site-wide salt is known again: a slow hash of each line, with a random salt. Nothing else of it is kept.
CREATE TABLE {prefix}site_check (
    credential  text NOT NULL,
    line        BIGINT NOT NULL,
    check_value text NOT NULL,
    at_ms       BIGINT NOT NULL,
    PRIMARY KEY (credential, line)
);
