//! The only folder that writes.

pub(super) mod accounts;
pub(super) mod context;
pub(super) mod heartbeat;
pub(super) mod lanes;
pub(super) mod limits;
pub(super) mod locks;
pub(super) mod page;
pub(super) mod pass;
pub(super) mod progress;
pub(super) mod reader;
pub(super) mod run;
pub(super) mod spec;
pub(super) mod start;
pub(super) mod sweeps;
pub(super) mod throttle;
pub(super) mod writer;
