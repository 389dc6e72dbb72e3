-- saltern's ledger, version 10. A released migration is never edited.

-- What operators have ordered with `saltern control`, in order, by whom and when. An empty run stands for every run.
-- Nothing is ever taken out: the newest line of each kind counts, and all of them are the history.
CREATE TABLE {prefix}control (
    no     BIGINT NOT NULL PRIMARY KEY,
    run    text NOT NULL,
    verb   text NOT NULL,
    amount text NOT NULL,
    reason text NOT NULL,
    who    text NOT NULL,
    at_ms  BIGINT NOT NULL
);
