//! The `chunk` table: ranges of the key, who works on each, how far it is, and its counts.
//!
//! How a page moves its chunk forward is in `fence`.

use super::accounts::Accounts;
use super::names::Names;
use crate::failpoint::{hit, is_armed};
use crate::store::sql::{Arg, Conn, ErrorClass, Query, RowRef, StoreError};

/// A chunk's state. The transitions are in [`ChunkState::may_become`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkState {
    /// Nobody works on it.
    Pending,
    /// A worker holds its lease.
    Leased,
    /// Every row of it is accounted for.
    Done,
}

impl ChunkState {
    /// All states, in order.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Leased, Self::Done];

    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Leased => "leased",
            Self::Done => "done",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// The transition table.
    ///
    /// A lease that ran out is taken over: leased to leased, under a higher epoch. What an
    /// interrupted sweep left is done with the run: pending to done.
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Pending, Self::Leased | Self::Done)
                | (Self::Leased, Self::Leased | Self::Pending | Self::Done)
        )
    }
}

/// A range of keys as it is planned: from behind `lo` to `hi` and with it; none means open.
#[derive(Clone, Debug, Default)]
pub struct ChunkBounds {
    /// The credential's name.
    pub credential: String,
    /// 0 for the first pass, then the number of the sweep.
    pub pass: i64,
    /// The key before the first.
    pub lo: Option<String>,
    /// The last key.
    pub hi: Option<String>,
}

/// A chunk that this worker holds.
#[derive(Clone, Debug)]
pub struct ClaimedChunk {
    /// Its number in the run.
    pub no: i64,
    /// The credential's name.
    pub credential: String,
    /// The pass.
    pub pass: i64,
    /// The key before the first.
    pub lo: Option<String>,
    /// The last key.
    pub hi: Option<String>,
    /// The last key that is accounted for.
    pub at_key: Option<String>,
    /// The fencing token.
    pub epoch: i64,
    /// How many pages were committed.
    pub commits: i64,
    /// What was counted of the rows that it left as they are; the engine's own words.
    pub tally: Option<String>,
}

/// A chunk for display.
#[derive(Clone, Debug)]
pub struct ChunkRow {
    /// Its number.
    pub no: i64,
    /// The credential's name.
    pub credential: String,
    /// The pass.
    pub pass: i64,
    /// The state.
    pub state: ChunkState,
    /// The counts.
    pub accounts: Accounts,
    /// When its last page was committed.
    pub updated_ms: i64,
}

/// The leases' time to live.
const LEASE_MS: i64 = 30_000;

/// The leases' time to live: [`LEASE_MS`], or less in a test that waits until one has run out.
pub(crate) fn lease_ms() -> i64 {
    if is_armed("short-lease") {
        2_000
    } else {
        LEASE_MS
    }
}

/// Chunks that are added to a run.
pub(super) struct NewChunks<'a> {
    /// The run.
    pub(super) run: &'a str,
    /// The number of the first.
    pub(super) first_no: i64,
    /// What each spans, in order.
    pub(super) bounds: &'a [ChunkBounds],
}

/// Adds chunks to a run, inside the caller's transaction.
pub(super) async fn insert(
    conn: &mut Conn,
    names: &Names,
    new: NewChunks<'_>,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO {} (run, no, credential, pass, lo, hi, state, epoch, commits, seen, candidates, done, superseded, deleted, quarantined, updated_ms) \
         VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, 0, 0, 0, 0, 0, 0, 0, {})",
        names.table("chunk"),
        conn.words().now_ms
    );
    for (no, chunk) in (new.first_no..).zip(new.bounds) {
        let args = vec![
            new.run.into(),
            Arg::Int(no),
            chunk.credential.as_str().into(),
            Arg::Int(chunk.pass),
            chunk.lo.as_deref().into(),
            chunk.hi.as_deref().into(),
        ];
        conn.run(Query::of_ledger("creating the chunks", &sql, args))
            .await?;
    }
    Ok(())
}

/// Who wants a chunk, and of what.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The run.
    pub run: &'a str,
    /// The pass.
    pub pass: i64,
    /// The worker's UUID.
    pub owner: &'a str,
}

/// Takes the lease of the next free chunk of a pass; none where no chunk is free now.
///
/// An owner's own lease that has run out is not free: the owner may still work on that chunk.
pub async fn claim(
    conn: &mut Conn,
    names: &Names,
    claim: Claim<'_>,
) -> Result<Option<ClaimedChunk>, StoreError> {
    let Claim { run, pass, owner } = claim;
    let (now, lease_ms) = (conn.words().now_ms, lease_ms());
    let chunk = names.table("chunk");
    let find = format!(
        "SELECT no, credential, pass, lo, hi, at_key, epoch, commits, tally FROM {chunk} \
         WHERE run = ? AND pass = ? AND (state = 'pending' OR (state = 'leased' AND lease_ms < {now} AND owner <> ?)) ORDER BY no LIMIT 1"
    );
    let take = format!(
        "UPDATE {chunk} SET state = 'leased', epoch = epoch + 1, owner = ?, lease_ms = {now} + {lease_ms} \
         WHERE run = ? AND no = ? AND epoch = ? AND (state = 'pending' OR (state = 'leased' AND lease_ms < {now} AND owner <> ?))"
    );
    loop {
        let found = conn
            .rows(
                Query::of_ledger(
                    "looking for a chunk",
                    &find,
                    vec![run.into(), Arg::Int(pass), owner.into()],
                ),
                |r: RowRef<'_>| {
                    Ok(ClaimedChunk {
                        no: r.number(0)?,
                        credential: r.owned(1)?,
                        pass: r.number(2)?,
                        lo: r.text(3)?.map(str::to_owned),
                        hi: r.text(4)?.map(str::to_owned),
                        at_key: r.text(5)?.map(str::to_owned),
                        epoch: r.number(6)?,
                        commits: r.number(7)?,
                        tally: r.text(8)?.map(str::to_owned),
                    })
                },
            )
            .await?;
        let Some(mut chunk) = found.into_iter().next() else {
            return Ok(None);
        };
        hit("before-claim");
        let args = vec![
            owner.into(),
            run.into(),
            Arg::Int(chunk.no),
            Arg::Int(chunk.epoch),
            owner.into(),
        ];
        if conn
            .run(Query::of_ledger("claiming a chunk", &take, args))
            .await?
            == 1
        {
            hit("after-claim");
            chunk.epoch += 1;
            return Ok(Some(chunk));
        }
    }
}

/// Gives back the leases of a worker whose process is gone, so that they need not run out.
pub async fn release_owner(conn: &mut Conn, names: &Names, owner: &str) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET state = 'pending', owner = NULL, lease_ms = NULL WHERE owner = ? AND state = 'leased'",
        names.table("chunk")
    );
    conn.run(Query::of_ledger(
        "giving chunks back",
        &sql,
        vec![owner.into()],
    ))
    .await
    .map(|_| ())
}

/// Gives back every lease of the run that members have joined under an id: its locks were taken
/// over, and whoever of them is late writes nothing more. A ledger of before version 11 has none.
pub(super) async fn release_joined(
    conn: &mut Conn,
    names: &Names,
    id: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET state = 'pending', owner = NULL, lease_ms = NULL WHERE state = 'leased' AND run IN (SELECT run FROM {} WHERE id = ?)",
        names.table("chunk"),
        names.table("joined")
    );
    let freed = conn.run(Query::of_ledger(
        "giving chunks back",
        &sql,
        vec![id.into()],
    ));
    match freed.await {
        Err(e) if matches!(e.class(), ErrorClass::Missing | ErrorClass::Denied) => Ok(()),
        freed => freed.map(|_| ()),
    }
}

/// The chunks of the first pass as they were planned, in order.
pub async fn first_bounds(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<Vec<ChunkBounds>, StoreError> {
    let sql = format!(
        "SELECT credential, lo, hi FROM {} WHERE run = ? AND pass = 0 ORDER BY no",
        names.table("chunk")
    );
    let query = Query::of_ledger("reading the chunks", &sql, vec![run.into()]);
    conn.rows(query, |r| {
        Ok(ChunkBounds {
            credential: r.owned(0)?,
            pass: 0,
            lo: r.text(1)?.map(str::to_owned),
            hi: r.text(2)?.map(str::to_owned),
        })
    })
    .await
}

/// What a pass came to, over all its chunks and whoever worked on them.
#[derive(Clone, Debug, Default)]
pub struct PassSum {
    /// Chunks that are not done.
    pub open: i64,
    /// Rows that a rule would change.
    pub candidates: i64,
}

/// Sums up a pass of a run.
pub async fn pass_sum(
    conn: &mut Conn,
    names: &Names,
    run: &str,
    pass: i64,
) -> Result<PassSum, StoreError> {
    let [before, behind] = conn.words().whole;
    let sql = format!(
        "SELECT {before}COALESCE(SUM(CASE WHEN state = 'done' THEN 0 ELSE 1 END), 0){behind}, \
         {before}COALESCE(SUM(candidates), 0){behind} FROM {} WHERE run = ? AND pass = ?",
        names.table("chunk")
    );
    let args = vec![run.into(), Arg::Int(pass)];
    let found = conn
        .rows(Query::of_ledger("adding up the pass", &sql, args), |r| {
            Ok(PassSum {
                open: r.number(0)?,
                candidates: r.number(1)?,
            })
        })
        .await?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// The accounts of a run's chunks, by pass.
pub async fn sums(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<Vec<(i64, Accounts)>, StoreError> {
    let [before, behind] = conn.words().whole;
    let sum = |column: &str| format!("{before}SUM({column}){behind}");
    let columns = [
        "seen",
        "candidates",
        "done",
        "superseded",
        "deleted",
        "quarantined",
    ];
    let sql = format!(
        "SELECT pass, {} FROM {} WHERE run = ? GROUP BY pass",
        columns.map(sum).join(", "),
        names.table("chunk")
    );
    let query = Query::of_ledger("adding up the run", &sql, vec![run.into()]);
    conn.rows(query, |r| {
        let accounts = Accounts {
            seen: r.number(1)?,
            candidates: r.number(2)?,
            done: r.number(3)?,
            superseded: r.number(4)?,
            deleted: r.number(5)?,
            quarantined: r.number(6)?,
        };
        Ok((r.number(0)?, accounts))
    })
    .await
}

/// The tallies of a pass's chunks, with the credential of each.
pub async fn tallies(
    conn: &mut Conn,
    names: &Names,
    run: &str,
    pass: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let sql = format!(
        "SELECT credential, tally FROM {} WHERE run = ? AND pass = ? AND tally IS NOT NULL ORDER BY no",
        names.table("chunk")
    );
    let args = vec![run.into(), Arg::Int(pass)];
    let query = Query::of_ledger("adding up the pass", &sql, args);
    conn.rows(query, |r| Ok((r.owned(0)?, r.owned(1)?))).await
}

/// Marks what an interrupted pass left as done, inside the caller's transaction, which closes the
/// run. The first pass leaves nothing.
pub(super) async fn close_interrupted(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET state = 'done', owner = NULL, lease_ms = NULL WHERE run = ? AND state <> 'done' AND pass <> 0",
        names.table("chunk")
    );
    conn.run(Query::of_ledger(
        "closing what was interrupted",
        &sql,
        vec![run.into()],
    ))
    .await
    .map(|_| ())
}

/// The chunks of a run, in order.
pub async fn list(conn: &mut Conn, names: &Names, run: &str) -> Result<Vec<ChunkRow>, StoreError> {
    let sql = format!(
        "SELECT no, credential, pass, state, seen, candidates, done, superseded, deleted, quarantined, updated_ms FROM {} WHERE run = ? ORDER BY no",
        names.table("chunk")
    );
    conn.rows(
        Query::of_ledger("reading the chunks", &sql, vec![run.into()]),
        |r| {
            let state = r.owned(3)?;
            Ok(ChunkRow {
                no: r.number(0)?,
                credential: r.owned(1)?,
                pass: r.number(2)?,
                state: ChunkState::parse(&state).ok_or_else(|| {
                    StoreError::ledger("reading a chunk", format!("the state {state:?}"))
                })?,
                accounts: Accounts {
                    seen: r.number(4)?,
                    candidates: r.number(5)?,
                    done: r.number(6)?,
                    superseded: r.number(7)?,
                    deleted: r.number(8)?,
                    quarantined: r.number(9)?,
                },
                updated_ms: r.number(10)?,
            })
        },
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_done_chunk_is_never_leased_again() {
        for to in ChunkState::ALL {
            assert!(!ChunkState::Done.may_become(to));
        }
    }
}
