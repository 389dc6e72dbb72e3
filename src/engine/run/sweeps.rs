//! The passes of a run: the selection, the first pass, the sweeps.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use tokio::sync::Mutex;

use super::context::Execution;
use super::limits::Limits;
use super::pass::Pass;
use super::progress::RunProgress;
use crate::engine::error::EngineError;
use crate::engine::event::{End, Event};
use crate::engine::hash::pool::Hasher;
use crate::engine::judge::judge::Judge;
use crate::engine::key_list::parse_keys;
use crate::engine::request::{Job, Selection};
use crate::failpoint::hit;
use crate::store::ledger::ChunkBounds;
use crate::store::{CredentialColumn, Key, Link};

/// The columns of a run, each with what its rows are judged by.
pub(crate) struct Docket<'a> {
    pub(crate) judges: HashMap<String, Judge<'a>>,
    /// With the salts and names that a judge looks at.
    pub(crate) columns: Vec<CredentialColumn>,
    /// The only rows of the run, where it is a cohort's.
    pub(crate) cohort: Option<HashMap<String, Vec<Key>>>,
}

impl Execution<'_> {
    /// The selection, the first pass, the sweeps.
    pub(crate) async fn passes(
        &self,
        run: &str,
        readers: &mut [Link],
        docket: &Docket<'_>,
        hasher: &Hasher,
        progress: &RefCell<RunProgress>,
        limits: &RefCell<Limits>,
    ) -> Result<End, EngineError> {
        let turn = Mutex::new(());
        let pass = |number, keys, given_up: &Rc<HashSet<_>>, writer| Pass {
            names: &self.session.names,
            turn: &turn,
            columns: &docket.columns,
            judges: &docket.judges,
            hasher,
            observer: self.observer,
            stop: self.stop,
            progress,
            limits,
            control: &self.control,
            writer,
            run,
            worker: &self.me.id,
            pass: number,
            given_up: given_up.clone(),
            keys,
            print: self.options.print,
        };
        let nothing = Rc::new(HashSet::new());
        let rows = match (&self.options.selection, &docket.cohort) {
            (Selection::Keys(lines), _) => {
                Some((parse_keys(&self.session.columns, lines)?, End::Canary))
            }
            (_, Some(cohort)) => Some((cohort.clone(), End::Done)),
            _ => None,
        };
        if let Some((keys, done)) = rows {
            // What a killed invocation has left is worked off with the keys of this one: a chunk of its own beside it would read them twice.
            let left = self.open_chunks(run, -1).await?;
            let chunks: Vec<ChunkBounds> = keys
                .keys()
                .filter(|credential| !left.contains(*credential))
                .map(|c| ChunkBounds {
                    credential: c.clone(),
                    pass: -1,
                    lo: None,
                    hi: None,
                })
                .collect();
            self.add(run, &chunks).await?;
            self.observer.on(Some(run), &Event::Pass { pass: -1 });
            progress.borrow_mut().begin_pass(-1);
            let pass = |writer| pass(-1, Some(&keys), &nothing, writer);
            // One line: what is read by its keys is little.
            let end = self
                .whole(run, -1, pass, &mut readers[..1], progress)
                .await?;
            return Ok(end.unwrap_or(done));
        }
        self.observer.on(Some(run), &Event::Pass { pass: 0 });
        progress.borrow_mut().begin_pass(0);
        let first = |writer| pass(0, None, &nothing, writer);
        if let Some(end) = self.whole(run, 0, first, readers, progress).await? {
            return Ok(end);
        }
        if matches!(self.options.selection, Selection::Canary(_)) {
            return Ok(End::Canary);
        }
        let first_sweep = self.last_pass(run).await? + 1;
        for n in 0..i64::from(self.options.sweeps) {
            let number = first_sweep.max(1) + n;
            let chunks: Vec<ChunkBounds> = self
                .session
                .columns
                .iter()
                .map(|c| ChunkBounds {
                    credential: c.credential.clone(),
                    pass: number,
                    lo: None,
                    hi: None,
                })
                .collect();
            hit("before-sweep");
            self.add(run, &chunks).await?;
            hit("after-sweep");
            self.observer.on(Some(run), &Event::Pass { pass: number });
            progress.borrow_mut().begin_pass(number);
            let before = progress.borrow().sweeps.candidates;
            let given_up = Rc::new(self.given_up(run).await?);
            let pass = |writer| pass(number, None, &given_up, writer);
            if let Some(end) = self.whole(run, number, pass, readers, progress).await? {
                return Ok(end);
            }
            if progress.borrow().sweeps.candidates == before {
                if matches!(self.options.job, Job::Rules) {
                    self.record_waits(progress).await?;
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
}
