//! What a command is asked for, as validated. Nothing here acts.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::relabel::Relabel;
use crate::config::digest_of;
use crate::kernel::Kernel;
use crate::policy::{Age, ResetMode};
use crate::scheme::{Class, Scheme};
use crate::secret::Password;

/// Which rows a run takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Every row.
    #[default]
    All,
    /// The first so many candidates of each credential, then stop.
    Canary(u64),
    /// The rows of these keys, then stop. One key a line, the parts of a composite key separated by
    /// a tab.
    Keys(Vec<String>),
}

/// Whether a run writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Says what it would do.
    #[default]
    Dry,
    /// Does it.
    Execute,
}

/// What a run does with the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Job {
    /// What the rules say.
    #[default]
    Rules,
    /// Puts the label of wrapped values right, and nothing else.
    Relabel(Relabel),
    /// Resets what the one rule matches and the request leaves, and nothing else. The request must
    /// have been applied to the settings ([`ResetRequest::apply_to`]).
    Reset(Arc<ResetRequest>),
}

/// The options of a run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What is done.
    pub job: Job,
    /// Whether it writes.
    pub mode: Mode,
    /// Which rows.
    pub selection: Selection,
    /// Stop after so many candidates in this invocation.
    pub max_rows: Option<u64>,
    /// Stop after so long in this invocation.
    pub max_runtime: Option<Duration>,
    /// Stop at this moment.
    pub until: Option<Until>,
    /// What holds it back.
    pub throttle: ThrottleOptions,
    /// Hashing threads; none: as many as the processor and the memory allow.
    pub threads: Option<usize>,
    /// The hash kernel; none: the fastest that passes its self-test.
    pub kernel: Option<Kernel>,
    /// The most sweeps after the first pass.
    pub sweeps: u32,
    /// Wait so long for another run to end.
    pub wait: Duration,
    /// Close an unfinished run of another plan and begin anew.
    pub new_run: bool,
    /// Emit an event for each row.
    pub print: bool,
    /// The name under which many hosts join one run; none where this process works alone.
    pub join: Option<String>,
    /// This process's own name; none: the host's.
    pub worker_name: Option<String>,
}

impl RunOptions {
    /// This process's own name.
    pub(crate) fn worker_name<'a>(&'a self, host: &'a str) -> &'a str {
        self.worker_name.as_deref().unwrap_or(host)
    }
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            job: Job::Rules,
            mode: Mode::Dry,
            selection: Selection::All,
            max_rows: None,
            max_runtime: None,
            until: None,
            throttle: ThrottleOptions::default(),
            threads: None,
            kernel: None,
            sweeps: 3,
            wait: Duration::ZERO,
            new_run: false,
            print: false,
            join: None,
            worker_name: None,
        }
    }
}

/// What `saltern reset` is asked for: whose values, how, and why. The conditions that are given
/// must all be true of a row.
///
/// A job takes `schemes`, `classes`, `known`, `last_login_before`, `wrapped`, `condition` and `how`
/// from the settings. [`ResetRequest::apply_to`] puts them there before a session is opened. A job
/// is refused where the settings hold anything but one rule that resets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResetRequest {
    /// Values of these schemes. Empty for all.
    pub schemes: Vec<Scheme>,
    /// Values of these classes. Empty for all.
    pub classes: Vec<Class>,
    /// Only passwords that the lists of `[known]` have.
    pub known: bool,
    /// Only rows whose last login is longer ago than this, or that never had one.
    pub last_login_before: Option<Age>,
    /// Only wrapped values. `schemes` are then those inside.
    pub wrapped: bool,
    /// Only rows for which this SQL condition is true.
    pub condition: Option<String>,
    /// What happens to the value.
    pub how: ResetMode,
    /// Only these, a line each; none for all.
    pub users: Option<Vec<String>>,
    /// Never these, a line each.
    pub except_users: Vec<String>,
    /// What a line of either names a row by.
    pub by: By,
    /// Only rows that were wrapped longer ago than this, and are wrapped still.
    pub wrapped_before: Option<Age>,
    /// Why, in the operator's own words, for the ledger.
    pub reason: String,
    /// The most rows of this invocation, those whose users have been away longest first.
    pub limit: Option<u64>,
    /// How many rows the operator counts on.
    pub confirm: Option<u64>,
}

impl ResetRequest {
    /// What the plan of such a run says beyond the configuration.
    pub(crate) fn facts(&self) -> String {
        let list = |name: &str, lines: &[String]| {
            format!(
                "reset\t{name}\t{} lines, {}\n",
                lines.len(),
                digest_of(&lines.join("\n"))
            )
        };
        let by = match self.by {
            By::Key => "key",
            By::Login => "login",
        };
        let mut out = format!("reset\tby\t{by}\nreset\treason\t{:?}\n", self.reason);
        if let Some(age) = self.wrapped_before {
            out.push_str(&format!("reset\twrapped_before\t{age}\n"));
        }
        if let Some(users) = &self.users {
            out.push_str(&list("users", users));
        }
        if !self.except_users.is_empty() {
            out.push_str(&list("except_users", &self.except_users));
        }
        out
    }
}

/// What a line of a list of users is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// The row's key.
    #[default]
    Key,
    /// What is typed at login.
    Login,
}

/// A moment at which a run stops, and what makes it the moment.
#[derive(Clone, Debug)]
pub struct Until {
    /// When.
    pub at: Instant,
    /// Why, in words.
    pub reason: String,
}

/// What throttles a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThrottleOptions {
    /// At most so many rows a second.
    pub max_rate: Option<f64>,
    /// Wait while this file exists.
    pub pause_file: Option<PathBuf>,
    /// Wait while a query's number is too high.
    pub lag: Option<MaxLag>,
    /// Wait while one of these numbers of the server is above its bound.
    pub max_load: Vec<LoadBound>,
    /// End at once where one of these is.
    pub critical_load: Vec<LoadBound>,
    /// Wait while the load average of this host is above this.
    pub max_host_load: Option<f64>,
    /// Wait where nine of the last ten commits don't stay below this.
    pub max_commit: Option<Duration>,
    /// Wait while this address answers anything but 200.
    pub http: Option<HttpCheck>,
    /// The share of the time in which nothing is hashed.
    pub nice_ratio: Option<f64>,
}

/// A number of the server's, and its bound.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBound {
    /// A status variable of MySQL and MariaDB; `active` on PostgreSQL.
    pub name: String,
    /// The highest good one.
    pub max: f64,
}

impl std::fmt::Display for LoadBound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.name, self.max)
    }
}

/// An address that is asked whether a run may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpCheck {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What is asked for, from the first slash on.
    pub path: String,
}

impl std::fmt::Display for HttpCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What stands behind the question mark may be a secret.
        let path = self.path.split('?').next().unwrap_or_default();
        write!(f, "http://{}:{}{path}", self.host, self.port)
    }
}

/// A query, and the highest number at which pages go on.
#[derive(Clone, Debug, PartialEq)]
pub struct MaxLag {
    /// A SELECT of one number.
    pub query: String,
    /// The highest good one; seconds, where the query gives seconds.
    pub max: f64,
}

/// How schemes are proven.
#[derive(Clone, Debug)]
pub struct ProofOptions {
    /// How long salted schemes are tried, over all columns.
    pub time: Duration,
    /// Threads; none: as many as there are processors.
    pub threads: Option<usize>,
    /// An account whose password is known.
    pub canary: Option<CanaryLogin>,
}

/// An account whose password is known.
#[derive(Clone, Debug)]
pub struct CanaryLogin {
    /// Its login.
    pub login: String,
    /// Its password.
    pub password: Password,
}

impl Default for ProofOptions {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            threads: None,
            canary: None,
        }
    }
}

/// How a plan is measured.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    /// Hashing threads; none: as many as the processor and the memory allow.
    pub threads: Option<usize>,
    /// The hash kernel; none: the fastest.
    pub kernel: Option<Kernel>,
}

/// Which tokens are made.
#[derive(Clone, Debug)]
pub struct TokenOptions {
    /// The file's name for itself: a new one for each call.
    pub batch: String,
    /// Only those whom this run has reset.
    pub run: Option<String>,
    /// How long the tokens are good, from the moment when the file is whole.
    pub life: Duration,
    /// Whether the tokens of earlier files are void from now on. If not, those who have one keep
    /// it.
    pub replaces: bool,
}
