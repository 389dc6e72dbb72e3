//! Threads and memory. Knows no rule and no row.

pub(super) mod budget;
pub(super) mod calibrate;
pub(super) mod kernel;
pub(super) mod pool;
pub(super) mod recheck;
pub(super) mod threads;
