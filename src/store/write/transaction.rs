//! The body of a page's transaction, from the fence to the cursor.
//!
//! Begins and commits nothing: `page` does.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::bisect::{SwapBatch, batches, swap_bisecting};
use super::item::{KeptVerdict, PageItem, Swap};
use super::revoke::revoke;
use super::swap::{Now, read_back, read_locked};
use super::verdicts::keep_verdicts;
use crate::failpoint::hit;
use crate::store::ledger::quarantine::{self, QuarantinedRow};
use crate::store::ledger::{
    Accounts, ChunkState, Fence, Names, PageOf, QuarantineReason, ResetReason, RowsOf, fence,
    reset, wrapped,
};
use crate::store::read::{Row, read_key};
use crate::store::sql::{Conn, StoreError};
use crate::store::table::{CredentialColumn, Key, RowChange};

/// Everything that a page is committed against.
#[derive(Clone, Copy, Debug)]
pub struct PageTarget<'a> {
    /// The ledger's place.
    pub names: &'a Names,
    /// The user table's column.
    pub column: &'a CredentialColumn,
    /// What is asked of its rows once more.
    pub check: RowCheck<'a>,
}

/// What is asked of rows as they stand inside the page's transaction.
///
/// Time may have passed since they were read.
#[derive(Clone, Copy)]
pub struct RowCheck<'j> {
    /// Of a row whose value was changed meanwhile: would a rule still change it?
    pub changes: &'j (dyn Fn(&Row) -> bool + Sync),
    /// Of one that is to be reset: would a rule still reset it?
    pub resets: &'j (dyn Fn(&Row) -> bool + Sync),
}

impl std::fmt::Debug for RowCheck<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RowCheck(..)")
    }
}

/// A page or a part of one, as one transaction writes it.
pub(super) struct Segment<'p> {
    pub(super) items: &'p [PageItem],
    /// How many rows were read for it.
    pub(super) seen: i64,
    /// Where the cursor stands after it.
    pub(super) cursor: Option<&'p Key>,
    /// The chunk's state after it, unless rows of it are left to be hashed again.
    pub(super) state: ChunkState,
    /// The chunk's whole tally after it; none leaves it as it is.
    pub(super) tally: Option<&'p str>,
}

/// What one transaction did.
#[derive(Debug, Default)]
pub(super) struct SegmentOutcome {
    pub(super) accounts: Accounts,
    /// Rows to be hashed again.
    pub(super) again: Vec<Row>,
    /// How many rows the database refused.
    pub(super) refused: i64,
    /// How long a statement on one row took.
    pub(super) one_row: Duration,
    /// How long the transaction held its locks.
    pub(super) held: Duration,
}

/// A page's transaction that has begun.
pub(super) struct PageTransaction<'t> {
    conn: &'t mut Conn,
    target: &'t PageTarget<'t>,
    fence: &'t Fence,
    outcome: SegmentOutcome,
}

/// The rows that were written, for what is kept on them in the ledger.
#[derive(Default)]
struct Written<'b> {
    judged: Vec<&'b Swap>,
    reset: Vec<(&'b Key, &'b ResetReason)>,
    wrapped: Vec<&'b Key>,
    refused: Vec<&'b Swap>,
}

impl<'t> PageTransaction<'t> {
    /// A transaction that has begun on this connection.
    pub(super) fn begun(conn: &'t mut Conn, target: &'t PageTarget<'t>, fence: &'t Fence) -> Self {
        Self {
            conn,
            target,
            fence,
            outcome: SegmentOutcome::default(),
        }
    }

    /// Writes a segment; none where the fence does not hold.
    pub(super) async fn write(
        mut self,
        segment: &Segment<'_>,
    ) -> Result<Option<SegmentOutcome>, StoreError> {
        hit("before-fence");
        let begun = Instant::now();
        if !fence::hold(self.conn, self.target.names, self.fence).await? {
            return Ok(None);
        }
        self.outcome.one_row = begun.elapsed();
        hit("after-fence");
        self.outcome.accounts.seen = segment.seen;
        let mut batches = batches(self.target.column, segment.items);
        if self.target.column.asks_beside_the_value() {
            for batch in &mut batches {
                self.leave_out(batch).await?;
            }
        }
        let written = self.swap(&batches).await?;
        hit("after-read-back");
        self.keep(&written).await?;
        self.quarantine(segment.items, &written.refused).await?;
        hit("after-quarantine");
        if !self.advance(segment).await? {
            return Ok(None);
        }
        hit("after-cursor");
        Ok(Some(self.outcome))
    }

    /// Takes out of a batch of resets whom no rule would reset any more.
    ///
    /// The swap's condition is the value alone. Whoever has logged in, was excepted or need not be
    /// asked any more since the row was read still has the same value. The rows stay locked.
    async fn leave_out(&mut self, batch: &mut SwapBatch<'_>) -> Result<(), StoreError> {
        if !matches!(batch.change, RowChange::Reset | RowChange::Soft) {
            return Ok(());
        }
        let PageTarget { column, check, .. } = *self.target;
        let mut now: HashMap<String, Row> = read_locked(self.conn, column, &batch.swaps)
            .await?
            .into_iter()
            .map(|row| (row.key.to_ledger(), row))
            .collect();
        let swaps = std::mem::take(&mut batch.swaps);
        let why = std::mem::take(&mut batch.why);
        for (swap, why) in swaps.into_iter().zip(why) {
            match now.remove(&swap.key.to_ledger()) {
                Some(row) if (check.resets)(&row) => {
                    batch.swaps.push(swap);
                    batch.why.push(why);
                    continue;
                }
                Some(row) if (check.changes)(&row) => {
                    self.outcome.again.push(row);
                    continue;
                }
                Some(_) => self.outcome.accounts.superseded += 1,
                // `where` may hold for it no more.
                None if column.filter.is_some() => self.outcome.accounts.superseded += 1,
                None => self.outcome.accounts.deleted += 1,
            }
            self.outcome.accounts.candidates += 1;
        }
        Ok(())
    }

    /// Swaps the batches, reads them again, and counts what became of each row.
    async fn swap<'b>(&mut self, batches: &'b [SwapBatch<'b>]) -> Result<Written<'b>, StoreError> {
        let column = self.target.column;
        let mut swapped = Vec::with_capacity(batches.len());
        for batch in batches {
            swapped.push(swap_bisecting(self.conn, column, batch).await?);
        }
        hit("after-swap");
        let mut written = Written::default();
        for (batch, (swapped, refused)) in batches.iter().zip(&swapped) {
            let ours = self.count(batch, refused, &mut written).await?;
            written
                .refused
                .extend(refused.iter().map(|i| &batch.swaps[*i]));
            // The application may lock an account by the very marker that resets do.
            let locked_too =
                ours > *swapped && batch.change == RowChange::Reset && column.on_reset.is_fixed;
            if ours != *swapped && !locked_too {
                return Err(StoreError::WrongReadBack {
                    credential: column.credential.clone(),
                    rows: swapped.abs_diff(ours),
                });
            }
        }
        Ok(written)
    }

    /// Reads a batch again and counts its rows; says in how many stands our new value.
    async fn count<'b>(
        &mut self,
        batch: &'b SwapBatch<'b>,
        refused: &[usize],
        written: &mut Written<'b>,
    ) -> Result<u64, StoreError> {
        let PageTarget { column, check, .. } = *self.target;
        let mut ours = 0;
        let found = read_back(self.conn, column, batch.change, &batch.swaps).await?;
        for (i, (swap, now)) in batch.swaps.iter().zip(found).enumerate() {
            if refused.contains(&i) {
                continue;
            }
            match now {
                Now::Ours => {
                    ours += 1;
                    self.outcome.accounts.done += 1;
                    let is_judged = swap.verdict != KeptVerdict::None;
                    written.judged.extend(is_judged.then_some(swap));
                    written
                        .reset
                        .extend(batch.why.get(i).map(|why| (&swap.key, *why)));
                    written.wrapped.extend(swap.is_wrap().then_some(&swap.key));
                }
                Now::Gone => self.outcome.accounts.deleted += 1,
                Now::Other => match read_key(self.conn, column, &swap.key).await? {
                    Some(row) if (check.changes)(&row) => {
                        self.outcome.again.push(row);
                        continue;
                    }
                    _ => self.outcome.accounts.superseded += 1,
                },
            }
            self.outcome.accounts.candidates += 1;
        }
        Ok(ours)
    }

    /// Keeps in the ledger what was written, and runs the operator's statements for who was reset.
    async fn keep(&mut self, written: &Written<'_>) -> Result<(), StoreError> {
        let PageTarget { names, column, .. } = *self.target;
        keep_verdicts(self.conn, names, column, &written.judged).await?;
        let keys: Vec<&Key> = written.reset.iter().map(|(key, _)| *key).collect();
        revoke(self.conn, column, &keys).await?;
        hit("after-revoke");
        let was_reset: Vec<(String, &ResetReason)> = written
            .reset
            .iter()
            .map(|(key, why)| (key.to_ledger_line(), *why))
            .collect();
        let of = PageOf {
            run: &self.fence.run,
            chunk: self.fence.no,
            page: self.fence.commits,
            credential: &column.credential,
        };
        reset::note(self.conn, names, &of, &was_reset).await?;
        wrapped::note(self.conn, names, &of, &written.wrapped).await?;
        hit("after-reset");
        Ok(())
    }

    /// Lists the rows that were asked to be left alone, and those that the database refused.
    async fn quarantine(
        &mut self,
        items: &[PageItem],
        refused: &[&Swap],
    ) -> Result<(), StoreError> {
        let unfit = refused.iter().map(|s| QuarantinedRow {
            key: &s.key,
            reason: QuarantineReason::WriteRefused,
            class: "unwritable",
            bytes: i64::try_from(s.old.as_bytes().len()).unwrap_or(i64::MAX),
        });
        let asked = items.iter().filter_map(|item| match item {
            PageItem::Quarantine {
                key,
                reason,
                class,
                bytes,
            } => Some(QuarantinedRow {
                key,
                reason: *reason,
                class,
                bytes: *bytes,
            }),
            PageItem::Swap(_) | PageItem::Reset(..) => None,
        });
        let of = RowsOf {
            run: &self.fence.run,
            credential: &self.target.column.credential,
        };
        for row in asked.chain(unfit) {
            quarantine::note(self.conn, self.target.names, of, &row).await?;
            self.outcome.accounts.candidates += 1;
            self.outcome.accounts.quarantined += 1;
        }
        self.outcome.refused = i64::try_from(refused.len()).unwrap_or(i64::MAX);
        Ok(())
    }

    /// Moves the cursor and the counts; false where the fence is lost.
    async fn advance(&mut self, segment: &Segment<'_>) -> Result<bool, StoreError> {
        let by = fence::Advance {
            accounts: &self.outcome.accounts,
            cursor: segment.cursor,
            // The chunk is done only when no row of it is left to be hashed again.
            tally: segment.tally,
            state: if self.outcome.again.is_empty() {
                segment.state
            } else {
                ChunkState::Leased
            },
        };
        fence::advance(self.conn, self.target.names, self.fence, &by).await
    }
}
