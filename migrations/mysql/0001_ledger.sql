-- saltern's ledger, version 1. Times are milliseconds since 1970, UTC, from the database's own clock.
-- {prefix} is the schema or prefix that `[ledger]` names. A released migration is never edited.
-- MySQL commits each statement by itself: IF NOT EXISTS lets a migration that was interrupted be run again.

-- One row a run: what it was asked to do, and how it ended.
CREATE TABLE IF NOT EXISTS `{prefix}run` (
    id          VARCHAR(100) NOT NULL,
    digest      VARCHAR(100) NOT NULL,
    spec        LONGTEXT NOT NULL,
    state       VARCHAR(100) NOT NULL,
    version     VARCHAR(100) NOT NULL,
    created_ms  BIGINT NOT NULL,
    finished_ms BIGINT,
    estimate    BIGINT NOT NULL,
    stopped     VARCHAR(100),
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- One row a range of keys: who works on it, how far it is, and its accounts.
CREATE TABLE IF NOT EXISTS `{prefix}chunk` (
    run         VARCHAR(100) NOT NULL,
    no          BIGINT NOT NULL,
    credential  VARCHAR(100) NOT NULL,
    pass        BIGINT NOT NULL,
    lo          LONGTEXT,
    hi          LONGTEXT,
    at_key      LONGTEXT,
    state       VARCHAR(100) NOT NULL,
    epoch       BIGINT NOT NULL,
    owner       VARCHAR(100),
    lease_ms    BIGINT,
    commits     BIGINT NOT NULL,
    seen        BIGINT NOT NULL,
    candidates  BIGINT NOT NULL,
    done        BIGINT NOT NULL,
    superseded  BIGINT NOT NULL,
    deleted     BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    updated_ms  BIGINT NOT NULL,
    PRIMARY KEY (run, no)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- One row a column that was ever written: who may write it now.
CREATE TABLE IF NOT EXISTS `{prefix}column_lock` (
    name      VARCHAR(512) NOT NULL,
    owner     VARCHAR(100),
    run       VARCHAR(100),
    host      VARCHAR(100),
    boot      VARCHAR(100),
    pid       BIGINT,
    pid_start VARCHAR(100),
    epoch     BIGINT NOT NULL,
    lease_ms  BIGINT,
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- For display: the processes that work or have worked on a run.
CREATE TABLE IF NOT EXISTS `{prefix}worker` (
    id         VARCHAR(100) NOT NULL,
    run        VARCHAR(100) NOT NULL,
    host       VARCHAR(100) NOT NULL,
    pid        BIGINT NOT NULL,
    threads    BIGINT NOT NULL,
    state      VARCHAR(100) NOT NULL,
    reason     VARCHAR(100) NOT NULL,
    per_minute BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Rows that were left alone, and why. No value and nothing made from one.
CREATE TABLE IF NOT EXISTS `{prefix}quarantine` (
    run        VARCHAR(100) NOT NULL,
    credential VARCHAR(100) NOT NULL,
    row_key    VARCHAR(512) NOT NULL,
    reason     VARCHAR(100) NOT NULL,
    class      VARCHAR(100) NOT NULL,
    bytes      BIGINT,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (run, credential, row_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What happened to a run, in order of time.
CREATE TABLE IF NOT EXISTS `{prefix}event` (
    id    VARCHAR(100) NOT NULL,
    run   VARCHAR(100) NOT NULL,
    at_ms BIGINT NOT NULL,
    type  VARCHAR(100) NOT NULL,
    text  LONGTEXT NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What `scan --record` counted.
CREATE TABLE IF NOT EXISTS `{prefix}census` (
    id         VARCHAR(100) NOT NULL,
    credential VARCHAR(100) NOT NULL,
    at_ms      BIGINT NOT NULL,
    class      VARCHAR(100) NOT NULL,
    line       VARCHAR(100) NOT NULL,
    row_count  BIGINT NOT NULL,
    PRIMARY KEY (id, credential, line, class)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- When the deadline of a rule began to run.
CREATE TABLE IF NOT EXISTS `{prefix}rule_clock` (
    credential VARCHAR(100) NOT NULL,
    rule       VARCHAR(100) NOT NULL,
    since_ms   BIGINT NOT NULL,
    PRIMARY KEY (credential, rule)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
