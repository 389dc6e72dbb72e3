//! The reading half of a pass: claims chunks, reads rows in key order, judges them, and hands pages on. Writes nothing but claims.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Instant;

use tokio::sync::mpsc;

use super::page::{Filling, Pending};
use super::pass::{Pass, ReadEnd};
use crate::engine::error::EngineError;
use crate::engine::event::{Event, RunStatus};
use crate::engine::judge::judge::Judge;
use crate::engine::judge::row_event::row_event;
use crate::engine::judge::work::{Disposition, Judged};
use crate::engine::page_limits::PAGE_ROWS_MAX;
use crate::engine::retry::retry;
use crate::engine::scan::column::WaitCounts;
use crate::engine::session::column_of;
use crate::store::ledger::{Claim, ClaimedChunk, RowsOf, chunk, reset};
use crate::store::{Bounds, CredentialColumn, Fence, Key, Link, Row, read_keys, read_page};

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
            let claimed = {
                let mut control = self.control.lock().await;
                retry(&mut control, async |conn| {
                    let claim = Claim {
                        run: self.run,
                        pass: self.pass,
                        owner: self.worker,
                    };
                    chunk::claim(conn, self.names, claim).await
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
            self.progress
                .borrow_mut()
                .credential
                .clone_from(&claimed.credential);
            let end = match self.keys {
                Some(keys) => {
                    self.read_keys(reader, &send, number, &claimed, keys)
                        .await?
                }
                None => self.read_chunk(reader, &send, number, &claimed).await?,
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
        let mut was_reset = HashSet::new();
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
                    filling.push(row, judged, self.keeps_works());
                } else {
                    self.count_waiting(&claimed.credential, &judged);
                    filling.pass_over(row);
                }
                if filling.is_full(self.limits.borrow().page_rows) {
                    break;
                }
            }
            let ended = exhausted && rows.is_empty();
            if full.is_some() || ended || filling.is_full(self.limits.borrow().page_rows) {
                let page = std::mem::take(&mut filling);
                if !self
                    .submit(send, number, &mut fence, column_no, page, ended)
                    .await?
                {
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
        send: &mpsc::Sender<Pending>,
        number: usize,
        claimed: &ClaimedChunk,
        keys: &HashMap<String, Vec<Key>>,
    ) -> Result<ReadEnd, EngineError> {
        let (column_no, column) = self.column(&claimed.credential)?;
        let judge = &self.judges[&claimed.credential];
        let mut fence = self.fence(claimed);
        let mut keys = keys
            .get(&claimed.credential)
            .map(Vec::as_slice)
            .unwrap_or_default();
        if keys.is_empty()
            && !self
                .submit(
                    send,
                    number,
                    &mut fence,
                    column_no,
                    Filling::default(),
                    true,
                )
                .await?
        {
            return Ok(ReadEnd::Stopped);
        }
        while !keys.is_empty() {
            let size = self.limits.borrow().page_rows.clamp(1, PAGE_ROWS_MAX);
            let (page, rest) = keys.split_at(size.min(keys.len()));
            keys = rest;
            if let Some(end) = self.hold().await {
                return Ok(end);
            }
            let mut filling = Filling::default();
            let rows = retry(reader, async |conn| read_keys(conn, column, page).await).await?;
            for (key, row) in page.iter().zip(rows) {
                let Some(row) = row else {
                    let text = format!(
                        "credential {}: there is no row with the key {key}",
                        claimed.credential
                    );
                    self.observer.on(Some(self.run), &Event::Warning { text });
                    continue;
                };
                let judged = judge.judge(&row);
                let is_candidate = self.is_candidate(&claimed.credential, &row, &judged);
                if is_candidate && !self.is_held(&judged) {
                    self.let_through(&judged);
                    self.limits.borrow_mut().throttle.let_through();
                    self.tell(&claimed.credential, &row, &judged);
                    filling.push(row, judged, true);
                } else {
                    self.tell(&claimed.credential, &row, &judged);
                    filling.seen += 1;
                }
            }
            filling.cursor = None;
            if !self
                .submit(
                    send,
                    number,
                    &mut fence,
                    column_no,
                    filling,
                    keys.is_empty(),
                )
                .await?
            {
                return Ok(ReadEnd::Stopped);
            }
        }
        Ok(ReadEnd::Complete)
    }

    pub(crate) fn column(
        &self,
        credential: &str,
    ) -> Result<(usize, &CredentialColumn), EngineError> {
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
        match judged.disposition {
            Disposition::Keep | Disposition::Waits => false,
            Disposition::Quarantine(_) => self.pass <= 0,
            // What this run itself has wrapped is reset by a later one, which counts it first.
            Disposition::Reset(_) if self.pass > 0 && self.wraps_first(credential, judged) => false,
            Disposition::Work(_) | Disposition::Swap(_) | Disposition::Reset(_) => {
                self.pass <= 0
                    || !self
                        .given_up
                        .contains(&(credential.to_owned(), row.key.to_ledger_line()))
            }
        }
    }

    /// Of the rows that a sweep would reset, those that this run has reset already: their users have chosen a new password since.
    async fn was_reset(
        &self,
        credential: &str,
        judge: &Judge<'_>,
        rows: &VecDeque<Row>,
    ) -> Result<HashSet<String>, EngineError> {
        let resets = |row: &&Row| matches!(judge.judge(row).disposition, Disposition::Reset(_));
        let keys: Vec<String> = match self.pass {
            ..=0 => Vec::new(),
            _ => rows
                .iter()
                .filter(resets)
                .map(|row| row.key.to_ledger_line())
                .collect(),
        };
        if keys.is_empty() {
            return Ok(HashSet::new());
        }
        let mut control = self.control.lock().await;
        let found = retry(&mut control, async |conn| {
            let of = RowsOf {
                run: self.run,
                credential,
            };
            reset::among(conn, self.names, of, &keys).await
        });
        Ok(found.await?)
    }

    fn wraps_first(&self, credential: &str, judged: &Judged) -> bool {
        judged
            .decision
            .rule
            .is_some_and(|rule| self.judges[credential].rules().wraps_first(rule))
    }

    /// Whether its rule may reset no more rows.
    fn is_held(&self, judged: &Judged) -> bool {
        match (&judged.disposition, judged.decision.rule) {
            (Disposition::Reset(_), Some(rule)) => {
                self.limits.borrow_mut().reset_limits.is_held(rule)
            }
            _ => false,
        }
    }

    /// Takes a row that is reset from what its rule may reset.
    fn let_through(&self, judged: &Judged) {
        if let (Disposition::Reset(_), Some(rule)) = (&judged.disposition, judged.decision.rule) {
            self.limits.borrow_mut().reset_limits.take(rule);
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
        limits.throttle.let_through();
        None
    }

    fn tell(&self, credential: &str, row: &Row, judged: &Judged) {
        if !self.print {
            return;
        }
        self.observer
            .on(Some(self.run), &row_event(credential, row, judged));
    }

    fn count_waiting(&self, credential: &str, judged: &Judged) {
        let mut progress = self.progress.borrow_mut();
        if matches!(judged.disposition, Disposition::Waits) {
            progress.waiting += 1;
        }
        let Some(rule) = judged.waits_for else {
            return;
        };
        match progress.waits.get_mut(credential) {
            Some(counts) => *counts.entry(rule).or_default() += 1,
            None => {
                let counts = WaitCounts::from([(rule, 1)]);
                progress.waits.insert(credential.to_owned(), counts);
            }
        }
    }

    /// Why the pass must end now, if it must.
    fn ended(&self) -> Option<ReadEnd> {
        let progress = self.progress.borrow();
        if self.stop.get().is_some() || progress.lock_lost || progress.failed {
            return Some(ReadEnd::Stopped);
        }
        let until = self.limits.borrow().until;
        (until.is_some_and(|t| Instant::now() >= t)).then_some(ReadEnd::MaxRuntime)
    }

    /// Waits while something holds the run back.
    async fn hold(&self) -> Option<ReadEnd> {
        loop {
            if let Some(end) = self.ended() {
                return Some(end);
            }
            let Some(hold) = self.limits.borrow_mut().throttle.hold() else {
                break;
            };
            self.progress
                .borrow_mut()
                .set_status(hold.status, Some(hold.reason));
            tokio::time::sleep(hold.wait).await;
        }
        self.progress
            .borrow_mut()
            .set_status(RunStatus::Running, None);
        None
    }

    /// Hands a page to the pool and to the writer; false where there is no writer any more.
    async fn submit(
        &self,
        send: &mpsc::Sender<Pending>,
        chunk: usize,
        fence: &mut Fence,
        column: usize,
        page: Filling,
        last: bool,
    ) -> Result<bool, EngineError> {
        self.progress.borrow_mut().begin_hashing();
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
        Ok(send.send(pending).await.is_ok())
    }
}
