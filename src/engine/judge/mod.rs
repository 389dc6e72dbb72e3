//! What one row means. No database, no thread.

pub(super) mod parts; // Parts of the rows for which a proof holds or not.

pub(super) mod part_text; // Such a part as text.
pub(super) mod spec; // What the ledger keeps of a run: its plan, what is proven, the parts.
pub(super) mod spec_parts; // Parts of the rows, as it keeps them.

pub(super) mod work; // What a row is judged from, and what is done with it.

pub(super) mod selection; // The rows that a reset may touch.

pub(super) mod judge; // From a row to what is done with it.
pub(super) mod row_event; // A judged row, as it is printed.
