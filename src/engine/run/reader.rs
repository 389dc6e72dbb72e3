//! The reading half of a pass: claims chunks, reads rows in key order, judges them, and hands pages
//! on. It writes nothing but claims.

use std::collections::{HashSet, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::join::tally::ChunkTally;
use super::page::{Filling, Pending, Texts};
use super::pass::{Pass, ReadEnd};
use super::throttle::signal::ThrottleNews;
use crate::engine::error::EngineError;
use crate::engine::event::{Event, RunStatus};
use crate::engine::judge::work::Disposition;
use crate::engine::page_limits::PAGE_ROWS_MAX;
use crate::engine::retry::retry;
use crate::store::ledger::{Claim, ClaimedChunk, chunk};
use crate::store::{Bounds, Fence, Key, Link, Row, read_keys, read_page};

/// A member of a joined run that is held back for longer gives its chunk to the others.
const HELD_CHUNK_MAX: Duration = Duration::from_secs(10);

/// A chunk that is being read.
struct OpenChunk<'a> {
    send: &'a mpsc::Sender<Pending>,
    /// Its number among those that this reader has claimed.
    number: usize,
    fence: Fence,
    /// Its column's place among the run's.
    column: usize,
    tally: Rc<ChunkTally>,
}

/// Whether there is still somebody to write a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    There,
    Gone,
}

impl Pass<'_> {
    pub(crate) async fn read(
        &self,
        reader: &mut Link,
        send: mpsc::Sender<Pending>,
    ) -> Result<ReadEnd, EngineError> {
        let mut number = 0;
        let mut canary = false;
        loop {
            if let Some(end) = self.ended() {
                return Ok(end);
            }
            if self.execution.member.is_some() {
                // A member that is held back, or without its locks, leaves the chunks to others.
                if let Some(end) = self.hold(None).await {
                    return Ok(end);
                }
                if !self.execution.wait_until_heard().await? {
                    return Ok(ReadEnd::Stopped);
                }
            }
            let claimed = {
                let mut control = self.execution.control.lock().await;
                retry(&mut control, async |conn| {
                    let claim = Claim {
                        run: self.execution.run,
                        pass: self.rows.number.number(),
                        owner: &self.execution.me.id,
                    };
                    chunk::claim(conn, &self.execution.session.names, claim).await
                })
                .await?
            };
            let Some(claimed) = claimed else {
                return Ok(if canary {
                    ReadEnd::Canary
                } else {
                    ReadEnd::Complete
                });
            };
            number += 1;
            *self.execution.chunk_wait.borrow_mut() = None;
            {
                let mut progress = self.execution.progress.borrow_mut();
                progress.credential.clone_from(&claimed.credential);
                progress.chunk = Some(claimed.no);
            }
            let (column, _) = self.column(&claimed.credential)?;
            let chunk = OpenChunk {
                send: &send,
                number,
                fence: self.fence(&claimed),
                column,
                tally: Rc::new(ChunkTally::read(claimed.tally.as_deref())?),
            };
            let end = match self.rows.keys {
                Some(keys) => {
                    let of = keys.get(&claimed.credential);
                    let keys = of.map(Vec::as_slice).unwrap_or_default();
                    self.read_keys(reader, &chunk, keys).await?
                }
                None => self.read_chunk(reader, &chunk, &claimed).await?,
            };
            match end {
                ReadEnd::Complete => {}
                // Each credential has its own canary; the chunk is given back when the run ends.
                ReadEnd::Canary => canary = true,
                end => return Ok(end),
            }
        }
    }

    /// Reads a chunk page by page.
    async fn read_chunk(
        &self,
        reader: &mut Link,
        chunk: &OpenChunk<'_>,
        claimed: &ClaimedChunk,
    ) -> Result<ReadEnd, EngineError> {
        let column = &self.execution.columns[chunk.column];
        let judge = &self.execution.judges[&claimed.credential];
        let kinds = column.key_kinds();
        let parse = |text: &Option<String>| {
            text.as_deref()
                .map(|t| Key::from_ledger(t, &kinds))
                .transpose()
        };
        let up_to = parse(&claimed.hi)?;
        let mut after = parse(&claimed.at_key)?.or(parse(&claimed.lo)?);
        let mut rows: VecDeque<Row> = VecDeque::new();
        let mut was_reset = HashSet::new();
        let mut exhausted = false;
        let mut sparse = false;
        let mut filling = Filling::default();
        loop {
            if let Some(end) = self.hold(self.held_max()).await {
                return Ok(end);
            }
            if rows.is_empty() && !exhausted {
                let limit = if sparse {
                    PAGE_ROWS_MAX
                } else {
                    let rows = self.execution.limits.borrow().rows_a_page();
                    rows.clamp(100, PAGE_ROWS_MAX)
                };
                let bounds = Bounds {
                    after: after.as_ref(),
                    up_to: up_to.as_ref(),
                    limit,
                };
                rows = retry(reader, async |conn| read_page(conn, column, bounds).await)
                    .await?
                    .into();
                exhausted = rows.len() < limit;
                after = rows.back().map(|r| r.key.clone()).or(after);
                was_reset = self.was_reset(&claimed.credential, judge, &rows).await?;
                sparse = true;
            }
            let mut full = None;
            while let Some(row) = rows.pop_front() {
                let judged = judge.judge(&row);
                let is_candidate = self.is_candidate(&claimed.credential, &row, &judged)
                    && !(matches!(judged.disposition, Disposition::Reset(_))
                        && was_reset.contains(&row.key.to_ledger_line()));
                if is_candidate && !self.is_held(&judged) {
                    sparse = false;
                    if let Some(end) = self.take(&claimed.credential) {
                        // This row is the next invocation's first.
                        full = Some(end);
                        rows.push_front(row);
                        break;
                    }
                    self.let_through(&judged);
                    self.tell(&claimed.credential, &row, &judged);
                    filling.push(row, judged, self.texts());
                } else {
                    self.count_left(&claimed.credential, &judged);
                    filling.pass_over(row, &judged);
                }
                if filling.is_full(self.execution.limits.borrow().rows_a_page()) {
                    break;
                }
            }
            let ended = exhausted && rows.is_empty();
            let is_full = filling.is_full(self.execution.limits.borrow().rows_a_page());
            if full.is_some() || ended || is_full {
                filling.last = ended;
                let page = std::mem::take(&mut filling);
                if self.submit(chunk, page).await? == Writer::Gone {
                    return Ok(ReadEnd::Stopped);
                }
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
        chunk: &OpenChunk<'_>,
        mut keys: &[Key],
    ) -> Result<ReadEnd, EngineError> {
        let column = &self.execution.columns[chunk.column];
        let credential = &column.credential;
        let judge = &self.execution.judges[credential];
        if keys.is_empty() {
            let page = Filling {
                last: true,
                ..Filling::default()
            };
            if self.submit(chunk, page).await? == Writer::Gone {
                return Ok(ReadEnd::Stopped);
            }
        }
        while !keys.is_empty() {
            let size = self.execution.limits.borrow().rows_a_page();
            let size = size.clamp(1, PAGE_ROWS_MAX);
            let (page, rest) = keys.split_at(size.min(keys.len()));
            keys = rest;
            if let Some(end) = self.hold(self.held_max()).await {
                return Ok(end);
            }
            let mut filling = Filling::default();
            let rows = retry(reader, async |conn| read_keys(conn, column, page).await).await?;
            for (key, row) in page.iter().zip(rows) {
                // Of a divided credential the row is in another part.
                let Some(row) = row else {
                    if column.is_part() {
                        continue;
                    }
                    let text =
                        format!("credential {credential}: there is no row with the key {key}");
                    self.execution
                        .observer
                        .on(Some(self.execution.run), &Event::Warning { text });
                    continue;
                };
                let judged = judge.judge(&row);
                let is_candidate = self.is_candidate(credential, &row, &judged);
                if is_candidate && !self.is_held(&judged) {
                    self.let_through(&judged);
                    self.execution
                        .limits
                        .borrow_mut()
                        .throttle
                        .hear(ThrottleNews::Row);
                    self.tell(credential, &row, &judged);
                    filling.push(row, judged, Texts::Keep);
                } else {
                    self.tell(credential, &row, &judged);
                    filling.seen += 1;
                }
            }
            filling.cursor = None;
            filling.last = keys.is_empty();
            if self.submit(chunk, filling).await? == Writer::Gone {
                return Ok(ReadEnd::Stopped);
            }
        }
        Ok(ReadEnd::Complete)
    }

    fn fence(&self, claimed: &ClaimedChunk) -> Fence {
        Fence {
            run: self.execution.run.to_owned(),
            no: claimed.no,
            epoch: claimed.epoch,
            commits: claimed.commits,
        }
    }

    /// The texts of a canary are kept until what was written has been checked against them.
    fn texts(&self) -> Texts {
        match self.execution.limits.borrow().canary_left {
            Some(_) => Texts::Keep,
            None => Texts::Drop,
        }
    }

    /// Why the pass must end now, if it must.
    fn ended(&self) -> Option<ReadEnd> {
        let health = &self.execution.health;
        let is_ending = health.has_lost_lock() || health.has_failed() || health.is_closed();
        if self.execution.stop.get().is_some() || is_ending {
            return Some(ReadEnd::Stopped);
        }
        if health.early_end().is_some() {
            return Some(ReadEnd::Early);
        }
        let closes = self.execution.options.until.as_ref();
        if closes.is_some_and(|until| Instant::now() >= until.at) {
            return Some(ReadEnd::Window);
        }
        let until = self.execution.limits.borrow().until;
        (until.is_some_and(|t| Instant::now() >= t)).then_some(ReadEnd::MaxRuntime)
    }

    /// How long a chunk is kept while something holds the run back.
    fn held_max(&self) -> Option<Duration> {
        self.execution.member.map(|_| HELD_CHUNK_MAX)
    }

    /// Waits while something holds the run back, and no longer than that.
    async fn hold(&self, at_most: Option<Duration>) -> Option<ReadEnd> {
        let since = Instant::now();
        loop {
            if let Some(end) = self.ended() {
                return Some(end);
            }
            if at_most.is_some_and(|most| since.elapsed() > most) {
                return Some(ReadEnd::Stopped);
            }
            let look = self.execution.throttle_look();
            let Some(pause) = self.execution.limits.borrow_mut().throttle.check(&look) else {
                break;
            };
            let wait = pause.wait;
            self.execution.progress.borrow_mut().hold(pause);
            tokio::time::sleep(wait).await;
        }
        self.execution
            .progress
            .borrow_mut()
            .set_status(RunStatus::Running, None);
        None
    }

    /// Hands a page to the pool and to the writer.
    async fn submit(&self, chunk: &OpenChunk<'_>, page: Filling) -> Result<Writer, EngineError> {
        self.execution.progress.borrow_mut().begin_hashing();
        let made = self.execution.hasher.submit(page.works)?;
        let pending = Pending {
            chunk: chunk.number,
            fence: chunk.fence.clone(),
            column: chunk.column,
            drafts: page.drafts,
            made,
            seen: page.seen,
            cursor: page.cursor,
            last: page.last,
            tally: Rc::clone(&chunk.tally),
            left: page.left,
        };
        match chunk.send.send(pending).await {
            Ok(()) => Ok(Writer::There),
            // It has its own error to tell.
            Err(_) => Ok(Writer::Gone),
        }
    }
}
