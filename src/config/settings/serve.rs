//! What `[serve]` says: where the sidecar listens, what it may cost, and whom it lets try how often.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How `saltern serve` answers. Paths only: nothing has been opened, and a relative one has been read from the folder of the
/// configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serve {
    /// Where it listens.
    pub listen: Listen,
    /// The file of the token that every request must carry.
    pub token_file: Option<PathBuf>,
    /// What encrypts a TCP port.
    pub tls: Option<Tls>,
    /// The credential that Ory Kratos' hook asks about.
    pub kratos_credential: Option<String>,
    /// Whether a dead row's login is told that it was reset.
    pub reveal_reset: bool,
    /// Hashing threads; none: as many as the processor and the memory allow.
    pub threads: Option<usize>,
    /// How many requests may wait for a thread.
    pub queue: usize,
    /// The most connections to the database.
    pub connections: usize,
    /// The most clients that are connected at once.
    pub clients_max: usize,
    /// The most bytes of a request's body.
    pub body_bytes_max: usize,
    /// How long a request's head, and again its body, may take to arrive.
    pub request_time: Duration,
    /// How long the database may take for one step.
    pub database_time: Duration,
    /// How long what is in flight may take when it stops.
    pub stop_time: Duration,
    /// How many logins of one name are answered at once; 0: any number.
    pub logins_burst: u32,
    /// How many more a minute.
    pub logins_per_minute: u32,
    /// How long a token for a new password is good.
    pub reset_time: Duration,
    /// How many tokens for one login are made at once; 0: any number.
    pub resets_burst: u32,
    /// How many more an hour.
    pub resets_per_hour: u32,
    /// What a login that fails is made to cost.
    pub pad: Pad,
}

/// What a login that fails is made to cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pad {
    /// A hash at the target.
    Target,
    /// One at the target, and one at the dearest that stands in the column.
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

/// What encrypts a TCP port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The chain of certificates, in PEM.
    pub certificate: PathBuf,
    /// Their key, in PEM.
    pub key: PathBuf,
}

/// The socket beside the configuration.
const SOCKET: &str = "saltern.sock";

impl Serve {
    /// What holds where the file says nothing.
    pub(in crate::config) fn in_folder(folder: &Path) -> Self {
        Self {
            listen: Listen::Unix(folder.join(SOCKET)),
            token_file: None,
            tls: None,
            kratos_credential: None,
            reveal_reset: false,
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
            reset_time: Duration::from_secs(3600),
            resets_burst: 3,
            resets_per_hour: 6,
            pad: Pad::Target,
        }
    }
}

impl Pad {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Target, Self::Dearest];

    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Dearest => "dearest",
        }
    }

    /// The one of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pad| pad.as_str() == word)
    }
}
