//! The passes of a run in their order: the rows that are named, or the first pass and the sweeps.

use std::collections::HashMap;
use std::rc::Rc;

use super::context::Execution;
use super::pass::PassRows;
use super::pass_no::PassNo;
use crate::engine::error::EngineError;
use crate::engine::event::{End, Event};
use crate::engine::key_list::parse_keys;
use crate::engine::request::Selection;
use crate::failpoint::hit;
use crate::store::ledger::ChunkBounds;
use crate::store::{Key, Link};

impl Execution<'_> {
    /// Works every pass off.
    ///
    /// # Errors
    /// What stops a run.
    pub(crate) async fn work_passes(&self, readers: &mut [Link]) -> Result<End, EngineError> {
        if let Some(member) = self.member {
            return self.work_joined(member, readers).await;
        }
        match (&self.options.selection, self.cohort) {
            (Selection::Keys(lines), _) => {
                let keys = parse_keys(&self.session.columns, lines)?;
                let end = self.work_keys(&keys, readers).await?;
                Ok(end.unwrap_or(End::Canary))
            }
            (_, Some(cohort)) => {
                let end = self.work_keys(cohort, readers).await?;
                Ok(end.unwrap_or(End::Done))
            }
            _ => self.work_table(readers).await,
        }
    }

    /// The rows that are named by their keys.
    async fn work_keys(
        &self,
        keys: &HashMap<String, Vec<Key>>,
        readers: &mut [Link],
    ) -> Result<Option<End>, EngineError> {
        // What a killed invocation has left is worked off with the keys of this one.
        // A chunk of its own beside it would read them twice.
        let left = self.open_chunks(PassNo::Keys).await?;
        let credentials = keys.keys().filter(|credential| !left.contains(*credential));
        let chunks: Vec<ChunkBounds> = credentials
            .map(|credential| whole_column(credential, PassNo::Keys))
            .collect();
        if !self.add_chunks(&chunks).await? {
            return Ok(Some(End::LeaseLost));
        }
        self.begin_pass(PassNo::Keys);
        let rows = PassRows {
            number: PassNo::Keys,
            keys: Some(keys),
            given_up: Rc::default(),
        };
        // One lane is enough: a key list is short.
        self.work_pass(&rows, &mut readers[..1]).await
    }

    /// The first pass over the table, and sweeps until one finds nothing to change.
    async fn work_table(&self, readers: &mut [Link]) -> Result<End, EngineError> {
        self.begin_pass(PassNo::First);
        let rows = PassRows {
            number: PassNo::First,
            keys: None,
            given_up: Rc::default(),
        };
        if let Some(end) = self.work_pass(&rows, readers).await? {
            return Ok(end);
        }
        if matches!(self.options.selection, Selection::Canary(_)) {
            return Ok(End::Canary);
        }
        let first_sweep = self.last_pass().await?.number() + 1;
        for n in 0..i64::from(self.options.sweeps) {
            let number = PassNo::Sweep(first_sweep.max(1) + n);
            let columns = self.session.columns.iter();
            let chunks: Vec<ChunkBounds> = columns
                .map(|column| whole_column(&column.credential, number))
                .collect();
            hit("before-sweep");
            if !self.add_chunks(&chunks).await? {
                return Ok(End::LeaseLost);
            }
            hit("after-sweep");
            self.begin_pass(number);
            let before = self.progress.borrow().counts.sweeps.candidates;
            let rows = PassRows {
                number,
                keys: None,
                given_up: Rc::new(self.given_up().await?),
            };
            if let Some(end) = self.work_pass(&rows, readers).await? {
                return Ok(end);
            }
            if self.progress.borrow().counts.sweeps.candidates == before {
                if self.job.asks_every_rule {
                    self.record_waits().await?;
                }
                return Ok(End::Done);
            }
        }
        Ok(if self.options.sweeps == 0 {
            End::Done
        } else {
            End::Arriving
        })
    }

    pub(crate) fn begin_pass(&self, pass: PassNo) {
        let event = Event::Pass {
            pass: pass.number(),
        };
        self.observer.on(Some(self.run), &event);
        self.progress.borrow_mut().begin_pass(pass);
    }
}

/// One chunk that is a whole column.
fn whole_column(credential: &str, pass: PassNo) -> ChunkBounds {
    ChunkBounds {
        credential: credential.to_owned(),
        pass: pass.number(),
        lo: None,
        hi: None,
    }
}
