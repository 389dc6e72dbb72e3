//! What `[serve]` says: where the sidecar listens, what it may cost, and how often a login may be
//! tried.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::scheme::LoginWorkMax;

/// How `saltern serve` answers.
///
/// Files are paths: nothing has been opened. A relative path counts from the folder of the
/// configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serve {
    /// Where it listens.
    pub listen: Listen,
    /// The file of the token that every request must carry.
    pub token_file: Option<PathBuf>,
    /// The certificate of an encrypted TCP port.
    pub tls: Option<Tls>,
    /// The credential that the hook for Ory Kratos reads.
    pub kratos_credential: Option<String>,
    /// Whether the answer to a login on a dead row says that it was reset.
    pub reveal_reset: bool,
    /// Whether a right password that is known is said to be.
    pub reveal_known: bool,
    /// Hashing threads; none for as many as the processor and the memory allow.
    pub threads: Option<usize>,
    /// How many requests may wait for a thread.
    pub queue: usize,
    /// The most connections to the database.
    pub connections: usize,
    /// The most clients that may be connected at once.
    pub clients_max: usize,
    /// The most bytes in the body of a request.
    pub body_bytes_max: usize,
    /// How long the head of a request may take to arrive, and then its body.
    pub request_time: Duration,
    /// How long the database may take for one step.
    pub database_time: Duration,
    /// How long requests in flight may take when the sidecar stops.
    pub stop_time: Duration,
    /// How many logins of one name are answered in a burst; 0 for any number.
    pub logins_burst: u32,
    /// How many more are answered a minute.
    pub logins_per_minute: u32,
    /// How many wrong passwords in a row one name is answered; 0 for any number.
    pub failures_max: u32,
    /// How long it takes until as many are forgotten.
    pub failures_time: Duration,
    /// How many requests for one client's address are answered in a burst; 0 for any number.
    pub client_burst: u32,
    /// How many more are answered a minute.
    pub client_per_minute: u32,
    /// How many sidecars the application asks. Each has its share of every limit.
    pub sidecars: u32,
    /// How long a token for a new password is valid.
    pub reset_time: Duration,
    /// How many tokens for one login are made in a burst; 0 for any number.
    pub resets_burst: u32,
    /// How many more are made an hour.
    pub resets_per_hour: u32,
    /// What a failed login costs.
    pub pad: Pad,
    /// The most work that one check of a password may cost.
    pub login_work_max: LoginWorkMax,
}

/// What a login costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pad {
    /// A failed one: at least a hash at the target.
    Target,
    /// The same hashes as every other: one at the target, and of each kind as much as any row of
    /// the column costs.
    Dearest,
}

/// Where the sidecar listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// A Unix socket.
    Unix(PathBuf),
    /// A TCP port.
    Tcp(SocketAddr),
}

/// The certificate of an encrypted TCP port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The chain of certificates, in PEM.
    pub certificate: PathBuf,
    /// Their key, in PEM.
    pub key: PathBuf,
}

/// The name of the socket beside the configuration.
const SOCKET: &str = "saltern.sock";

impl Serve {
    /// The defaults, for a configuration in `folder`.
    pub(in crate::config) fn in_folder(folder: &Path) -> Self {
        Self {
            listen: Listen::Unix(folder.join(SOCKET)),
            token_file: None,
            tls: None,
            kratos_credential: None,
            reveal_reset: false,
            reveal_known: false,
            threads: None,
            queue: 128,
            connections: 8,
            clients_max: 512,
            body_bytes_max: 64 << 10,
            request_time: Duration::from_secs(10),
            database_time: Duration::from_secs(5),
            stop_time: Duration::from_secs(30),
            logins_burst: 10,
            logins_per_minute: 10,
            // NIST SP 800-63B-4, section 3.2.2: no more than 100 consecutive failures.
            failures_max: 100,
            failures_time: Duration::from_secs(24 * 3600),
            client_burst: 200,
            client_per_minute: 100,
            sidecars: 1,
            reset_time: Duration::from_secs(3600),
            resets_burst: 3,
            resets_per_hour: 6,
            pad: Pad::Target,
            login_work_max: LoginWorkMax::DEFAULT,
        }
    }
}

impl Pad {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::Target, Self::Dearest];

    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Dearest => "dearest",
        }
    }

    /// The choice of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pad| pad.as_str() == word)
    }
}
