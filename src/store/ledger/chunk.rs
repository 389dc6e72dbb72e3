//! The `chunk` table: ranges of the key, who works on each, how far it is, and its counts.

use super::accounts::Accounts;
use super::names::Names;
use crate::failpoint::hit;
use crate::store::sql::{Arg, Conn, Query, RowRef, StoreError};
use crate::store::table::Key;

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
    /// A lease that ran out is taken over: leased to leased, under a higher epoch.
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Pending, Self::Leased)
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

/// The chunk leases' time to live.
pub(crate) const LEASE_MS: i64 = 30_000;

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
        conn.run(Query::ours("creating the chunks", &sql, args))
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
    let now = conn.words().now_ms;
    let chunk = names.table("chunk");
    let find = format!(
        "SELECT no, credential, pass, lo, hi, at_key, epoch, commits FROM {chunk} \
         WHERE run = ? AND pass = ? AND (state = 'pending' OR (state = 'leased' AND lease_ms < {now} AND owner <> ?)) ORDER BY no LIMIT 1"
    );
    let take = format!(
        "UPDATE {chunk} SET state = 'leased', epoch = epoch + 1, owner = ?, lease_ms = {now} + {LEASE_MS} \
         WHERE run = ? AND no = ? AND epoch = ? AND (state = 'pending' OR (state = 'leased' AND lease_ms < {now} AND owner <> ?))"
    );
    loop {
        let found = conn
            .rows(
                Query::ours(
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
            .run(Query::ours("claiming a chunk", &take, args))
            .await?
            == 1
        {
            hit("after-claim");
            chunk.epoch += 1;
            return Ok(Some(chunk));
        }
    }
}

/// The chunk that a page belongs to, as its worker holds it.
#[derive(Debug, Clone)]
pub struct Fence {
    /// The run.
    pub run: String,
    /// The chunk.
    pub no: i64,
    /// The epoch under which the lease was taken.
    pub epoch: i64,
    /// How many pages of the chunk were committed so far.
    pub commits: i64,
}

impl Fence {
    /// The condition under which the chunk is still the worker's.
    const HOLDS: &'static str =
        "run = ? AND no = ? AND epoch = ? AND commits = ? AND state = 'leased'";

    fn args(&self) -> [Arg; 4] {
        [
            self.run.as_str().into(),
            Arg::Int(self.no),
            Arg::Int(self.epoch),
            Arg::Int(self.commits),
        ]
    }
}

/// Holds the fence inside the caller's transaction; false where it is lost.
pub(crate) async fn fence(
    conn: &mut Conn,
    names: &Names,
    fence: &Fence,
) -> Result<bool, StoreError> {
    let sql = format!(
        "UPDATE {} SET updated_ms = {} WHERE {}",
        names.table("chunk"),
        conn.words().now_ms,
        Fence::HOLDS
    );
    let args = fence.args().into();
    let held = conn
        .run(Query::ours("holding the fence", &sql, args))
        .await?;
    Ok(held == 1)
}

/// What a page adds to its chunk.
pub(crate) struct Advance<'a> {
    /// What is added to the counts.
    pub(crate) accounts: &'a Accounts,
    /// Where the cursor stands now; none leaves it where it is.
    pub(crate) cursor: Option<&'a Key>,
    /// The chunk's state now: leased still, or done.
    pub(crate) state: ChunkState,
}

/// Moves the cursor and the counts in the caller's transaction; false where the fence is lost.
pub(crate) async fn advance(
    conn: &mut Conn,
    names: &Names,
    fence: &Fence,
    by: &Advance<'_>,
) -> Result<bool, StoreError> {
    debug_assert!(
        ChunkState::Leased.may_become(by.state),
        "a leased chunk does not become {:?}",
        by.state
    );
    let mut set = format!(
        "commits = commits + 1, seen = seen + ?, candidates = candidates + ?, done = done + ?, superseded = superseded + ?, \
         deleted = deleted + ?, quarantined = quarantined + ?, updated_ms = {}",
        conn.words().now_ms
    );
    let a = by.accounts;
    let mut args: Vec<Arg> = [
        a.seen,
        a.candidates,
        a.done,
        a.superseded,
        a.deleted,
        a.quarantined,
    ]
    .map(Arg::Int)
    .into();
    if let Some(key) = by.cursor {
        set.push_str(", at_key = ?");
        args.push(key.to_ledger().into());
    }
    if by.state == ChunkState::Done {
        set.push_str(", state = 'done', lease_ms = NULL");
    }
    let sql = format!(
        "UPDATE {} SET {set} WHERE {}",
        names.table("chunk"),
        Fence::HOLDS
    );
    args.extend(fence.args());
    let moved = conn
        .run(Query::ours("moving the cursor", &sql, args))
        .await?;
    Ok(moved == 1)
}

/// Where a chunk stands, whoever holds it.
pub(crate) struct Standing {
    pub(crate) epoch: i64,
    pub(crate) commits: i64,
    pub(crate) is_leased: bool,
}

/// Reads where a chunk stands, inside a transaction that has waited for whoever was writing it.
pub(crate) async fn standing(
    conn: &mut Conn,
    names: &Names,
    fence: &Fence,
) -> Result<Standing, StoreError> {
    const OP: &str = "reading the chunk";
    let sql = format!(
        "SELECT epoch, commits, {} FROM {} WHERE run = ? AND no = ?",
        conn.words().truth("state = 'leased'"),
        names.table("chunk")
    );
    let args = vec![fence.run.as_str().into(), Arg::Int(fence.no)];
    let rows = conn
        .rows(Query::ours(OP, &sql, args), |r| {
            Ok(Standing {
                epoch: r.number(0)?,
                commits: r.number(1)?,
                is_leased: r.number(2)? == 1,
            })
        })
        .await?;
    rows.into_iter()
        .next()
        .ok_or_else(|| StoreError::unexpected(OP, "it is gone"))
}

/// Gives back the leases of a worker whose process is gone, so that they need not run out.
pub async fn release_owner(conn: &mut Conn, names: &Names, owner: &str) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET state = 'pending', owner = NULL, lease_ms = NULL WHERE owner = ? AND state = 'leased'",
        names.table("chunk")
    );
    conn.run(Query::ours("giving chunks back", &sql, vec![owner.into()]))
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
        Query::ours("reading the chunks", &sql, vec![run.into()]),
        |r| {
            let state = r.owned(3)?;
            Ok(ChunkRow {
                no: r.number(0)?,
                credential: r.owned(1)?,
                pass: r.number(2)?,
                state: ChunkState::parse(&state).ok_or_else(|| {
                    StoreError::unexpected("reading a chunk", format!("the state {state:?}"))
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
