-- saltern's ledger, version 4. A released migration is never edited.

-- Tokens for new passwords, of which nothing but the SHA-256 is kept. `value_mac` is an HMAC over the stored value that the row had then, under
-- the token itself: whoever has this table and not the token learns nothing of the value. A line of no row has a `row_key` that is no key.
-- `batch` is empty for a token that was asked for; one of a file that is still being written has expired at 0.
CREATE TABLE IF NOT EXISTS `{prefix}reset_token` (
    token_hash VARCHAR(64) NOT NULL PRIMARY KEY,
    credential VARCHAR(100) NOT NULL,
    row_key    VARCHAR(512) NOT NULL,
    value_mac  VARCHAR(64) NOT NULL,
    batch      VARCHAR(40) NOT NULL,
    made_ms    BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    INDEX of_row (credential, row_key),
    INDEX by_end (expires_ms)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
