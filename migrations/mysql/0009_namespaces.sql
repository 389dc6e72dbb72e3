-- saltern's ledger, version 9. A released migration is never edited.

-- In which namespaces of the kernel a process id and a start time are to be read. A process in another one can't be looked at from here.
-- MySQL commits it by itself and knows no IF NOT EXISTS here; a migration that was interrupted is done again.
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}column_lock` ADD COLUMN namespaces VARCHAR(100)', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}column_lock' AND COLUMN_NAME = 'namespaces');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}worker` ADD COLUMN boot VARCHAR(100)', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}worker' AND COLUMN_NAME = 'boot');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}worker` ADD COLUMN pid_start VARCHAR(100)', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}worker' AND COLUMN_NAME = 'pid_start');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}worker` ADD COLUMN namespaces VARCHAR(100)', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}worker' AND COLUMN_NAME = 'namespaces');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;

-- What an interrupted sweep left is of no use any more where a later sweep has ended the run.
UPDATE `{prefix}chunk` SET state = 'done', owner = NULL, lease_ms = NULL
    WHERE state <> 'done' AND pass <> 0 AND run IN (SELECT id FROM `{prefix}run` WHERE state = 'done');
