-- saltern's ledger, version 4. A released migration is never edited.

-- Tokens for new passwords, of which nothing but the SHA-256 is kept. `value_mac` is an HMAC over the stored value that the row had then, under
-- the token itself: whoever has this table and not the token learns nothing of the value. A line of no row has a `row_key` that is no key.
-- `batch` is empty for a token that was asked for; one of a file that is still being written has expired at 0.
CREATE TABLE {prefix}reset_token (
    token_hash text NOT NULL PRIMARY KEY,
    credential text NOT NULL,
    row_key    text NOT NULL,
    value_mac  text NOT NULL,
    batch      text NOT NULL,
    made_ms    BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX reset_token_row ON {prefix}reset_token (credential, row_key);
CREATE INDEX reset_token_expires ON {prefix}reset_token (expires_ms);
