//! What the sidecar tells its operator. Nothing here names a user or holds a value.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::login_cost::{LoginCost, ShownRows};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SidecarEvent {
    /// It answers requests from now on.
    Ready {
        /// Its address or socket.
        at: String,
        /// How many hashes are made at once.
        threads: usize,
        /// The name of the kernel that computes Argon2id.
        kernel: &'static str,
    },
    /// The files of the token, the certificate and the key were read again.
    ReadAgain,
    /// One of these files can't be used. What was read before goes on to be used.
    NotReadAgain {
        /// Which, and why. Nothing of the file is shown.
        why: String,
    },
    /// A stop was asked for. Requests in flight are finished.
    Stopping,
    /// Something about a credential that the operator should know beforehand.
    Caution {
        /// The credential.
        credential: String,
        /// What.
        what: String,
    },
    /// Something that the sidecar can't do for anybody.
    Cannot {
        /// What, and what to do.
        what: String,
    },
    /// What a login costs, where every one makes the same hashes.
    LoginCost {
        /// The credential.
        credential: String,
        /// The cost.
        cost: LoginCost,
    },
    /// A row had a kind of hash, or more of it, than any before. Every login makes it from now on.
    LoginCostRaised {
        /// The credential.
        credential: String,
        /// The cost from now on.
        cost: LoginCost,
    },
    /// Which rows the time of a failed login shows.
    ShownRows {
        /// The credential.
        credential: String,
        /// The rows.
        shown: ShownRows,
    },
    /// Rows whose value costs more than a login may. Nobody can log in by them.
    BeyondWork {
        /// The credential.
        credential: String,
        /// How many rows.
        rows: u64,
        /// The units of work that a login may cost.
        max: u64,
    },
    /// The database doesn't answer. Logins get 503 until it does.
    DatabaseGone {
        /// Why, without a value.
        why: String,
    },
    /// The database answers again.
    DatabaseBack,
    /// Several rows have one login, so nobody can log in by it.
    Ambiguous {
        /// The credential.
        credential: String,
    },
    /// A stored value can't be checked, so its user can't log in.
    Unverifiable {
        /// The credential.
        credential: String,
        /// Why, without a value.
        why: String,
    },
    /// The lists of known passwords have more words than are kept in memory.
    ListsCut {
        /// How many words are kept.
        words: usize,
    },
    /// The list of known passwords can't be read any more. New passwords are accepted without it.
    ListUnreadable {
        /// Why.
        why: String,
    },
    /// The ledger's tables can't be used, so nobody can get a token.
    NoLedger {
        /// Why, and what to do.
        why: String,
    },
    /// A token was good, but the new password's hash could not be written.
    NotChosen {
        /// The credential.
        credential: String,
        /// Why, without a value.
        why: String,
    },
    /// A password was right, but its better hash could not be written.
    NotUpgraded {
        /// The credential.
        credential: String,
        /// Why, without a value.
        why: String,
    },
}

/// Receives the events.
pub trait SidecarObserver: Send + Sync {
    /// Takes an event. It must not block for long.
    fn on(&self, event: &SidecarEvent);
}

impl fmt::Display for SidecarEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready {
                at,
                threads,
                kernel,
            } => write!(
                f,
                "listening on {at}, {threads} hashes at once by kernel {kernel}"
            ),
            Self::ReadAgain => f.write_str(
                "read again: the token, the certificate and the key, as far as [serve] names them",
            ),
            Self::NotReadAgain { why } => write!(
                f,
                "not read again, and what was read before goes on to be used: {why}"
            ),
            Self::Stopping => f.write_str("stopping: what is in flight is finished"),
            Self::Caution { credential, what } => write!(f, "credential {credential}: {what}"),
            Self::Cannot { what } => f.write_str(what),
            Self::LoginCost { credential, cost } => write!(f, "{credential}: {cost}"),
            Self::LoginCostRaised { credential, cost } => {
                write!(
                    f,
                    "{credential}: a row has a dearer hash than any before; {cost}"
                )
            }
            Self::ShownRows { credential, shown } => write!(f, "{credential}: {shown}"),
            Self::BeyondWork {
                credential,
                rows,
                max,
            } => write!(
                f,
                "credential {credential}: {rows} {} more than login_work_max = {max}, so nobody can log in by {}",
                if *rows == 1 {
                    "value costs"
                } else {
                    "values cost"
                },
                if *rows == 1 { "it" } else { "them" }
            ),
            Self::DatabaseGone { why } => write!(f, "the database does not answer: {why}"),
            Self::DatabaseBack => f.write_str("the database answers again"),
            Self::Ambiguous { credential } => write!(
                f,
                "credential {credential}: two rows have the login that was typed; nobody can log in by it"
            ),
            Self::Unverifiable { credential, why } => {
                write!(
                    f,
                    "credential {credential}: a stored value can't be checked: {why}"
                )
            }
            Self::ListsCut { words } => write!(
                f,
                "the lists of words in [known] are long: new passwords are looked up among the first {words} words"
            ),
            Self::ListUnreadable { why } => write!(
                f,
                "the pwned list in [known] can't be read any more, and new passwords are not looked up in it: {why}"
            ),
            Self::NoLedger { why } => {
                write!(
                    f,
                    "tokens for new passwords need saltern's own tables: {why}"
                )
            }
            Self::NotChosen { credential, why } => write!(
                f,
                "credential {credential}: a token was good and the new password's hash is not written: {why}"
            ),
            Self::NotUpgraded { credential, why } => write!(
                f,
                "credential {credential}: a password was right and its better hash is not written: {why}"
            ),
        }
    }
}

/// Lets one kind of event through once a minute, so that a flood of requests doesn't flood the log.
#[derive(Debug)]
pub(super) struct OnceAMinute {
    since: Instant,
    /// The minute, counted from 1, in which one was last let through.
    last: AtomicU64,
}

impl OnceAMinute {
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            last: AtomicU64::new(0),
        }
    }

    /// Whether one may be let through now.
    pub(super) fn is_due(&self) -> bool {
        let minute = self.since.elapsed().as_secs() / 60 + 1;
        self.last.fetch_max(minute, Ordering::Relaxed) < minute
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_told_once_a_minute() {
        let once = OnceAMinute::new();
        assert!(once.is_due());
        assert!(!once.is_due());
    }
}
