//! What goes wrong in a round.

use crate::servers::Backend;

/// One thing that goes wrong while a run is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    /// SIGKILL at a random moment.
    Kill,
    /// SIGKILL at a named point between two steps.
    KillAtAPoint,
    /// SIGTERM or SIGINT.
    Terminate,
    /// SIGSTOP at a random moment, for longer than the lease; another process goes on.
    Freeze,
    /// The same at a named point, so that it is always in the same place of a page.
    FreezeAtAPoint,
    /// A second process beside the first.
    Second,
    /// Connections are cut.
    Cut,
    /// A network that swallows everything for a while.
    Swallow,
    /// The same for good.
    SwallowForGood,
    /// COMMITs that happen, and whose answers don't come.
    LoseCommits,
    /// Somebody locks the table for a while.
    LockTable,
    /// Somebody locks it for longer than anybody waits.
    LockForGood,
    /// Somebody alters the table.
    Ddl,
    /// The server is killed and started again.
    Restart,
    /// The rights are revoked.
    Revoke,
    /// The user may have one connection alone.
    Quota,
}

impl Fault {
    const EVERYWHERE: [Self; 11] = [
        Self::Nothing,
        Self::Kill,
        Self::KillAtAPoint,
        Self::Terminate,
        Self::Freeze,
        Self::FreezeAtAPoint,
        Self::Second,
        Self::LoseCommits,
        Self::LockTable,
        Self::LockForGood,
        Self::Ddl,
    ];
    const OF_SERVERS: [Self; 6] = [
        Self::Cut,
        Self::Swallow,
        Self::SwallowForGood,
        Self::Restart,
        Self::Revoke,
        Self::Quota,
    ];

    /// Everything that can go wrong with a database.
    pub(crate) fn all(backend: Backend) -> Vec<Self> {
        let of_servers = Self::OF_SERVERS
            .iter()
            .filter(|_| backend != Backend::Sqlite);
        Self::EVERYWHERE.iter().chain(of_servers).copied().collect()
    }

    /// Its name in the last lines of a campaign.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Kill => "kill",
            Self::KillAtAPoint => "kill at a point",
            Self::Terminate => "terminate",
            Self::Freeze => "freeze",
            Self::FreezeAtAPoint => "freeze at a point",
            Self::Second => "second process",
            Self::Cut => "cut",
            Self::Swallow => "swallow",
            Self::SwallowForGood => "swallow for good",
            Self::LoseCommits => "lose COMMITs",
            Self::LockTable => "lock table",
            Self::LockForGood => "lock for good",
            Self::Ddl => "DDL",
            Self::Restart => "restart",
            Self::Revoke => "revoke",
            Self::Quota => "quota",
        }
    }

    /// The codes that a run may end with beside those of a run that nothing hits. None of them is 1, 2 or 6.
    pub(crate) fn codes(self) -> &'static [i32] {
        match self {
            Self::Nothing | Self::Kill | Self::KillAtAPoint | Self::Ddl | Self::LockTable => &[],
            Self::Terminate => &[130, 143],
            // Who was late has lost the column, and who waits may find rows that a stopped process holds.
            Self::Freeze | Self::FreezeAtAPoint => &[5, 11],
            Self::Second => &[11],
            Self::Cut
            | Self::Swallow
            | Self::SwallowForGood
            | Self::LoseCommits
            | Self::LockForGood
            | Self::Restart
            | Self::Quota => &[5],
            Self::Revoke => &[4, 5],
        }
    }
}
