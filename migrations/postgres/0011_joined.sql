-- saltern's ledger, version 11. A released migration is never edited.

-- One row a run that many hosts have joined. It has a row before there is a run: `id` is the run's, should it be a new one, and `id` holds
-- the columns' locks. `pass` is the pass that is worked on. Who has the duty prepares, adds the next pass, or closes.
CREATE TABLE {prefix}joined (
    name          text NOT NULL,
    id            text NOT NULL,
    digest        text NOT NULL,
    plan          text NOT NULL,
    state         text NOT NULL,
    run           text,
    pass          BIGINT NOT NULL,
    duty_owner    text,
    duty_name     text,
    duty_epoch    BIGINT NOT NULL,
    duty_lease_ms BIGINT,
    outcome       text,
    waiting       BIGINT NOT NULL,
    uncovered     BIGINT NOT NULL,
    created_ms    BIGINT NOT NULL,
    PRIMARY KEY (name)
);

-- `tally` is what was counted of the rows that a chunk left as they are. A worker's `joined` is the name of the run that it has joined,
-- `name` its own, and `outcome` how it ended.
ALTER TABLE {prefix}chunk ADD COLUMN tally text;
ALTER TABLE {prefix}worker ADD COLUMN joined text;
ALTER TABLE {prefix}worker ADD COLUMN name text;
ALTER TABLE {prefix}worker ADD COLUMN chunk BIGINT;
ALTER TABLE {prefix}worker ADD COLUMN commit_ms BIGINT;
ALTER TABLE {prefix}worker ADD COLUMN outcome text;
