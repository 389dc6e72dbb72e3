//! What holds a run back although it could go on.

pub(crate) mod throttle; // Why the next page has to wait.

pub(crate) mod lag_query; // The operator's query, asked again and again.
