//! A page in batches, by what is written with its rows.
//!
//! A row that the database refuses is found by halving its batch. Runs inside the page's
//! transaction.

use std::ops::Range;

use super::item::{PageItem, Swap};
use super::swap::swap;
use crate::policy::ResetMode;
use crate::store::ledger::ResetReason;
use crate::store::sql::{Conn, ErrorClass, Quote, StoreError};
use crate::store::table::{CredentialColumn, RowChange};

/// Rows of a page that one statement writes.
pub(super) struct SwapBatch<'p> {
    pub(super) change: RowChange,
    pub(super) swaps: Vec<Swap>,
    /// Why each was reset; nothing where they were not.
    pub(super) why: Vec<&'p ResetReason>,
}

/// The rows of a page by what is written with their values.
///
/// A row that is wrapped must not look reset to the application.
pub(super) fn batches(items: &[PageItem]) -> Vec<SwapBatch<'_>> {
    let batch = |change| SwapBatch {
        change,
        swaps: Vec::new(),
        why: Vec::new(),
    };
    let (mut values, mut hard, mut soft) = (
        batch(RowChange::Value),
        batch(RowChange::Reset),
        batch(RowChange::Soft),
    );
    for item in items {
        match item {
            PageItem::Swap(swap) => values.swaps.push(swap.clone()),
            PageItem::Reset(swap, why) => {
                let resets = match why.how {
                    ResetMode::Hard => &mut hard,
                    ResetMode::Soft => &mut soft,
                };
                resets.swaps.push(swap.clone());
                resets.why.push(why);
            }
            PageItem::Quarantine { .. } => {}
        }
    }
    let mut batches = vec![values, hard, soft];
    batches.retain(|batch| !batch.swaps.is_empty());
    batches
}

/// Swaps a batch; where a statement fails because of a row, finds that row by halving.
///
/// Returns the number swapped and the positions of the rows that were refused.
pub(super) async fn swap_bisecting(
    conn: &mut Conn,
    column: &CredentialColumn,
    batch: &SwapBatch<'_>,
) -> Result<(u64, Vec<usize>), StoreError> {
    let mut swapped = 0;
    let mut refused = Vec::new();
    let mut parts: Vec<Range<usize>> = std::iter::once(0..batch.swaps.len()).collect();
    while let Some(range) = parts.pop() {
        conn.script(
            "marking a savepoint",
            Quote::Message,
            "SAVEPOINT saltern_page",
        )
        .await?;
        match swap(conn, column, batch.change, &batch.swaps[range.clone()]).await {
            Ok(n) => {
                swapped += n;
                conn.script(
                    "releasing a savepoint",
                    Quote::Message,
                    "RELEASE SAVEPOINT saltern_page",
                )
                .await?;
            }
            Err(e) if e.class() == ErrorClass::Row => {
                conn.script(
                    "going back to a savepoint",
                    Quote::Message,
                    "ROLLBACK TO SAVEPOINT saltern_page",
                )
                .await?;
                if range.len() == 1 {
                    refused.push(range.start);
                } else {
                    let middle = range.start + range.len() / 2;
                    parts.push(middle..range.end);
                    parts.push(range.start..middle);
                }
            }
            Err(e) => return Err(e),
        }
    }
    Ok((swapped, refused))
}
