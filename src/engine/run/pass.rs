//! One pass over the chunks of a run, as its reader and its writer share it.
//!
//! Reader and writer are futures on one thread; `lanes` runs them. Nothing is hashed inside a
//! transaction.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use tokio::sync::Mutex;

use super::context::Execution;
use super::pass_no::PassNo;
use crate::engine::error::EngineError;
use crate::store::{CredentialColumn, Key, Link};

/// Which rows a pass takes.
#[derive(Clone)]
pub(crate) struct PassRows<'a> {
    pub(crate) number: PassNo,
    /// The rows that are named, by credential; none for a pass over chunks.
    pub(crate) keys: Option<&'a HashMap<String, Vec<Key>>>,
    /// Rows that this run has given up on: a sweep passes them over.
    pub(crate) given_up: Rc<HashSet<(String, String)>>,
}

/// A pass in one lane.
pub(crate) struct Pass<'a> {
    pub(crate) execution: &'a Execution<'a>,
    pub(crate) rows: PassRows<'a>,
    pub(crate) writer: &'a Mutex<Link>,
}

/// Why the reader stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadEnd {
    /// Every row of the pass was read.
    Complete,
    /// A signal, or a lock that was lost.
    Stopped,
    /// `--max-rows`.
    MaxRows,
    /// `--max-runtime`.
    MaxRuntime,
    /// The moment of `--until` or of the window's end.
    Window,
    /// An end that was asked for meanwhile.
    Early,
    /// `--canary`: there are more candidates.
    Canary,
}

impl Pass<'_> {
    /// The column of a credential, with its place among the run's columns.
    ///
    /// # Errors
    /// A run of the ledger that has a credential which the configuration does not have.
    pub(crate) fn column(
        &self,
        credential: &str,
    ) -> Result<(usize, &CredentialColumn), EngineError> {
        let mut columns = self.execution.columns.iter().enumerate();
        columns
            .find(|(_, column)| column.credential == credential)
            .ok_or_else(|| {
                EngineError::refused(
                    format!(
                        "the run has a credential {credential} that the configuration does not"
                    ),
                    "use the configuration of the run",
                )
            })
    }
}
