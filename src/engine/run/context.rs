//! What the parts of a run share: the request that begins it, and the run with everything that it
//! holds. Hardly any behaviour; each part has a file of its own.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use tokio::sync::Mutex;

use super::health::RunHealth;
use super::join::member::RunMember;
use super::limits::Limits;
use super::orders::Orders;
use super::progress::RunProgress;
use super::throttle::signal::Readings;
use crate::engine::event::Observer;
use crate::engine::hash::budget::Budget;
use crate::engine::hash::calibrate::MeasuredRate;
use crate::engine::hash::pool::Hasher;
use crate::engine::judge::judge::Judge;
use crate::engine::plan::job::JobPlan;
use crate::engine::request::RunOptions;
use crate::engine::session::Session;
use crate::engine::stop::Stop;
use crate::store::ledger::{Duty, HeldLock, LockOwner, WorkerIdentity};
use crate::store::{CredentialColumn, Key, Link, OpenWait};

/// What an invocation was asked for, and by whom.
#[derive(Clone, Copy)]
pub(crate) struct RunRequest<'a> {
    pub(crate) me: &'a WorkerIdentity,
    /// The id of the run, should it be a new one.
    pub(crate) new_id: &'a str,
    pub(crate) options: &'a RunOptions,
    pub(crate) job: &'a JobPlan,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) budget: &'a Budget,
    /// Who holds the columns' locks: this process, or the joined run.
    pub(crate) holder: &'a WorkerIdentity,
    /// Where the run is joined.
    pub(crate) member: Option<&'a RunMember<'a>>,
    /// By which duty a joined run is prepared.
    pub(crate) duty: Option<Duty<'a>>,
}

/// A run that writes, with everything that it holds.
pub(crate) struct Execution<'a> {
    pub(crate) session: &'a Session<'a>,
    pub(crate) options: &'a RunOptions,
    pub(crate) job: &'a JobPlan,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) stop: &'a Stop,
    pub(crate) me: &'a WorkerIdentity,
    /// Where the run is joined.
    pub(crate) member: Option<&'a RunMember<'a>>,
    /// The run's id in the ledger.
    pub(crate) run: &'a str,
    /// For claims and heartbeats.
    pub(crate) control: Mutex<Link>,
    /// One for each page that is written at the same time.
    /// None on SQLite, where the control connection writes too.
    pub(crate) writers: Vec<Mutex<Link>>,
    /// Held by the page that is being written, once pages have waited for each other's rows.
    pub(crate) turn: Mutex<()>,
    pub(crate) measured: &'a MeasuredRate,
    pub(crate) hasher: Hasher,
    pub(crate) judges: HashMap<String, Judge<'a>>,
    /// With the salts and names that a judge looks at.
    pub(crate) columns: Vec<CredentialColumn>,
    /// The only rows of the run, where it is a cohort's.
    pub(crate) cohort: Option<&'a HashMap<String, Vec<Key>>>,
    pub(crate) progress: RefCell<RunProgress>,
    pub(crate) limits: RefCell<Limits>,
    pub(crate) health: RunHealth,
    /// What operators have ordered.
    pub(crate) orders: Orders<'a>,
    /// What is read of the world beside the run, for its throttle.
    pub(crate) readings: Rc<Readings>,
    /// The locks as they were when the run began to write.
    pub(crate) locks: Vec<HeldLock>,
    /// That another worker holds the chunks that are left.
    pub(crate) chunk_wait: RefCell<Option<OpenWait>>,
    /// Set when the passes have ended, for what goes on beside them.
    pub(crate) over: Cell<bool>,
}

impl Execution<'_> {
    /// Who holds the columns' locks: this process, or the run that it has joined.
    pub(crate) fn lock_owner(&self) -> LockOwner<'_> {
        let holder = self.member.map_or(self.me, RunMember::holder);
        self.session.lock_owner(holder)
    }
}
