//! What one row means. No database, no thread.

pub(super) mod judge;
pub(super) mod row_event;
pub(super) mod selection;
pub(super) mod work;
