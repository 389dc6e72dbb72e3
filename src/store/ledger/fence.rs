//! The `chunk` table as a page's transaction writes it: only under the fence.
//!
//! The fence is the chunk's epoch and its number of commits. Whoever lost the lease finds that it
//! has moved, and writes nothing. Who gets a chunk is decided in `chunk`.

use super::accounts::Accounts;
use super::chunk::ChunkState;
use super::names::Names;
use crate::failpoint::is_armed;
use crate::store::sql::{Arg, Conn, Query, StoreError};
use crate::store::table::Key;

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

    /// What a test puts in its place, to see that the loss is noticed: a late worker passes.
    const IS_OFF: &'static str = "run = ? AND no = ? AND epoch >= ? AND commits >= ?";

    fn condition() -> &'static str {
        if is_armed("no-fence") {
            Self::IS_OFF
        } else {
            Self::HOLDS
        }
    }

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
pub(crate) async fn hold(
    conn: &mut Conn,
    names: &Names,
    fence: &Fence,
) -> Result<bool, StoreError> {
    let sql = format!(
        "UPDATE {} SET updated_ms = {} WHERE {}",
        names.table("chunk"),
        conn.words().now_ms,
        Fence::condition()
    );
    let args = fence.args().into();
    let held = conn
        .run(Query::of_ledger("holding the fence", &sql, args))
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
    /// The chunk's whole tally now; none leaves it as it is.
    pub(crate) tally: Option<&'a str>,
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
    if let Some(tally) = by.tally {
        set.push_str(", tally = ?");
        args.push(tally.into());
    }
    if by.state == ChunkState::Done {
        set.push_str(", state = 'done', lease_ms = NULL");
    }
    let sql = format!(
        "UPDATE {} SET {set} WHERE {}",
        names.table("chunk"),
        Fence::condition()
    );
    args.extend(fence.args());
    let moved = conn
        .run(Query::of_ledger("moving the cursor", &sql, args))
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
        .rows(Query::of_ledger(OP, &sql, args), |r| {
            Ok(Standing {
                epoch: r.number(0)?,
                commits: r.number(1)?,
                is_leased: r.number(2)? == 1,
            })
        })
        .await?;
    rows.into_iter().next().ok_or_else(|| {
        let what = format!(
            "the ledger has no chunk {} of run {} any more",
            fence.no, fence.run
        );
        StoreError::ledger(OP, what)
    })
}
