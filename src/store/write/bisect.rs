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
use crate::store::table::{CredentialColumn, NewForm, RowChange};

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
pub(super) fn batches<'p>(column: &CredentialColumn, items: &'p [PageItem]) -> Vec<SwapBatch<'p>> {
    let batch = |change| SwapBatch {
        change,
        swaps: Vec::new(),
        why: Vec::new(),
    };
    let mut batches = [
        RowChange::Wrap,
        RowChange::Value(NewForm::Labelled),
        RowChange::Value(NewForm::Native),
        RowChange::Reset,
        RowChange::Soft,
    ]
    .map(batch);
    for item in items {
        let (change, swap, why) = match item {
            PageItem::Swap(swap) => (swap.change(column), swap, None),
            PageItem::Reset(swap, why) => match why.how {
                ResetMode::Hard => (RowChange::Reset, swap, Some(why)),
                ResetMode::Soft => (RowChange::Soft, swap, Some(why)),
            },
            PageItem::Quarantine { .. } => continue,
        };
        for batch in batches.iter_mut().filter(|batch| batch.change == change) {
            batch.swaps.push(swap.clone());
            batch.why.extend(why);
        }
    }
    batches
        .into_iter()
        .filter(|batch| !batch.swaps.is_empty())
        .collect()
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
