//! What an invocation was asked for, and a run that writes with everything that it holds.

use tokio::sync::Mutex;

use crate::engine::event::Observer;
use crate::engine::hash::budget::Budget;
use crate::engine::hash::calibrate::MeasuredRate;
use crate::engine::request::RunOptions;
use crate::engine::session::Session;
use crate::engine::stop::Stop;
use crate::store::Link;
use crate::store::ledger::WorkerIdentity;

/// What an invocation was asked for, and by whom.
#[derive(Clone, Copy)]
pub(crate) struct StartRequest<'a> {
    pub(crate) me: &'a WorkerIdentity,
    /// The id of the run, should it be a new one.
    pub(crate) new_id: &'a str,
    pub(crate) options: &'a RunOptions,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) digest: &'a str,
    pub(crate) budget: &'a Budget,
}

/// A run that writes, with everything that it holds.
pub(crate) struct Execution<'a> {
    pub(crate) session: &'a Session<'a>,
    pub(crate) options: &'a RunOptions,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) stop: &'a Stop,
    pub(crate) me: WorkerIdentity,
    pub(crate) control: Mutex<Link>,
    /// One for each page that is written at the same time; none on SQLite, where the control connection writes too.
    pub(crate) writers: Vec<Mutex<Link>>,
    pub(crate) measured: &'a MeasuredRate,
}
