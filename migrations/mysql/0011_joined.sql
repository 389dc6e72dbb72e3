-- saltern's ledger, version 11. A released migration is never edited.
-- MySQL commits each statement by itself and knows no IF NOT EXISTS for columns; a migration that was interrupted is done again.

-- One row a run that many hosts have joined. It has a row before there is a run: `id` is the run's, should it be a new one, and `id` holds
-- the columns' locks. `pass` is the pass that is worked on. Who has the duty prepares, adds the next pass, or closes.
CREATE TABLE IF NOT EXISTS `{prefix}joined` (
    name          VARCHAR(100) NOT NULL,
    id            VARCHAR(100) NOT NULL,
    digest        VARCHAR(100) NOT NULL,
    plan          LONGTEXT NOT NULL,
    state         VARCHAR(100) NOT NULL,
    run           VARCHAR(100),
    pass          BIGINT NOT NULL,
    duty_owner    VARCHAR(100),
    duty_name     VARCHAR(100),
    duty_epoch    BIGINT NOT NULL,
    duty_lease_ms BIGINT,
    outcome       VARCHAR(100),
    waiting       BIGINT NOT NULL,
    uncovered     BIGINT NOT NULL,
    created_ms    BIGINT NOT NULL,
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- `tally` is what was counted of the rows that a chunk left as they are. A worker's `joined` is the name of the run that it has joined,
-- `name` its own, and `outcome` how it ended.
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}chunk` ADD COLUMN tally LONGTEXT', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}chunk' AND COLUMN_NAME = 'tally');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}worker` ADD COLUMN joined VARCHAR(100)', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}worker' AND COLUMN_NAME = 'joined');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}worker` ADD COLUMN name VARCHAR(100)', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}worker' AND COLUMN_NAME = 'name');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}worker` ADD COLUMN chunk BIGINT', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}worker' AND COLUMN_NAME = 'chunk');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}worker` ADD COLUMN commit_ms BIGINT', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}worker' AND COLUMN_NAME = 'commit_ms');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;
SET @saltern = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE `{prefix}worker` ADD COLUMN outcome VARCHAR(100)', 'DO 0')
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{prefix}worker' AND COLUMN_NAME = 'outcome');
PREPARE saltern FROM @saltern;
EXECUTE saltern;
DEALLOCATE PREPARE saltern;
