-- saltern's ledger, version 1. Times are milliseconds since 1970, UTC, from the database's own clock.
-- {prefix} is the schema or prefix that `[ledger]` names. A released migration is never edited.

-- One row a run: what it was asked to do, and how it ended.
CREATE TABLE "{prefix}run" (
    id          TEXT NOT NULL,
    digest      TEXT NOT NULL,
    spec        TEXT NOT NULL,
    state       TEXT NOT NULL,
    version     TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    finished_ms INTEGER,
    estimate    INTEGER NOT NULL,
    stopped     TEXT,
    PRIMARY KEY (id)
);

-- One row a range of keys: who works on it, how far it is, and its accounts.
CREATE TABLE "{prefix}chunk" (
    run         TEXT NOT NULL,
    no          INTEGER NOT NULL,
    credential  TEXT NOT NULL,
    pass        INTEGER NOT NULL,
    lo          TEXT,
    hi          TEXT,
    at_key      TEXT,
    state       TEXT NOT NULL,
    epoch       INTEGER NOT NULL,
    owner       TEXT,
    lease_ms    INTEGER,
    commits     INTEGER NOT NULL,
    seen        INTEGER NOT NULL,
    candidates  INTEGER NOT NULL,
    done        INTEGER NOT NULL,
    superseded  INTEGER NOT NULL,
    deleted     INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    updated_ms  INTEGER NOT NULL,
    PRIMARY KEY (run, no)
);

-- One row a column that was ever written: who may write it now.
CREATE TABLE "{prefix}column_lock" (
    name      TEXT NOT NULL,
    owner     TEXT,
    run       TEXT,
    host      TEXT,
    boot      TEXT,
    pid       INTEGER,
    pid_start TEXT,
    epoch     INTEGER NOT NULL,
    lease_ms  INTEGER,
    PRIMARY KEY (name)
);

-- For display: the processes that work or have worked on a run.
CREATE TABLE "{prefix}worker" (
    id         TEXT NOT NULL,
    run        TEXT NOT NULL,
    host       TEXT NOT NULL,
    pid        INTEGER NOT NULL,
    threads    INTEGER NOT NULL,
    state      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    per_minute INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    seen_ms    INTEGER NOT NULL,
    PRIMARY KEY (id)
);

-- Rows that were left alone, and why. No value and nothing made from one.
CREATE TABLE "{prefix}quarantine" (
    run        TEXT NOT NULL,
    credential TEXT NOT NULL,
    row_key    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    class      TEXT NOT NULL,
    bytes      INTEGER,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (run, credential, row_key)
);

-- What happened to a run, in order of time.
CREATE TABLE "{prefix}event" (
    id    TEXT NOT NULL,
    run   TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    type  TEXT NOT NULL,
    text  TEXT NOT NULL,
    PRIMARY KEY (id)
);

-- What `scan --record` counted.
CREATE TABLE "{prefix}census" (
    id         TEXT NOT NULL,
    credential TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    class      TEXT NOT NULL,
    line       TEXT NOT NULL,
    row_count  INTEGER NOT NULL,
    PRIMARY KEY (id, credential, line, class)
);

-- When the deadline of a rule began to run.
CREATE TABLE "{prefix}rule_clock" (
    credential TEXT NOT NULL,
    rule       TEXT NOT NULL,
    since_ms   INTEGER NOT NULL,
    PRIMARY KEY (credential, rule)
);
