//! One pass over the chunks of a run: a reader that judges rows, the hashing pool, a writer that commits pages.
//!
//! Reader and writer are futures on one thread; between them stand at most [`PAGES_AHEAD`] pages, so that the pool always has the next
//! one while the last is being written. Nothing is hashed inside a transaction.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc, oneshot};

use super::check::verifies;
use super::error::EngineError;
use super::event::{Event, Observer, RunStatus};
use super::hasher::{Hasher, HasherError};
use super::judge::{Judge, Judged, Verdict, Work};
use super::look::column_of;
use super::patience::patiently;
use super::stop::Stop;
use super::tally::Tally;
use crate::policy::Action;
use crate::secret::StoredHash;
use crate::store::ledger::{ClaimedChunk, Names, QuarantineReason, chunk};
use crate::store::{
    Bounds, Column, Committed, Fence, Item, Key, Link, Page, PageTarget, Row, Storage, Swap,
    commit_page, read_keys, read_page,
};

/// How many pages may be hashed or waiting to be written.
const PAGES_AHEAD: usize = 2;
/// The most rows that are read, or written, at once (SPEC 6).
pub(crate) const PAGE_ROWS_MAX: usize = 2_000;
const PAGE_BYTES_MAX: usize = 1 << 20;
/// A page is at most this much hashing.
pub(crate) const PAGE_SECONDS: f64 = 2.0;
/// The cursor moves at least this often, where hardly any row is a candidate.
const SEEN_ROWS_MAX: i64 = 20_000;
/// A row that the application changed so often while it was hashed is left alone.
const TRIES_MAX: u32 = 3;
/// Every commit should take at most this long; slower ones make the pages smaller.
const COMMIT_TARGET: Duration = Duration::from_millis(250);

/// What a pass works with.
pub(crate) struct Pass<'a> {
    pub(crate) names: &'a Names,
    pub(crate) columns: &'a [Column],
    pub(crate) judges: &'a HashMap<String, Judge<'a>>,
    pub(crate) hasher: &'a Hasher,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) stop: &'a Stop,
    pub(crate) tally: &'a RefCell<Tally>,
    pub(crate) limits: &'a RefCell<Limits>,
    /// For claims and heartbeats; on SQLite the same connection as the writer's.
    pub(crate) control: &'a Mutex<Link>,
    pub(crate) writer: &'a Mutex<Link>,
    pub(crate) run: &'a str,
    pub(crate) worker: &'a str,
    pub(crate) pass: i64,
    /// Rows that this run has given up on: a sweep passes them over.
    pub(crate) given_up: HashSet<(String, String)>,
    /// The rows of `--keys`, by credential; none for a pass over chunks.
    pub(crate) keys: Option<HashMap<String, Vec<Key>>>,
    pub(crate) print: bool,
}

/// What bounds an invocation.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Candidates that may still be taken.
    pub(crate) rows_left: Option<u64>,
    /// Candidates that may still be taken of each credential (`--canary`).
    pub(crate) canary_left: Option<HashMap<String, u64>>,
    /// When to stop.
    pub(crate) until: Option<Instant>,
    /// Rows a second.
    pub(crate) max_rate: Option<f64>,
    /// Rows that were let through, and since when, for the rate.
    pub(crate) let_through: (f64, Instant),
    pub(crate) pause_file: Option<std::path::PathBuf>,
    /// The page's size: from the measured rate, made smaller by slow commits.
    pub(crate) page_rows: usize,
}

/// Why the reader stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadEnd {
    /// Every row of the pass was read.
    Complete,
    /// A signal, or a lock that was lost.
    Stopped,
    /// `--max-rows`.
    MaxRows,
    /// `--max-runtime`.
    MaxRuntime,
    /// `--canary`: there are more candidates.
    Canary,
}

/// A page on its way.
struct Pending {
    chunk: usize,
    fence: Fence,
    column: usize,
    drafts: Vec<Draft>,
    made: oneshot::Receiver<Vec<Option<StoredHash>>>,
    seen: i64,
    cursor: Option<Key>,
    last: bool,
}

/// A candidate before its hash is made.
struct Draft {
    key: Key,
    /// How many rows of the page were read up to this one, and with it.
    seen: i64,
    what: Todo,
}

enum Todo {
    Hash {
        old: StoredHash,
        storage: Storage,
        kept: Option<Work>,
    },
    Quarantine {
        reason: QuarantineReason,
        class: &'static str,
        bytes: i64,
    },
}

/// A row that was written and is checked again.
struct Canary {
    key: Key,
    work: Work,
    new: StoredHash,
}

/// A page as the reader fills it.
#[derive(Default)]
struct Filling {
    drafts: Vec<Draft>,
    works: Vec<Work>,
    bytes: usize,
    seen: i64,
    cursor: Option<Key>,
}

impl Pass<'_> {
    /// Works the pass off.
    pub(crate) async fn work(&self, reader: &mut Link) -> Result<ReadEnd, EngineError> {
        let (send, receive) = mpsc::channel(PAGES_AHEAD - 1);
        let read = async {
            let end = self.read(reader, send).await?;
            Ok::<_, EngineError>(end)
        };
        let (end, ()) = tokio::try_join!(read, self.write(receive))?;
        if let Some(error) = self.hasher.error() {
            return Err(EngineError::Hasher(HasherError::Kernel(*error)));
        }
        Ok(end)
    }

    async fn read(
        &self,
        reader: &mut Link,
        send: mpsc::Sender<Pending>,
    ) -> Result<ReadEnd, EngineError> {
        let mut number = 0;
        loop {
            if let Some(end) = self.ended() {
                return Ok(end);
            }
            let claimed = {
                let mut control = self.control.lock().await;
                patiently(&mut control, async |conn| {
                    chunk::claim(conn, self.names, self.run, self.pass, self.worker).await
                })
                .await?
            };
            let Some(claimed) = claimed else {
                return Ok(ReadEnd::Complete);
            };
            number += 1;
            let end = match &self.keys {
                Some(keys) => {
                    self.read_keys(reader, &send, number, &claimed, keys)
                        .await?
                }
                None => self.read_chunk(reader, &send, number, &claimed).await?,
            };
            if end != ReadEnd::Complete {
                return Ok(end);
            }
        }
    }

    /// Reads a chunk page by page.
    async fn read_chunk(
        &self,
        reader: &mut Link,
        send: &mpsc::Sender<Pending>,
        number: usize,
        claimed: &ClaimedChunk,
    ) -> Result<ReadEnd, EngineError> {
        let (column_no, column) = self.column(&claimed.credential)?;
        let judge = &self.judges[&claimed.credential];
        let kinds = column.key_kinds();
        let parse = |text: &Option<String>| {
            text.as_deref()
                .map(|t| Key::from_ledger(t, &kinds))
                .transpose()
        };
        let up_to = parse(&claimed.hi)?;
        let mut after = parse(&claimed.at_key)?.or(parse(&claimed.lo)?);
        let mut fence = self.fence(claimed);
        let mut rows: VecDeque<Row> = VecDeque::new();
        let mut exhausted = false;
        let mut sparse = false;
        let mut filling = Filling::default();
        loop {
            if let Some(end) = self.hold().await {
                return Ok(end);
            }
            if rows.is_empty() && !exhausted {
                let limit = if sparse {
                    PAGE_ROWS_MAX
                } else {
                    self.limits.borrow().page_rows.clamp(100, PAGE_ROWS_MAX)
                };
                let bounds = Bounds {
                    after: after.as_ref(),
                    up_to: up_to.as_ref(),
                    limit,
                };
                rows = patiently(reader, async |conn| read_page(conn, column, bounds).await)
                    .await?
                    .into();
                exhausted = rows.len() < limit;
                after = rows.back().map(|r| r.key.clone()).or(after);
                sparse = true;
            }
            let mut full = None;
            while let Some(row) = rows.pop_front() {
                let judged = judge.judge(&row);
                if self.is_candidate(&claimed.credential, &row, &judged) {
                    sparse = false;
                    if let Some(end) = self.take(&claimed.credential) {
                        // This row is the next invocation's first.
                        full = Some(end);
                        rows.push_front(row);
                        break;
                    }
                    self.tell(&claimed.credential, &row, &judged);
                    filling.push(row, judged, self.keeps_works());
                } else {
                    self.count_waiting(&judged);
                    filling.pass_over(row);
                }
                if filling.is_full(self.limits.borrow().page_rows) {
                    break;
                }
            }
            let ended = exhausted && rows.is_empty();
            if full.is_some() || ended || filling.is_full(self.limits.borrow().page_rows) {
                let page = std::mem::take(&mut filling);
                self.submit(send, number, &mut fence, column_no, page, ended)
                    .await?;
            }
            match full {
                Some(end) => return Ok(end),
                None if ended => return Ok(ReadEnd::Complete),
                None => {}
            }
        }
    }

    /// Reads the rows of `--keys`.
    async fn read_keys(
        &self,
        reader: &mut Link,
        send: &mpsc::Sender<Pending>,
        number: usize,
        claimed: &ClaimedChunk,
        keys: &HashMap<String, Vec<Key>>,
    ) -> Result<ReadEnd, EngineError> {
        let (column_no, column) = self.column(&claimed.credential)?;
        let judge = &self.judges[&claimed.credential];
        let mut fence = self.fence(claimed);
        let keys = keys
            .get(&claimed.credential)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let size = self.limits.borrow().page_rows.clamp(1, PAGE_ROWS_MAX);
        let mut pages = keys.chunks(size).peekable();
        if keys.is_empty() {
            self.submit(
                send,
                number,
                &mut fence,
                column_no,
                Filling::default(),
                true,
            )
            .await?;
        }
        while let Some(keys) = pages.next() {
            if let Some(end) = self.hold().await {
                return Ok(end);
            }
            let mut filling = Filling::default();
            let rows = patiently(reader, async |conn| read_keys(conn, column, keys).await).await?;
            for (key, row) in keys.iter().zip(rows) {
                let Some(row) = row else {
                    let text = format!(
                        "credential {}: there is no row with the key {key}",
                        claimed.credential
                    );
                    self.observer.on(Some(self.run), &Event::Warning { text });
                    continue;
                };
                let judged = judge.judge(&row);
                if self.is_candidate(&claimed.credential, &row, &judged) {
                    self.tell(&claimed.credential, &row, &judged);
                    filling.push(row, judged, true);
                } else {
                    self.tell(&claimed.credential, &row, &judged);
                    filling.seen += 1;
                }
            }
            filling.cursor = None;
            self.submit(
                send,
                number,
                &mut fence,
                column_no,
                filling,
                pages.peek().is_none(),
            )
            .await?;
        }
        Ok(ReadEnd::Complete)
    }

    fn column(&self, credential: &str) -> Result<(usize, &Column), EngineError> {
        let column = column_of(self.columns, credential).ok_or_else(|| {
            EngineError::refused(
                format!("the run has a credential {credential} that the configuration does not"),
                "use the configuration of the run",
            )
        })?;
        let number = self
            .columns
            .iter()
            .position(|c| std::ptr::eq(c, column))
            .unwrap_or(0);
        Ok((number, column))
    }

    fn fence(&self, claimed: &ClaimedChunk) -> Fence {
        Fence {
            run: self.run.to_owned(),
            no: claimed.no,
            epoch: claimed.epoch,
            commits: claimed.commits,
        }
    }

    /// The texts of a canary are kept until what was written has been checked against them.
    fn keeps_works(&self) -> bool {
        self.limits.borrow().canary_left.is_some()
    }

    /// Whether the pass does something to a row. A sweep looks for rows that the rules would change, and for no others.
    fn is_candidate(&self, credential: &str, row: &Row, judged: &Judged) -> bool {
        match judged.verdict {
            Verdict::Keep | Verdict::Waits => false,
            Verdict::Quarantine(_) => self.pass <= 0,
            Verdict::Work(_) => {
                self.pass <= 0
                    || !self
                        .given_up
                        .contains(&(credential.to_owned(), row.key.to_ledger()))
            }
        }
    }

    /// Takes a candidate from what the invocation may take; the reason where it may take no more.
    fn take(&self, credential: &str) -> Option<ReadEnd> {
        let mut limits = self.limits.borrow_mut();
        if let Some(left) = limits
            .canary_left
            .as_mut()
            .and_then(|l| l.get_mut(credential))
        {
            if *left == 0 {
                return Some(ReadEnd::Canary);
            }
            *left -= 1;
        }
        if let Some(left) = limits.rows_left.as_mut() {
            if *left == 0 {
                return Some(ReadEnd::MaxRows);
            }
            *left -= 1;
        }
        limits.let_through.0 += 1.0;
        None
    }

    fn tell(&self, credential: &str, row: &Row, judged: &Judged) {
        if !self.print {
            return;
        }
        self.observer
            .on(Some(self.run), &row_event(credential, row, judged));
    }

    fn count_waiting(&self, judged: &Judged) {
        if matches!(judged.verdict, Verdict::Waits) {
            self.tally.borrow_mut().waiting += 1;
        }
    }

    /// Why the pass must end now, if it must.
    fn ended(&self) -> Option<ReadEnd> {
        if self.stop.get().is_some() || self.tally.borrow().lock_lost {
            return Some(ReadEnd::Stopped);
        }
        let until = self.limits.borrow().until;
        (until.is_some_and(|t| Instant::now() >= t)).then_some(ReadEnd::MaxRuntime)
    }

    /// Waits while a pause file is there or the rate is too high.
    async fn hold(&self) -> Option<ReadEnd> {
        loop {
            if let Some(end) = self.ended() {
                return Some(end);
            }
            let (wait, status, reason) = {
                let limits = self.limits.borrow();
                if limits.pause_file.as_deref().is_some_and(Path::exists) {
                    (
                        Duration::from_millis(200),
                        RunStatus::Paused,
                        "the pause file is there",
                    )
                } else {
                    let ahead = limits.max_rate.map_or(0.0, |rate| {
                        limits.let_through.0 / rate - limits.let_through.1.elapsed().as_secs_f64()
                    });
                    if ahead <= 0.0 {
                        break;
                    }
                    (
                        Duration::from_secs_f64(ahead.min(0.2)),
                        RunStatus::Throttled,
                        "--max-rate",
                    )
                }
            };
            self.tally.borrow_mut().set_status(status, Some(reason));
            tokio::time::sleep(wait).await;
        }
        self.tally.borrow_mut().set_status(RunStatus::Running, None);
        None
    }

    /// Hands a page to the pool and to the writer.
    async fn submit(
        &self,
        send: &mpsc::Sender<Pending>,
        chunk: usize,
        fence: &mut Fence,
        column: usize,
        page: Filling,
        last: bool,
    ) -> Result<(), EngineError> {
        self.tally.borrow_mut().begin_hashing();
        let made = self.hasher.submit(page.works)?;
        let pending = Pending {
            chunk,
            fence: fence.clone(),
            column,
            drafts: page.drafts,
            made,
            seen: page.seen,
            cursor: page.cursor,
            last,
        };
        // A writer that is gone has its own error to tell.
        send.send(pending).await.ok();
        Ok(())
    }

    async fn write(&self, mut receive: mpsc::Receiver<Pending>) -> Result<(), EngineError> {
        let mut chunk = 0;
        let mut commits = 0;
        let mut deferred: Vec<Deferred> = Vec::new();
        let mut tries: HashMap<String, u32> = HashMap::new();
        while let Some(mut pending) = receive.recv().await {
            if pending.chunk != chunk {
                chunk = pending.chunk;
                commits = pending.fence.commits;
                deferred.clear();
                tries.clear();
            }
            pending.fence.commits = commits;
            let made = (&mut pending.made).await.map_err(|_| HasherError::Gone)?;
            if let Some(error) = self.hasher.error() {
                return Err(EngineError::Hasher(HasherError::Kernel(*error)));
            }
            let column = &self.columns[pending.column];
            let (page, canaries) = assemble(&mut pending, made);
            let nothing = page.items.is_empty() && page.cursor.is_none() && !page.last;
            if nothing {
                continue;
            }
            // What has been put off keeps the chunk open.
            let last = page.last;
            let page = Page {
                last: last && deferred.is_empty(),
                ..page
            };
            let Some(done) = self
                .commit(column, &mut pending.fence, &page, &mut deferred)
                .await?
            else {
                return Ok(());
            };
            self.check_canaries(column, canaries).await?;
            if last
                && !done
                && !self
                    .finish_chunk(column, &mut pending.fence, &mut deferred, &mut tries)
                    .await?
            {
                return Ok(());
            }
            commits = pending.fence.commits;
        }
        Ok(())
    }

    /// Commits a page; none where the lease is lost, else whether the chunk is done.
    async fn commit(
        &self,
        column: &Column,
        fence: &mut Fence,
        page: &Page,
        deferred: &mut Vec<Deferred>,
    ) -> Result<Option<bool>, EngineError> {
        let judge = &self.judges[&column.credential];
        let still = |row: &Row| matches!(judge.judge(row).verdict, Verdict::Work(_));
        let target = PageTarget {
            names: self.names,
            column,
        };
        let committed = {
            let mut writer = self.writer.lock().await;
            commit_page(&mut writer, &target, fence, page, &still).await?
        };
        match committed {
            Committed::LeaseLost => {
                self.tally.borrow_mut().lock_lost = true;
                Ok(None)
            }
            Committed::Yes(outcome) => {
                self.tally
                    .borrow_mut()
                    .committed(self.pass, &outcome.accounts);
                self.adapt(outcome.slowest, page.items.len());
                deferred.extend(outcome.again.into_iter().map(Deferred::Again));
                deferred.extend(outcome.locked.into_iter().map(Deferred::Locked));
                Ok(Some(outcome.chunk_done))
            }
        }
    }

    /// Slow commits make the pages smaller, fast ones let them grow back.
    fn adapt(&self, slowest: Duration, items: usize) {
        let mut limits = self.limits.borrow_mut();
        if slowest > COMMIT_TARGET && items >= limits.page_rows / 2 {
            limits.page_rows = (limits.page_rows / 2).max(50);
        } else if slowest < COMMIT_TARGET / 3 {
            let most = self.tally.borrow().page_rows_max;
            limits.page_rows = (limits.page_rows + limits.page_rows / 4 + 1).min(most);
        }
    }

    /// Works off what was put off in a chunk. False where the lease is lost or the run is ending.
    async fn finish_chunk(
        &self,
        column: &Column,
        fence: &mut Fence,
        deferred: &mut Vec<Deferred>,
        tries: &mut HashMap<String, u32>,
    ) -> Result<bool, EngineError> {
        let judge = &self.judges[&column.credential];
        loop {
            if self.stop.get().is_some() {
                return Ok(false);
            }
            let mut filling = Filling::default();
            let mut items = Vec::new();
            for one in std::mem::take(deferred) {
                match one {
                    Deferred::Locked(item) => items.push(item),
                    Deferred::Again(row) => {
                        let tried = tries.entry(row.key.to_ledger()).or_insert(1);
                        *tried += 1;
                        let mut judged = judge.judge(&row);
                        if *tried > TRIES_MAX {
                            judged.verdict = Verdict::Quarantine(QuarantineReason::Hot);
                        }
                        match judged.verdict {
                            Verdict::Keep | Verdict::Waits => {}
                            _ => filling.push(row, judged, false),
                        }
                    }
                }
            }
            let made = self
                .hasher
                .submit(std::mem::take(&mut filling.works))?
                .await
                .map_err(|_| HasherError::Gone)?;
            let mut pending = Pending {
                chunk: 0,
                fence: fence.clone(),
                column: 0,
                drafts: filling.drafts,
                made: oneshot::channel().1,
                seen: 0,
                cursor: None,
                last: true,
            };
            let (page, _) = assemble(&mut pending, made);
            if !page.last {
                return Ok(false);
            }
            let more = page.items;
            items.extend(more);
            let page = Page {
                items,
                seen: 0,
                cursor: None,
                last: true,
            };
            match self.commit(column, fence, &page, deferred).await? {
                None => return Ok(false),
                Some(true) => return Ok(true),
                Some(false) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// Reads the canaries back and recomputes each with the plain implementations.
    async fn check_canaries(
        &self,
        column: &Column,
        canaries: Vec<Canary>,
    ) -> Result<(), EngineError> {
        if canaries.is_empty() {
            return Ok(());
        }
        let keys: Vec<Key> = canaries.iter().map(|c| c.key.clone()).collect();
        let rows = {
            let mut writer = self.writer.lock().await;
            patiently(&mut writer, async |conn| {
                read_keys(conn, column, &keys).await
            })
            .await?
        };
        for (canary, row) in canaries.into_iter().zip(rows) {
            // A row that the application changed meanwhile is not ours to check.
            if row.as_ref().and_then(Row::value) != Some(canary.new.as_bytes()) {
                continue;
            }
            if !verifies(canary.new.as_bytes(), &canary.work) {
                return Err(EngineError::Canary {
                    credential: column.credential.clone(),
                    key: canary.key.to_string(),
                });
            }
            self.tally.borrow_mut().checked += 1;
        }
        Ok(())
    }
}

/// A row that is put off to the end of its chunk.
enum Deferred {
    /// It was changed meanwhile, and the rule would change it still.
    Again(Row),
    /// It was locked for too long.
    Locked(Item),
}

impl Filling {
    fn pass_over(&mut self, row: Row) {
        self.seen += 1;
        self.cursor = Some(row.key);
    }

    fn push(&mut self, row: Row, judged: Judged, keep_work: bool) {
        self.seen += 1;
        self.cursor = Some(row.key.clone());
        let old = row.stored.clone();
        let bytes = old.as_ref().map_or(0, |o| o.as_bytes().len());
        self.bytes += bytes;
        let what = match (judged.verdict, old) {
            (Verdict::Work(work), Some(old)) => {
                let kept = keep_work.then(|| work.clone());
                self.works.push(work);
                Todo::Hash {
                    old,
                    storage: row.storage,
                    kept,
                }
            }
            (Verdict::Quarantine(reason), _) => Todo::Quarantine {
                reason,
                class: judged.class.as_str(),
                bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            },
            // NULL has no work, and what is kept is not pushed.
            _ => return,
        };
        self.drafts.push(Draft {
            key: row.key,
            seen: self.seen,
            what,
        });
    }

    fn is_full(&self, page_rows: usize) -> bool {
        self.drafts.len() >= page_rows || self.bytes >= PAGE_BYTES_MAX || self.seen >= SEEN_ROWS_MAX
    }
}

/// The page of what was hashed, up to the first row that was not; and the canaries among them.
fn assemble(pending: &mut Pending, made: Vec<Option<StoredHash>>) -> (Page, Vec<Canary>) {
    let mut made = made.into_iter();
    let mut items = Vec::with_capacity(pending.drafts.len());
    let mut canaries = Vec::new();
    let mut seen = 0;
    let mut complete = true;
    for draft in std::mem::take(&mut pending.drafts) {
        match draft.what {
            Todo::Hash { old, storage, kept } => {
                let Some(new) = made.next().flatten() else {
                    complete = false;
                    break;
                };
                if let Some(work) = kept {
                    canaries.push(Canary {
                        key: draft.key.clone(),
                        work,
                        new: new.clone(),
                    });
                }
                items.push(Item::Swap(Swap {
                    key: draft.key,
                    old,
                    storage,
                    new,
                }));
            }
            Todo::Quarantine {
                reason,
                class,
                bytes,
            } => items.push(Item::Quarantine {
                key: draft.key,
                reason,
                class,
                bytes,
            }),
        }
        seen = draft.seen;
    }
    let page = if complete {
        Page {
            items,
            seen: pending.seen,
            cursor: pending.cursor.take(),
            last: pending.last,
        }
    } else {
        let cursor = pending
            .cursor
            .as_ref()
            .and_then(|_| items.last().map(|i| i.key().clone()));
        Page {
            items,
            seen,
            cursor,
            last: false,
        }
    };
    (page, canaries)
}

/// A row as `--print` shows it.
pub(crate) fn row_event(credential: &str, row: &Row, judged: &Judged) -> Event {
    let action = match &judged.verdict {
        Verdict::Keep => "keep",
        Verdict::Waits => "on-login",
        Verdict::Quarantine(_) => "quarantine",
        Verdict::Work(_) if judged.decision.action == Action::Rehash => "rehash",
        Verdict::Work(_) => "wrap",
    };
    Event::Row {
        credential: credential.to_owned(),
        key: row.key.to_string(),
        from: judged
            .scheme
            .map_or_else(|| judged.class.as_str().to_owned(), |s| s.name().to_owned()),
        action: action.to_owned(),
    }
}
