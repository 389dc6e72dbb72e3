-- saltern's ledger, version 6. A released migration is never edited.

-- What was done to the value: 'hard' is dead, 'soft' stays for the one login that must change it.
-- MySQL commits it by itself and knows no IF NOT EXISTS here; a migration that was interrupted is done again.
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}reset` ADD COLUMN how VARCHAR(10) NOT NULL DEFAULT ''hard''', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}reset' AND COLUMN_NAME = 'how');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;
