-- saltern's ledger, version 10. A released migration is never edited.

-- What operators have ordered with `saltern control`, in order, by whom and when. An empty run stands for every run.
-- Nothing is ever taken out: the newest line of each kind counts, and all of them are the history.
CREATE TABLE IF NOT EXISTS `{prefix}control` (
    no     BIGINT NOT NULL,
    run    VARCHAR(100) NOT NULL,
    verb   VARCHAR(100) NOT NULL,
    amount VARCHAR(100) NOT NULL,
    reason VARCHAR(512) NOT NULL,
    who    VARCHAR(512) NOT NULL,
    at_ms  BIGINT NOT NULL,
    PRIMARY KEY (no)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
