//! The run itself. No other folder writes to users' tables.

pub(super) mod health; // Whether the run may go on.
pub(super) mod pass_no; // Which pass over the rows.
pub(super) mod rate_meter; // How fast a run is while it goes.
pub(super) mod throttle; // What holds a run back.

pub(super) mod progress; // The counts and times that are told.

pub(super) mod join; // One run on many hosts.
pub(super) mod limits; // What bounds an invocation.

pub(super) mod orders; // What operators have ordered.

pub(super) mod context; // What the parts below share.

pub(super) mod accounts; // What is read from the ledger and added to it.
pub(super) mod heartbeat; // What goes on beside the passes.
pub(super) mod listen; // Orders that come while the run works.
pub(super) mod locks; // The columns' locks.
pub(super) mod loss; // Why a lock is no longer this run's.
pub(super) mod start; // The run, found or made.

pub(super) mod equip; // The pool and the judges of a run.

pub(super) mod page; // A page on its way from the reader to the writer.
pub(super) mod pass; // A pass, as its reader and its writer share it.

pub(super) mod candidates; // Which of the rows that were read a pass takes.

pub(super) mod reader; // Claims chunks, reads and judges rows.
pub(super) mod writer; // Commits pages.

pub(super) mod lanes; // Readers and writers side by side.

pub(super) mod sweeps; // The passes in their order.

pub(super) mod run; // A run from beginning to end.
