//! Committing a page: one short transaction that moves users' rows and the ledger together.
//!
//! Fence, swaps, re-read, quarantine, cursor and counts, commit; no caller ever holds the transaction. A lock that is waited for too
//! long halves the page; a row that the database refuses is found by bisection; a COMMIT without an answer is never repeated before
//! the chunk's row has told whether it happened.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::time::{Duration, Instant};

use super::bisect::{Batch, batches, swap_bisecting};
use super::item::{Item, Swap, Verdict};
use super::revoke::revoke;
use super::swap::{Now, read_back, read_locked};
use crate::census::Fingerprint;
use crate::failpoint::hit;
use crate::store::ledger::{
    Accounts, KnownRow, Names, QuarantineReason, ResetReason, known, reset, wrapped,
};
use crate::store::read::{Row, padding, read_key};
use crate::store::sql::{
    Arg, Conn, Kind, Link, PATIENCE, Quote, StoreError, Trouble, now_ms, pause,
};
use crate::store::table::{Change, Column, Key};

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

/// A page to be committed.
#[derive(Debug)]
pub struct Page {
    /// The candidates, in key order.
    pub items: Vec<Item>,
    /// How many rows were read for it.
    pub seen: i64,
    /// Where the cursor stands after it; none leaves it where it is (rows that come a second time).
    pub cursor: Option<Key>,
    /// Whether the chunk is done with it.
    pub last: bool,
}

/// What became of a page.
#[derive(Debug, Default)]
pub struct PageOutcome {
    /// What was added to the chunk's counts.
    pub accounts: Accounts,
    /// Rows that were changed meanwhile and that the rule would change still: to be hashed again. Not counted yet.
    pub again: Vec<Row>,
    /// Rows that stayed locked: to be tried again at the end of the chunk. Not counted yet.
    pub locked: Vec<Item>,
    /// Rows that the database refused to change: counted as quarantined.
    pub refused: i64,
    /// Whether the chunk is done with it.
    pub chunk_done: bool,
    /// How long the slowest transaction held its locks, less what about so many statements take on a row or two: a page with fewer rows
    /// would have held them as long.
    pub slowest: Duration,
    /// How long the longest transaction was open, one that was rolled back too: no row was locked for longer.
    pub longest: Duration,
    /// Whether it had to be tried again, because of a lock that another held for long or a deadlock.
    pub was_busy: bool,
}

/// Whether the page is the worker's to commit.
#[derive(Debug)]
pub enum Committed {
    /// It is in the database.
    Yes(PageOutcome),
    /// The lease is lost: another worker goes on where the last commit stood. Nothing of this page was written.
    LeaseLost,
}

/// Everything that a page is committed against.
#[derive(Debug)]
pub struct PageTarget<'a> {
    /// The ledger's place.
    pub names: &'a Names,
    /// The user table's column.
    pub column: &'a Column,
}

/// What is asked of rows as they stand inside the page's transaction, where time may have passed since they were read.
#[derive(Clone, Copy)]
pub struct Still<'j> {
    /// Of a row whose value was changed meanwhile: would a rule still change it?
    pub changes: &'j (dyn Fn(&Row) -> bool + Sync),
    /// Of one that is to be reset: would a rule still reset it?
    pub resets: &'j (dyn Fn(&Row) -> bool + Sync),
}

impl std::fmt::Debug for Still<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Still(..)")
    }
}

/// Commits a page.
///
/// # Errors
/// A database that stays gone or busy; a row that reads back wrong; anything else that is no row's fault.
pub async fn commit_page(
    link: &mut Link,
    target: &PageTarget<'_>,
    fence: &mut Fence,
    page: &Page,
    still: Still<'_>,
) -> Result<Committed, StoreError> {
    let mut outcome = PageOutcome::default();
    let mut segments: VecDeque<Range<usize>> = std::iter::once(0..page.items.len()).collect();
    let mut since = Instant::now();
    let mut course = Course::default();
    let mut was_busy = false;
    while let Some(range) = segments.pop_front() {
        let items = &page.items[range.clone()];
        let end = segments.is_empty();
        let part = Part {
            items,
            seen: if end { page.seen } else { 0 },
            cursor: match (end, &page.cursor) {
                (true, cursor) => cursor.as_ref(),
                (false, None) => None,
                (false, Some(_)) => items.last().map(Item::key),
            },
            last: end && page.last && outcome.locked.is_empty() && outcome.again.is_empty(),
        };
        let tried = attempt(link, target, fence, &part, still, &mut course).await;
        was_busy |= matches!(&tried, Err(e) if e.trouble() == Trouble::Busy);
        match tried {
            Ok(Attempt::Committed(segment)) => {
                outcome.slowest = outcome.slowest.max(segment.held);
                outcome.chunk_done = part.last && segment.again.is_empty();
                outcome.add(segment);
                fence.commits += 1;
                course.unanswered = None;
                since = Instant::now();
            }
            Ok(Attempt::LeaseLost) => return Ok(Committed::LeaseLost),
            Err(e)
                if e.trouble() == Trouble::Busy
                    && items.len() > 1
                    && course.unanswered.is_none() =>
            {
                let middle = range.start + items.len() / 2;
                segments.push_front(middle..range.end);
                segments.push_front(range.start..middle);
                pause(Duration::from_millis(50)).await;
            }
            Err(e)
                if e.trouble() == Trouble::Busy
                    && items.len() == 1
                    && !part.last
                    && course.unanswered.is_none() =>
            {
                outcome.locked.push(items[0].clone());
                // The cursor moves past it with the next segment; an empty one stands for the end.
                if end {
                    segments.push_front(range.end..range.end);
                }
            }
            Err(e) if e.is_transient() && since.elapsed() < PATIENCE => {
                if e.trouble() == Trouble::Gone {
                    link.lost();
                }
                segments.push_front(range);
                pause(Duration::from_millis(200)).await;
            }
            Err(e) => return Err(e),
        }
    }
    outcome.was_busy = was_busy;
    outcome.longest = course.longest;
    Ok(Committed::Yes(outcome))
}

/// A page's transaction has about so many statements, from the fence to the COMMIT.
const STATEMENTS: u32 = 8;

/// What is known of a page's transactions so far.
#[derive(Debug, Default)]
struct Course {
    /// What a COMMIT without an answer would have meant. While that is open the page is not cut: the same rows are tried again, and
    /// the fence tells whether they were written.
    unanswered: Option<Segment>,
    /// As [`PageOutcome::longest`].
    longest: Duration,
}

/// A page or a part of one, as one transaction writes it.
struct Part<'p> {
    items: &'p [Item],
    seen: i64,
    cursor: Option<&'p Key>,
    last: bool,
}

/// What one transaction did.
#[derive(Debug, Default)]
struct Segment {
    accounts: Accounts,
    again: Vec<Row>,
    refused: i64,
    /// How long a statement on one row took.
    one_row: Duration,
    /// As [`PageOutcome::slowest`].
    held: Duration,
}

enum Attempt {
    Committed(Segment),
    LeaseLost,
}

impl PageOutcome {
    fn add(&mut self, segment: Segment) {
        self.accounts += segment.accounts;
        self.again.extend(segment.again);
        self.refused += segment.refused;
    }
}

async fn attempt(
    link: &mut Link,
    target: &PageTarget<'_>,
    fence: &Fence,
    part: &Part<'_>,
    still: Still<'_>,
    course: &mut Course,
) -> Result<Attempt, StoreError> {
    let conn = link.conn().await?;
    conn.begin().await?;
    let begun = Instant::now();
    let ended = end(link, target, fence, part, still, course).await;
    course.longest = course.longest.max(begun.elapsed());
    let mut ended = ended?;
    if let Attempt::Committed(segment) = &mut ended {
        segment.held = begun.elapsed().saturating_sub(segment.one_row * STATEMENTS);
    }
    Ok(ended)
}

/// A transaction that has begun, to its end.
async fn end(
    link: &mut Link,
    target: &PageTarget<'_>,
    fence: &Fence,
    part: &Part<'_>,
    still: Still<'_>,
    course: &mut Course,
) -> Result<Attempt, StoreError> {
    let conn = link.conn().await?;
    let unanswered = &mut course.unanswered;
    let written = write(conn, target, fence, part, still).await;
    match written {
        Ok(Some(segment)) => {
            hit("before-commit");
            *unanswered = Some(segment);
            if let Err(e) = conn.commit().await {
                // A server that says why it did not commit has answered.
                if e.trouble() != Trouble::Gone {
                    *unanswered = None;
                    if conn.rollback().await.is_err() {
                        link.lost();
                    }
                }
                return Err(e);
            }
            if hit("commit-answer") {
                return Err(StoreError::answer_lost());
            }
            Ok(Attempt::Committed(unanswered.take().unwrap_or_default()))
        }
        Ok(None) => {
            // The fence did not hold. Did our own COMMIT, whose answer was lost, get through?
            let (epoch, commits, owner_state) = chunk_now(conn, target.names, fence).await?;
            conn.rollback().await?;
            match unanswered.take() {
                Some(segment)
                    if epoch == fence.epoch
                        && commits == fence.commits + 1
                        && (owner_state || part.last) =>
                {
                    Ok(Attempt::Committed(segment))
                }
                _ => Ok(Attempt::LeaseLost),
            }
        }
        Err(e) => {
            if conn.rollback().await.is_err() {
                link.lost();
            }
            Err(e)
        }
    }
}

/// The body of the transaction; none where the fence does not hold.
async fn write(
    conn: &mut Conn,
    target: &PageTarget<'_>,
    fence: &Fence,
    part: &Part<'_>,
    still: Still<'_>,
) -> Result<Option<Segment>, StoreError> {
    let chunk = target.names.table("chunk");
    let now = now_ms(conn.kind());
    let hold = format!(
        "UPDATE {chunk} SET updated_ms = {now} WHERE run = ? AND no = ? AND epoch = ? AND commits = ? AND state = 'leased'"
    );
    let at = || -> Vec<Arg> {
        vec![
            fence.run.as_str().into(),
            Arg::Int(fence.no),
            Arg::Int(fence.epoch),
            Arg::Int(fence.commits),
        ]
    };
    hit("before-fence");
    let begun = Instant::now();
    if conn
        .run("holding the fence", Quote::Message, &hold, at())
        .await?
        != 1
    {
        return Ok(None);
    }
    let one_row = begun.elapsed();
    hit("after-fence");
    let mut batches = batches(part.items);
    let mut segment = Segment {
        one_row,
        ..Segment::default()
    };
    segment.accounts.seen = part.seen;
    if target.column.asks_beside_the_value() {
        for batch in &mut batches {
            leave_out(conn, target.column, batch, still, &mut segment).await?;
        }
    }
    let mut written = Vec::with_capacity(batches.len());
    for batch in &batches {
        written.push(swap_bisecting(conn, target.column, batch).await?);
    }
    hit("after-swap");
    let mut judged: Vec<&Swap> = Vec::new();
    let mut was_reset: Vec<(&Key, &ResetReason)> = Vec::new();
    let mut was_wrapped: Vec<&Key> = Vec::new();
    for (batch, (swapped, refused)) in batches.iter().zip(&written) {
        let mut ours = 0;
        let found = read_back(conn, target.column, batch.change, &batch.swaps).await?;
        for (i, (swap, now)) in batch.swaps.iter().zip(found).enumerate() {
            if refused.contains(&i) {
                continue;
            }
            match now {
                Now::Ours => {
                    ours += 1;
                    segment.accounts.done += 1;
                    judged.extend((swap.verdict != Verdict::None).then_some(swap));
                    was_reset.extend(batch.why.get(i).map(|why| (&swap.key, *why)));
                    was_wrapped.extend(swap.is_wrap().then_some(&swap.key));
                }
                Now::Gone => segment.accounts.deleted += 1,
                Now::Other => match read_key(conn, target.column, &swap.key).await? {
                    Some(row) if (still.changes)(&row) => {
                        segment.again.push(row);
                        continue;
                    }
                    _ => segment.accounts.superseded += 1,
                },
            }
            segment.accounts.candidates += 1;
        }
        // The application may lock an account by the very marker that resets do.
        let locked_too =
            ours > *swapped && batch.change == Change::Reset && target.column.on_reset.is_fixed;
        if ours != *swapped && !locked_too {
            return Err(StoreError::WrongReadBack {
                credential: target.column.credential.clone(),
                rows: swapped.abs_diff(ours),
            });
        }
    }
    hit("after-read-back");
    keep_verdicts(conn, target, &judged).await?;
    let keys: Vec<&Key> = was_reset.iter().map(|(key, _)| *key).collect();
    revoke(conn, target.column, &keys).await?;
    hit("after-revoke");
    let was_reset: Vec<(String, &ResetReason)> = was_reset
        .iter()
        .map(|(key, why)| (key.to_ledger_line(), *why))
        .collect();
    let chunk_of = reset::OfChunk {
        run: &fence.run,
        chunk: fence.no,
        credential: &target.column.credential,
    };
    reset::note(conn, target.names, &chunk_of, &was_reset).await?;
    wrapped::note(conn, target.names, &chunk_of, fence.commits, &was_wrapped).await?;
    hit("after-reset");
    let refused: Vec<&Swap> = batches
        .iter()
        .zip(&written)
        .flat_map(|(batch, (_, refused))| refused.iter().map(|i| &batch.swaps[*i]))
        .collect();
    let unfit = refused.iter().map(|s| {
        (
            &s.key,
            QuarantineReason::WriteRefused,
            "unwritable",
            i64::try_from(s.old.as_bytes().len()).unwrap_or(i64::MAX),
        )
    });
    let asked = part.items.iter().filter_map(|i| match i {
        Item::Quarantine {
            key,
            reason,
            class,
            bytes,
        } => Some((key, *reason, *class, *bytes)),
        Item::Swap(_) | Item::Reset(..) => None,
    });
    for (key, reason, class, bytes) in asked.chain(unfit) {
        quarantine(conn, target, fence, key, reason, class, bytes).await?;
        segment.accounts.candidates += 1;
        segment.accounts.quarantined += 1;
    }
    segment.refused = i64::try_from(refused.len()).unwrap_or(i64::MAX);
    hit("after-quarantine");
    let a = &segment.accounts;
    let mut set = format!(
        "commits = commits + 1, seen = seen + ?, candidates = candidates + ?, done = done + ?, superseded = superseded + ?, \
         deleted = deleted + ?, quarantined = quarantined + ?, updated_ms = {now}"
    );
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
    if let Some(key) = part.cursor {
        set.push_str(", at_key = ?");
        args.push(key.to_ledger().into());
    }
    // The chunk is done only when no row of it is left to be hashed again.
    if part.last && segment.again.is_empty() {
        set.push_str(", state = 'done', lease_ms = NULL");
    }
    let sql = format!(
        "UPDATE {chunk} SET {set} WHERE run = ? AND no = ? AND epoch = ? AND commits = ? AND state = 'leased'"
    );
    args.extend(at());
    if conn
        .run("moving the cursor", Quote::Message, &sql, args)
        .await?
        != 1
    {
        return Ok(None);
    }
    hit("after-cursor");
    Ok(Some(segment))
}

/// Takes out of a batch of resets whom no rule would reset any more: the swap's condition is the value alone, and whoever has logged in, was
/// excepted or need not be asked any more since the row was read still has the same one. The rows stay locked.
async fn leave_out(
    conn: &mut Conn,
    column: &Column,
    batch: &mut Batch<'_>,
    still: Still<'_>,
    segment: &mut Segment,
) -> Result<(), StoreError> {
    if !matches!(batch.change, Change::Reset | Change::Soft) {
        return Ok(());
    }
    let mut now: HashMap<String, Row> = read_locked(conn, column, &batch.swaps)
        .await?
        .into_iter()
        .map(|row| (row.key.to_ledger(), row))
        .collect();
    let swaps = std::mem::take(&mut batch.swaps);
    let why = std::mem::take(&mut batch.why);
    for (swap, why) in swaps.into_iter().zip(why) {
        match now.remove(&swap.key.to_ledger()) {
            Some(row) if (still.resets)(&row) => {
                batch.swaps.push(swap);
                batch.why.push(why);
                continue;
            }
            Some(row) if (still.changes)(&row) => {
                segment.again.push(row);
                continue;
            }
            Some(_) => segment.accounts.superseded += 1,
            // `where` may hold for it no more.
            None if column.filter.is_some() => segment.accounts.superseded += 1,
            None => segment.accounts.deleted += 1,
        }
        segment.accounts.candidates += 1;
    }
    Ok(())
}

/// Keeps in the ledger which of the rows that were just written have a password that is known.
pub(super) async fn keep_verdicts(
    conn: &mut Conn,
    target: &PageTarget<'_>,
    swaps: &[&Swap],
) -> Result<(), StoreError> {
    let credential = &target.column.credential;
    let keys: Vec<String> = swaps.iter().map(|s| s.key.to_ledger_line()).collect();
    let mut known = Vec::new();
    for (swap, row_key) in swaps.iter().zip(&keys) {
        let new = Fingerprint::of_value(swap.new.as_bytes());
        match swap.verdict {
            Verdict::None => {}
            Verdict::Known => known.push(KnownRow {
                row_key,
                value: new,
            }),
            Verdict::Follows => {
                let stored = swap.old.as_bytes();
                let value = &stored[..stored.len() - padding(target.column.form, stored)];
                let old = KnownRow {
                    row_key,
                    value: Fingerprint::of_value(value),
                };
                known::follow(conn, target.names, credential, old, new).await?;
            }
        }
    }
    known::keep(conn, target.names, credential, &known).await
}

async fn quarantine(
    conn: &mut Conn,
    target: &PageTarget<'_>,
    fence: &Fence,
    key: &Key,
    reason: QuarantineReason,
    class: &str,
    bytes: i64,
) -> Result<(), StoreError> {
    let table = target.names.table("quarantine");
    let args = || -> Vec<Arg> {
        vec![
            fence.run.as_str().into(),
            target.column.credential.as_str().into(),
            key.to_ledger_line().into(),
        ]
    };
    // A row that a sweep meets again is counted again in the sweep's own accounts, and listed once.
    let delete = format!("DELETE FROM {table} WHERE run = ? AND credential = ? AND row_key = ?");
    conn.run("listing a quarantined row", Quote::Message, &delete, args())
        .await?;
    let insert = format!(
        "INSERT INTO {table} (run, credential, row_key, reason, class, bytes, at_ms) VALUES (?, ?, ?, ?, ?, ?, {})",
        now_ms(conn.kind())
    );
    let mut all = args();
    all.extend([reason.as_str().into(), class.into(), Arg::Int(bytes)]);
    conn.run("listing a quarantined row", Quote::Message, &insert, all)
        .await
        .map(|_| ())
}

/// The chunk's epoch and commits, and whether it is leased, read with the lock that a transaction still under way would hold.
async fn chunk_now(
    conn: &mut Conn,
    names: &Names,
    fence: &Fence,
) -> Result<(i64, i64, bool), StoreError> {
    let sql = format!(
        "SELECT epoch, commits, CASE WHEN state = 'leased' THEN 1 ELSE 0 END FROM {} WHERE run = ? AND no = ?",
        names.table("chunk")
    );
    let sql = if conn.kind() == Kind::Postgres {
        sql.replace("THEN 1 ELSE 0 END", "THEN 1::int8 ELSE 0::int8 END")
    } else {
        sql
    };
    let rows = conn
        .rows(
            "reading the chunk",
            Quote::Message,
            &sql,
            vec![fence.run.as_str().into(), Arg::Int(fence.no)],
            |r| Ok((r.number(0)?, r.number(1)?, r.number(2)? == 1)),
        )
        .await?;
    rows.first()
        .copied()
        .ok_or_else(|| StoreError::unexpected("reading the chunk", "it is gone"))
}
