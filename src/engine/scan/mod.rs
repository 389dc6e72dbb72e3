//! Reads whole columns. Writes nothing.

pub(super) mod by_row;
pub(super) mod chunker;
pub(super) mod column;
pub(super) mod dependencies;
pub(super) mod known;
pub(super) mod label_width;
pub(super) mod salted;
pub(super) mod scan;
pub(super) mod waiting;
pub(super) mod wordlists;
