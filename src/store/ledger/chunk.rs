//! The `chunk` table: ranges of the key, who works on each, how far it is, and its accounts.

use super::names::Names;
use crate::failpoint::hit;
use crate::store::sql::{Arg, Conn, Quote, RowRef, StoreError, now_ms};

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

    /// The transition table. A lease that ran out is taken over: leased to leased, under a higher epoch.
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Pending, Self::Leased)
                | (Self::Leased, Self::Leased | Self::Pending | Self::Done)
        )
    }
}

/// The counts of a chunk, a pass or a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Rows read.
    pub seen: i64,
    /// Rows that a rule would change, counted when they were read.
    pub candidates: i64,
    /// Rows changed.
    pub done: i64,
    /// Rows that the application changed first.
    pub superseded: i64,
    /// Rows that were deleted meanwhile.
    pub deleted: i64,
    /// Rows left alone, with a reason.
    pub quarantined: i64,
}

impl Accounts {
    /// candidates = done + superseded + deleted + quarantined.
    pub fn close(&self) -> bool {
        self.candidates == self.done + self.superseded + self.deleted + self.quarantined
    }
}

impl std::ops::AddAssign for Accounts {
    fn add_assign(&mut self, other: Self) {
        self.seen += other.seen;
        self.candidates += other.candidates;
        self.done += other.done;
        self.superseded += other.superseded;
        self.deleted += other.deleted;
        self.quarantined += other.quarantined;
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

/// Adds chunks to a run, numbered from `first`, inside the caller's transaction.
pub async fn insert(
    conn: &mut Conn,
    names: &Names,
    run: &str,
    first: i64,
    chunks: &[ChunkBounds],
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO {} (run, no, credential, pass, lo, hi, state, epoch, commits, seen, candidates, done, superseded, deleted, quarantined, updated_ms) \
         VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, 0, 0, 0, 0, 0, 0, 0, {})",
        names.table("chunk"),
        now_ms(conn.kind())
    );
    for (i, chunk) in (first..).zip(chunks) {
        let args = vec![
            run.into(),
            Arg::Int(i),
            chunk.credential.as_str().into(),
            Arg::Int(chunk.pass),
            chunk.lo.as_deref().into(),
            chunk.hi.as_deref().into(),
        ];
        conn.run("creating the chunks", Quote::Message, &sql, args)
            .await?;
    }
    Ok(())
}

/// Takes the lease of the next chunk that is free in a pass; none where there is none to be had now. A lease of the owner's own that has run out
/// is not free: the owner may be working on that chunk still.
pub async fn claim(
    conn: &mut Conn,
    names: &Names,
    run: &str,
    pass: i64,
    owner: &str,
) -> Result<Option<ClaimedChunk>, StoreError> {
    let now = now_ms(conn.kind());
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
                "looking for a chunk",
                Quote::Message,
                &find,
                vec![run.into(), Arg::Int(pass), owner.into()],
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
            .run("claiming a chunk", Quote::Message, &take, args)
            .await?
            == 1
        {
            hit("after-claim");
            chunk.epoch += 1;
            return Ok(Some(chunk));
        }
    }
}

/// Gives back the leases of a worker whose process is known to be gone, so that they need not run out.
pub async fn release_owner(conn: &mut Conn, names: &Names, owner: &str) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET state = 'pending', owner = NULL, lease_ms = NULL WHERE owner = ? AND state = 'leased'",
        names.table("chunk")
    );
    conn.run(
        "giving chunks back",
        Quote::Message,
        &sql,
        vec![owner.into()],
    )
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
        "reading the chunks",
        Quote::Message,
        &sql,
        vec![run.into()],
        |r| {
            let state = r.owned(3)?;
            Ok(ChunkRow {
                no: r.number(0)?,
                credential: r.owned(1)?,
                pass: r.number(2)?,
                state: ChunkState::ALL
                    .into_iter()
                    .find(|s| s.as_str() == state)
                    .ok_or_else(|| {
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

    #[test]
    fn the_accounts_close_only_when_every_candidate_is_accounted_for() {
        let mut a = Accounts {
            seen: 9,
            candidates: 4,
            done: 1,
            superseded: 1,
            deleted: 1,
            quarantined: 1,
        };
        assert!(a.close());
        a.done = 0;
        assert!(!a.close());
    }
}
