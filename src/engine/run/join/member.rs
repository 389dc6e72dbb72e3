//! A member of a joined run: under which name it joined, who holds the columns' locks for it, and
//! how it takes its leave.

use std::cell::OnceCell;

use crate::engine::event::RunStatus;
use crate::engine::retry::retry;
use crate::store::Link;
use crate::store::ledger::{MemberKey, Names, WorkerIdentity, WorkerLine, joined, worker};

/// A member of a joined run.
pub(crate) struct RunMember<'a> {
    /// The name that all members give.
    pub(crate) joined: &'a str,
    /// Its own name.
    pub(crate) name: &'a str,
    pub(crate) me: &'a WorkerIdentity,
    /// Its hashing threads.
    pub(crate) threads: i64,
    /// Who holds the columns' locks: the run itself. None before the run's row was read.
    holder: OnceCell<WorkerIdentity>,
}

impl<'a> RunMember<'a> {
    pub(crate) fn new(
        joined: &'a str,
        name: &'a str,
        me: &'a WorkerIdentity,
        threads: i64,
    ) -> Self {
        Self {
            joined,
            name,
            me,
            threads,
            holder: OnceCell::new(),
        }
    }

    /// Notes which run it is. Host and process stay empty: nobody takes the holder for gone.
    pub(crate) fn enter(&self, id: &str) -> &WorkerIdentity {
        self.holder.get_or_init(|| WorkerIdentity {
            id: id.to_owned(),
            ..WorkerIdentity::default()
        })
    }

    /// Who holds the columns' locks; the worker itself as long as the run's row was not read.
    pub(crate) fn holder(&self) -> &WorkerIdentity {
        self.holder.get().unwrap_or(self.me)
    }

    /// How people call it, in the 100 characters that the ledger has for it.
    pub(crate) fn words(&self) -> String {
        let host = &self.me.host;
        let words = if self.name == host {
            format!("process {} on {host}", self.me.pid)
        } else {
            format!("{} (process {} on {host})", self.name, self.me.pid)
        };
        words.chars().take(100).collect()
    }

    /// Its line in the ledger before it works.
    pub(crate) fn line(&self, run: Option<&str>, reason: &str) -> MemberLine {
        let line = WorkerLine {
            who: self.me.clone(),
            threads: self.threads,
            state: RunStatus::Waiting.as_str().to_owned(),
            reason: reason.to_owned(),
            joined: self.joined.to_owned(),
            name: self.name.to_owned(),
            ..WorkerLine::default()
        };
        MemberLine {
            run: run.unwrap_or(&self.holder().id).to_owned(),
            line,
        }
    }

    /// The member as the ledger knows it.
    pub(crate) fn key(&self) -> MemberKey<'_> {
        MemberKey {
            joined: self.joined,
            id: &self.holder().id,
            worker: &self.me.id,
        }
    }

    /// Takes its leave: notes how it ended, and gives back what it holds. What can't be given back
    /// runs out.
    pub(crate) async fn leave(&self, control: &mut Link, names: &Names, outcome: &str) {
        retry(control, async |conn| {
            worker::note_end(conn, names, &self.me.id, outcome).await
        })
        .await
        .ok();
        let key = self.key();
        retry(control, async |conn| joined::leave(conn, names, key).await)
            .await
            .ok();
    }
}

/// A line of the `worker` table, and of which run it is.
pub(crate) struct MemberLine {
    pub(crate) run: String,
    pub(crate) line: WorkerLine,
}
