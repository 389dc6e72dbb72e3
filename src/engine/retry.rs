//! What of the store waits for a database that is gone or busy, over a link.

pub(crate) use crate::store::{retry, retry_further};
