-- saltern's ledger, version 9. A released migration is never edited.

-- In which namespaces of the kernel a process id and a start time are to be read. A process in another one can't be looked at from here.
ALTER TABLE {prefix}column_lock ADD COLUMN namespaces text;
ALTER TABLE {prefix}worker ADD COLUMN boot text;
ALTER TABLE {prefix}worker ADD COLUMN pid_start text;
ALTER TABLE {prefix}worker ADD COLUMN namespaces text;

-- What an interrupted sweep left is of no use any more where a later sweep has ended the run.
UPDATE {prefix}chunk SET state = 'done', owner = NULL, lease_ms = NULL
    WHERE state <> 'done' AND pass <> 0 AND run IN (SELECT id FROM {prefix}run WHERE state = 'done');
