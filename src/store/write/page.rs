//! Committing a page: one short transaction that moves users' rows and the ledger together.
//!
//! No caller ever holds the transaction. A lock that is waited for too long halves the page. A
//! COMMIT without an answer is not repeated before the chunk's row has told whether it happened.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use super::item::PageItem;
use super::transaction::{PageTarget, PageTransaction, Segment, SegmentOutcome};
use crate::failpoint::hit;
use crate::store::ledger::{Accounts, ChunkState, Fence, fence};
use crate::store::read::Row;
use crate::store::sql::{Backoff, ErrorClass, Link, StoreError};
use crate::store::table::Key;

/// A page to be committed.
#[derive(Debug)]
pub struct Page {
    /// The candidates, in key order.
    pub items: Vec<PageItem>,
    /// How many rows were read for it.
    pub seen: i64,
    /// Where the cursor stands after it; none leaves it where it is (rows that come a second time).
    pub cursor: Option<Key>,
    /// Whether the chunk is done with it.
    pub last: bool,
    /// The chunk's whole tally after it; none leaves it as it is.
    pub tally: Option<String>,
}

/// What became of a page.
#[derive(Debug, Default)]
pub struct PageOutcome {
    /// What was added to the chunk's counts.
    pub accounts: Accounts,
    /// Rows that were changed meanwhile and that a rule would still change: to be hashed again.
    ///
    /// Not counted yet.
    pub again: Vec<Row>,
    /// Rows that stayed locked: to be tried again at the end of the chunk. Not counted yet.
    pub locked: Vec<PageItem>,
    /// Rows that the database refused to change: counted as quarantined.
    pub refused: i64,
    /// Whether the chunk is done with it.
    pub chunk_done: bool,
    /// How long the slowest transaction held its locks, beyond what a page of one row would have.
    ///
    /// That is what about eight statements on a row or two take, which no smaller page would save.
    pub slowest: Duration,
    /// How long the longest transaction was open, one that was rolled back too.
    ///
    /// No row was locked for longer.
    pub longest: Duration,
    /// Whether it had to be tried again, because of a deadlock or of a lock that another held.
    pub was_busy: bool,
}

/// Whether the page is the worker's to commit.
#[derive(Debug)]
pub enum Committed {
    /// It is in the database.
    Yes(PageOutcome),
    /// The lease is lost: another worker goes on where the last commit stood.
    ///
    /// Nothing of this page was written.
    LeaseLost,
}

/// Commits a page.
///
/// # Errors
/// A database that stays gone or busy; a row that reads back wrong; anything else that is no row's
/// fault.
pub async fn commit_page(
    link: &mut Link,
    target: &PageTarget<'_>,
    fence: &mut Fence,
    page: &Page,
) -> Result<Committed, StoreError> {
    let mut outcome = PageOutcome::default();
    let mut segments: VecDeque<Range<usize>> = std::iter::once(0..page.items.len()).collect();
    let mut backoff = Backoff::steady(Duration::from_millis(200));
    let mut locked_in_a_row = 0;
    // Where one writer has the whole file, no single row is locked.
    let rows_are_locked = !target.names.kind.lets_in_one_writer();
    let mut commit = PageCommit {
        link,
        target,
        unanswered: None,
        longest: Duration::ZERO,
    };
    while let Some(range) = segments.pop_front() {
        let items = &page.items[range.clone()];
        let end = segments.is_empty();
        let last = end && page.last && outcome.locked.is_empty() && outcome.again.is_empty();
        let segment = Segment {
            items,
            seen: if end { page.seen } else { 0 },
            cursor: match (end, &page.cursor) {
                (true, cursor) => cursor.as_ref(),
                (false, None) => None,
                (false, Some(_)) => items.last().map(PageItem::key),
            },
            state: if last {
                ChunkState::Done
            } else {
                ChunkState::Leased
            },
            tally: page.tally.as_deref(),
        };
        let tried = commit.attempt(fence, &segment).await;
        outcome.was_busy |= matches!(&tried, Err(e) if e.class() == ErrorClass::Busy);
        match tried {
            Ok(PageAttempt::Committed(written)) => {
                // An empty segment moves the cursor past rows that are held, and writes none.
                if !items.is_empty() {
                    commit.link.held = None;
                }
                outcome.chunk_done = last && written.again.is_empty();
                outcome.add(written);
                fence.commits += 1;
                commit.unanswered = None;
                backoff.reset();
                locked_in_a_row = 0;
            }
            Ok(PageAttempt::LeaseLost) => return Ok(Committed::LeaseLost),
            Err(e) if e.class() == ErrorClass::Busy && commit.link.is_held_too_long(&e) => {
                return Err(commit.locked(items, e));
            }
            Err(e)
                if e.class() == ErrorClass::Busy
                    && rows_are_locked
                    && items.len() > 1
                    && commit.unanswered.is_none() =>
            {
                let middle = range.start + items.len() / 2;
                segments.push_front(middle..range.end);
                segments.push_front(range.start..middle);
            }
            Err(e)
                if e.class() == ErrorClass::Busy
                    && rows_are_locked
                    && items.len() == 1
                    && !last
                    && locked_in_a_row < LOCKED_IN_A_ROW_MAX
                    && commit.unanswered.is_none() =>
            {
                locked_in_a_row += 1;
                outcome.locked.push(items[0].clone());
                // The cursor moves past it with the next segment; an empty one stands for the end.
                if end {
                    segments.push_front(range.end..range.end);
                }
            }
            Err(e) if backoff.allows(&e) => {
                if e.class() == ErrorClass::Gone {
                    commit.link.lost();
                }
                segments.push_front(range);
                backoff.wait().await;
            }
            Err(e) => return Err(e),
        }
    }
    // Rows that were set aside are waited for at the chunk's end.
    commit.link.wait_no_more();
    outcome.longest = commit.longest;
    Ok(Committed::Yes(outcome))
}

/// So many rows in a row are set aside because somebody holds them. If the next one is held too,
/// somebody holds the table: it is waited for.
const LOCKED_IN_A_ROW_MAX: usize = 3;

/// A page's transaction has about so many statements, from the fence to the COMMIT.
const STATEMENTS: u32 = 8;

impl PageOutcome {
    fn add(&mut self, written: SegmentOutcome) {
        self.accounts += written.accounts;
        self.again.extend(written.again);
        self.refused += written.refused;
        self.slowest = self.slowest.max(written.held);
    }
}

/// A page on its way into the database, transaction by transaction.
struct PageCommit<'c> {
    link: &'c mut Link,
    target: &'c PageTarget<'c>,
    /// What a COMMIT without an answer would have meant.
    ///
    /// While that is open the page is not cut: the same rows are tried again, and the fence tells
    /// whether they were written.
    unanswered: Option<SegmentOutcome>,
    /// As [`PageOutcome::longest`].
    longest: Duration,
}

enum PageAttempt {
    Committed(SegmentOutcome),
    LeaseLost,
}

impl PageCommit<'_> {
    /// Tries a segment once, and measures how long its transaction was open.
    async fn attempt(
        &mut self,
        fence: &Fence,
        segment: &Segment<'_>,
    ) -> Result<PageAttempt, StoreError> {
        hit("before-page");
        self.link.conn().await?.begin().await?;
        let begun = Instant::now();
        let ended = self.end(fence, segment).await;
        self.longest = self.longest.max(begun.elapsed());
        let mut ended = ended?;
        if let PageAttempt::Committed(written) = &mut ended {
            written.held = begun.elapsed().saturating_sub(written.one_row * STATEMENTS);
        }
        Ok(ended)
    }

    /// Brings a transaction that has begun to its end.
    async fn end(
        &mut self,
        fence: &Fence,
        segment: &Segment<'_>,
    ) -> Result<PageAttempt, StoreError> {
        let conn = self.link.conn().await?;
        let transaction = PageTransaction::begun(conn, self.target, fence);
        match transaction.write(segment).await {
            Ok(Some(written)) => {
                hit("before-commit");
                self.unanswered = Some(written);
                self.commit().await
            }
            Ok(None) => self.ask(fence, segment).await,
            Err(e) => {
                self.roll_back().await;
                Err(e)
            }
        }
    }

    async fn commit(&mut self) -> Result<PageAttempt, StoreError> {
        if let Err(e) = self.link.conn().await?.commit().await {
            // A server that refuses a row did not commit. Of all else the fence tells.
            if e.class() == ErrorClass::Row {
                self.unanswered = None;
            }
            if e.class() != ErrorClass::Gone {
                self.roll_back().await;
            }
            return Err(e);
        }
        if hit("commit-answer") {
            return Err(StoreError::answer_lost());
        }
        Ok(PageAttempt::Committed(
            self.unanswered.take().unwrap_or_default(),
        ))
    }

    /// The fence did not hold: did our own COMMIT, whose answer was lost, get through?
    async fn ask(
        &mut self,
        fence: &Fence,
        segment: &Segment<'_>,
    ) -> Result<PageAttempt, StoreError> {
        let conn = self.link.conn().await?;
        let now = fence::standing(conn, self.target.names, fence).await?;
        conn.rollback().await?;
        let ours = now.epoch == fence.epoch
            && now.commits == fence.commits + 1
            && (now.is_leased || segment.state == ChunkState::Done);
        Ok(match self.unanswered.take() {
            Some(written) if ours => PageAttempt::Committed(written),
            _ => PageAttempt::LeaseLost,
        })
    }

    /// The error of rows that stayed locked.
    fn locked(&self, items: &[PageItem], error: StoreError) -> StoreError {
        let rows = match items {
            [] => return error,
            [item] => format!("the row with the key {}", in_one_line(item.key())),
            [first, .., last] => format!(
                "a row with a key from {} to {}",
                in_one_line(first.key()),
                in_one_line(last.key())
            ),
        };
        let since = self.link.held.as_ref().map(|held| held.since.elapsed());
        StoreError::Locked {
            credential: self.target.column.credential.clone(),
            rows,
            seconds: since.unwrap_or_default().as_secs(),
            error: Box::new(error),
        }
    }

    async fn roll_back(&mut self) {
        let rolled_back = match self.link.conn().await {
            Ok(conn) => conn.rollback().await.is_ok(),
            Err(_) => false,
        };
        if !rolled_back {
            self.link.lost();
        }
    }
}

/// A key for an error: a newline in it begins no line of a log.
fn in_one_line(key: &Key) -> String {
    key.to_string().replace('\n', "\\u000a")
}
