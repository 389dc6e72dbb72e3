//! What holds a run back although it could go on.

pub(crate) mod lag_query;
pub(crate) mod throttle;
