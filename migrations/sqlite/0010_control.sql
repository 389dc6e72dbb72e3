-- saltern's ledger, version 10. A released migration is never edited.

-- What operators have ordered with `saltern control`, in order, by whom and when. An empty run stands for every run.
-- Nothing is ever taken out: the newest line of each kind counts, and all of them are the history.
CREATE TABLE "{prefix}control" (
    no     INTEGER NOT NULL PRIMARY KEY,
    run    TEXT NOT NULL,
    verb   TEXT NOT NULL,
    amount TEXT NOT NULL,
    reason TEXT NOT NULL,
    who    TEXT NOT NULL,
    at_ms  INTEGER NOT NULL
);
