-- saltern's ledger, version 4. A released migration is never edited.

-- Tokens for new passwords, of which nothing but the SHA-256 is kept. `value_mac` is an HMAC over the stored value that the row had then, under
-- the token itself: whoever has this table and not the token learns nothing of the value. A line of no row has a `row_key` that is no key.
-- `batch` is empty for a token that was asked for; one of a file that is still being written has expired at 0.
CREATE TABLE "{prefix}reset_token" (
    token_hash TEXT NOT NULL PRIMARY KEY,
    credential TEXT NOT NULL,
    row_key    TEXT NOT NULL,
    value_mac  TEXT NOT NULL,
    batch      TEXT NOT NULL,
    made_ms    INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
);
CREATE INDEX "{prefix}reset_token_row" ON "{prefix}reset_token" (credential, row_key);
CREATE INDEX "{prefix}reset_token_expires" ON "{prefix}reset_token" (expires_ms);
