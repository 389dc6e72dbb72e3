-- saltern's ledger, version 8. A released migration is never edited.

-- By which a site-wide salt is known again: a slow hash of each line, with a random salt. Nothing else of it is kept.
CREATE TABLE "{prefix}site_check" (
    credential  TEXT NOT NULL,
    line        INTEGER NOT NULL,
    check_value TEXT NOT NULL,
    at_ms       INTEGER NOT NULL,
    PRIMARY KEY (credential, line)
);
