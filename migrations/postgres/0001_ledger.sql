-- saltern's ledger, version 1. Times are milliseconds since 1970, UTC, from the database's own clock.
-- {prefix} is the schema or prefix that `[ledger]` names. A released migration is never edited.

-- One row a run: what it was asked to do, and how it ended.
CREATE TABLE {prefix}run (
    id          text NOT NULL,
    digest      text NOT NULL,
    spec        text NOT NULL,
    state       text NOT NULL,
    version     text NOT NULL,
    created_ms  BIGINT NOT NULL,
    finished_ms BIGINT,
    estimate    BIGINT NOT NULL,
    stopped     text,
    PRIMARY KEY (id)
);

-- One row a range of keys: who works on it, how far it is, and its accounts.
CREATE TABLE {prefix}chunk (
    run         text NOT NULL,
    no          BIGINT NOT NULL,
    credential  text NOT NULL,
    pass        BIGINT NOT NULL,
    lo          text,
    hi          text,
    at_key      text,
    state       text NOT NULL,
    epoch       BIGINT NOT NULL,
    owner       text,
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
);

-- One row a column that was ever written: who may write it now.
CREATE TABLE {prefix}column_lock (
    name      text NOT NULL,
    owner     text,
    run       text,
    host      text,
    boot      text,
    pid       BIGINT,
    pid_start text,
    epoch     BIGINT NOT NULL,
    lease_ms  BIGINT,
    PRIMARY KEY (name)
);

-- For display: the processes that work or have worked on a run.
CREATE TABLE {prefix}worker (
    id         text NOT NULL,
    run        text NOT NULL,
    host       text NOT NULL,
    pid        BIGINT NOT NULL,
    threads    BIGINT NOT NULL,
    state      text NOT NULL,
    reason     text NOT NULL,
    per_minute BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL,
    PRIMARY KEY (id)
);

-- Rows that were left alone, and why. No value and nothing made from one.
CREATE TABLE {prefix}quarantine (
    run        text NOT NULL,
    credential text NOT NULL,
    row_key    text NOT NULL,
    reason     text NOT NULL,
    class      text NOT NULL,
    bytes      BIGINT,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (run, credential, row_key)
);

-- What happened to a run, in order of time.
CREATE TABLE {prefix}event (
    id    text NOT NULL,
    run   text NOT NULL,
    at_ms BIGINT NOT NULL,
    type  text NOT NULL,
    text  text NOT NULL,
    PRIMARY KEY (id)
);

-- What `scan --record` counted.
CREATE TABLE {prefix}census (
    id         text NOT NULL,
    credential text NOT NULL,
    at_ms      BIGINT NOT NULL,
    class      text NOT NULL,
    line       text NOT NULL,
    row_count  BIGINT NOT NULL,
    PRIMARY KEY (id, credential, line, class)
);

-- When the deadline of a rule began to run.
CREATE TABLE {prefix}rule_clock (
    credential text NOT NULL,
    rule       text NOT NULL,
    since_ms   BIGINT NOT NULL,
    PRIMARY KEY (credential, rule)
);
