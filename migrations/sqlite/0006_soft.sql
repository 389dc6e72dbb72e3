-- saltern's ledger, version 6. A released migration is never edited.

-- What was done to the value: 'hard' is dead, 'soft' stays for the one login that must change it.
ALTER TABLE "{prefix}reset" ADD COLUMN how text NOT NULL DEFAULT 'hard';
