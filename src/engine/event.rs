//! What the engine tells: events that a face renders. Nothing is printed here, and no event holds a
//! stored value.
//!
//! The JSON form is versioned ([`EVENT_VERSION`]); fields are only ever added.

use std::time::Duration;

use serde::Serialize;

use crate::store::ledger::Accounts;

/// The version of the events' JSON form.
pub const EVENT_VERSION: u32 = 1;

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Something is being prepared: the database is looked at, the processor is measured.
    Preparing {
        /// What, as a fragment: "counting parents".
        what: String,
    },
    /// A run begins or goes on.
    Started(Started),
    /// Where the run stands; about once a second, and once at the end.
    Progress(Progress),
    /// A row as `--print` shows it.
    Row {
        /// The credential's name.
        credential: String,
        /// The row's key.
        key: String,
        /// Its scheme, or its class where it has none.
        from: String,
        /// What is done with it.
        action: String,
    },
    /// Something has been waited for, for two seconds and more: the database, a lock, another run.
    Waiting(Waiting),
    /// It is waited for no more: what was done goes on.
    WaitOver(WaitOver),
    /// An order of `saltern control` was heard, or stood when the run began.
    Control(Ordered),
    /// A pass begins: 0 is the first, then the sweeps.
    Pass {
        /// Its number.
        pass: i64,
    },
    /// Something that the operator should know.
    Warning {
        /// What.
        text: String,
    },
    /// The run ended. Always the last event.
    Finished(Finished),
}

/// An order of `saltern control`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ordered {
    /// `pause`, `resume`, `stop`, `rate` or `threads`.
    pub verb: &'static str,
    /// Rows a second, or threads; none for the other verbs and for "off".
    pub amount: Option<f64>,
    /// Why, in the operator's words. May be empty.
    pub reason: String,
    /// Who gave it: a user and a host.
    pub who: String,
    /// When, by the database's clock, in milliseconds since 1970.
    pub at_ms: i64,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// What, and why.
    pub reason: String,
    /// For how long already, in milliseconds.
    pub waited_ms: u64,
    /// For how long more at the most, in milliseconds; none where no end is set: the server is at
    /// work.
    pub left_ms: Option<u64>,
}

/// What was waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitOver {
    /// What, and why, as it was told last.
    pub reason: String,
    /// For how long, in milliseconds.
    pub waited_ms: u64,
}

/// How a run begins.
#[derive(Clone, Debug, Serialize)]
pub struct Started {
    /// Whether anything is written.
    pub execute: bool,
    /// Whether an unfinished run goes on.
    pub resumed: bool,
    /// The plan's digest.
    pub digest: String,
    /// Hashing threads; 0 where nothing is hashed.
    pub threads: usize,
    /// What computes the hashes: the name of a kernel.
    pub kernel: &'static str,
    /// Hashes in lockstep on each, as measured best here.
    pub lockstep: usize,
    /// The variant of the kernel, and why it is that one; none where it has none.
    pub variant: Option<String>,
    /// Memory for hashing, in bytes.
    pub memory_bytes: u64,
    /// Candidates that the plan counted.
    pub estimate: i64,
}

/// Where a run stands.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Progress {
    /// The credential at work.
    pub credential: String,
    /// The pass.
    pub pass: i64,
    /// The accounts of the first pass, all invocations together.
    #[serde(flatten)]
    pub accounts: AccountsJson,
    /// Candidates that the sweeps found.
    pub arrived: i64,
    /// Candidates that the plan counted.
    pub estimate: i64,
    /// Rows changed in this invocation.
    pub done_now: i64,
    /// Rows hashed a second, over the last seconds.
    pub rate: f64,
    /// Hashing threads.
    pub threads: usize,
    /// Milliseconds since the last commit; none before the first.
    pub last_commit_ms: Option<u64>,
    /// What the run does now.
    pub state: RunStatus,
    /// Why, where it is not simply hashing.
    pub reason: Option<String>,
    /// What holds it back now, where something does.
    pub held_by: Option<HeldBy>,
    /// For how long this invocation was held back so far, by what.
    pub held: Vec<HeldTime>,
    /// Seconds to go; none before 1 % or 10 s. What it is held back or waits for is not counted.
    pub eta_seconds: Option<u64>,
    /// Seconds since this invocation began.
    pub elapsed_seconds: f64,
    /// Seconds spent inside the hash, over all threads.
    pub busy_seconds: f64,
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Reading, hashing, writing.
    #[default]
    Running,
    /// Held up by a pause file or by `saltern control pause`.
    Paused,
    /// Held back by another signal.
    Throttled,
    /// The database is gone or busy.
    Waiting,
    /// Ending: what is hashed is being committed.
    Stopping,
}

/// What holds a run back although it could go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// `saltern control pause`.
    Control,
    /// The pause file.
    PauseFile,
    /// The number of the lag query.
    Lag,
    /// The server's load.
    Load,
    /// The load of this host.
    HostLoad,
    /// Commits that take too long.
    Commits,
    /// The check over HTTP.
    Http,
    /// The share of time in which it sleeps.
    Nice,
    /// The rate.
    Rate,
}

impl HeldBy {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Control,
        Self::PauseFile,
        Self::Lag,
        Self::Load,
        Self::HostLoad,
        Self::Commits,
        Self::Http,
        Self::Nice,
        Self::Rate,
    ];

    /// The words for people: "throttled 12 min by lag".
    pub fn words(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::PauseFile => "the pause file",
            Self::Lag => "lag",
            Self::Load => "load",
            Self::HostLoad => "the host's load",
            Self::Commits => "slow commits",
            Self::Http => "the HTTP check",
            Self::Nice => "the nice ratio",
            Self::Rate => "the rate",
        }
    }

    /// What the run does meanwhile.
    pub fn status(self) -> RunStatus {
        match self {
            Self::Control | Self::PauseFile => RunStatus::Paused,
            _ => RunStatus::Throttled,
        }
    }

    /// Whether it holds all the time, a little: it is part of how fast the run is.
    pub fn is_steady(self) -> bool {
        matches!(self, Self::Nice | Self::Rate)
    }
}

/// For how long something has held a run back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HeldTime {
    /// What.
    pub by: HeldBy,
    /// Seconds.
    pub seconds: f64,
}

/// [`Accounts`] as events show them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct AccountsJson {
    /// Rows read.
    pub seen: i64,
    /// Rows that a rule would change.
    pub candidates: i64,
    /// Rows changed.
    pub done: i64,
    /// Rows that the application changed first.
    pub superseded: i64,
    /// Rows deleted meanwhile.
    pub deleted: i64,
    /// Rows left alone, with a reason.
    pub quarantined: i64,
}

impl From<Accounts> for AccountsJson {
    fn from(a: Accounts) -> Self {
        Self {
            seen: a.seen,
            candidates: a.candidates,
            done: a.done,
            superseded: a.superseded,
            deleted: a.deleted,
            quarantined: a.quarantined,
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Finished {
    /// Why it ended.
    pub end: End,
    /// The accounts of the first pass.
    pub accounts: AccountsJson,
    /// Candidates that the sweeps found.
    pub arrived: i64,
    /// Rows that wait for a login, as the last pass over the columns counted them.
    pub waiting: i64,
    /// Rows that are kept because the proof of their column does not hold for them, as the last
    /// pass over the columns counted them.
    pub uncovered: i64,
    /// Seconds that this invocation took.
    pub elapsed_seconds: f64,
    /// From the first read to the last commit of the first pass.
    pub hashing_seconds: f64,
    /// Seconds spent inside the hash, over all threads.
    pub busy_seconds: f64,
    /// The same in processor time.
    pub hash_cpu_seconds: f64,
    /// Rows hashed in this invocation.
    pub hashed: u64,
    /// The longest that a page's transaction was open, and its rows locked, in milliseconds.
    pub longest_lock_ms: u64,
    /// Rows quarantined, by reason.
    pub quarantined_by_reason: Vec<(String, i64)>,
    /// For how long this invocation was held back, by what.
    pub held: Vec<HeldTime>,
    /// What ended it early, in words; none where `end` says it all.
    pub reason: Option<String>,
}

impl Finished {
    /// A dry run, which wrote nothing.
    pub(crate) fn dry(accounts: Accounts, elapsed: Duration) -> Self {
        Self {
            end: End::Dry,
            accounts: accounts.into(),
            elapsed_seconds: elapsed.as_secs_f64(),
            ..Self::default()
        }
    }
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Everything is done and the counts add up.
    Done,
    /// There was nothing to do.
    #[default]
    Nothing,
    /// A dry run: nothing was written.
    Dry,
    /// A signal: SIGINT.
    Interrupted,
    /// A signal: SIGTERM.
    Terminated,
    /// `--max-rows`.
    MaxRows,
    /// `--max-runtime`.
    MaxRuntime,
    /// `--until` has come, or the window has closed.
    Window,
    /// `saltern control stop`.
    ControlStop,
    /// `--critical-load` was reached.
    CriticalLoad,
    /// `--canary` or `--keys`: what was asked for is done.
    Canary,
    /// Weak rows keep arriving.
    Arriving,
    /// The counts do not add up.
    Open,
    /// The lease was lost to another worker.
    LeaseLost,
}

impl End {
    /// The word for machines, in events and in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Nothing => "nothing",
            Self::Dry => "dry",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
            Self::MaxRows => "max_rows",
            Self::MaxRuntime => "max_runtime",
            Self::Window => "window",
            Self::ControlStop => "control_stop",
            Self::CriticalLoad => "critical_load",
            Self::Canary => "canary",
            Self::Arriving => "arriving",
            Self::Open => "open",
            Self::LeaseLost => "lease_lost",
        }
    }
}

impl RunStatus {
    /// The word for machines, in events and in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Throttled => "throttled",
            Self::Waiting => "waiting",
            Self::Stopping => "stopping",
        }
    }
}

/// Who listens.
pub trait Observer: Sync {
    /// Hears an event.
    fn on(&self, run: Option<&str>, event: &Event);
}

/// Nobody listens.
impl Observer for () {
    fn on(&self, _: Option<&str>, _: &Event) {}
}

pub(crate) fn to_i64(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_ledger_are_those_of_events() {
        for end in [
            End::Done,
            End::Nothing,
            End::Dry,
            End::Interrupted,
            End::Terminated,
            End::MaxRows,
            End::MaxRuntime,
            End::Window,
            End::ControlStop,
            End::CriticalLoad,
            End::Canary,
            End::Arriving,
            End::Open,
            End::LeaseLost,
        ] {
            assert_eq!(serde_json::to_value(end).unwrap(), end.as_str());
        }
        for status in [
            RunStatus::Running,
            RunStatus::Paused,
            RunStatus::Throttled,
            RunStatus::Waiting,
            RunStatus::Stopping,
        ] {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }
}
