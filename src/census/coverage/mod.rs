//! For which rows a proof holds: hits must be where hits should be.
//!
//! The rows are divided in every way that the table offers: by each column of few values, by NULL
//! and empty salts, by the spelling of the value, by ranges of the key and of dates. A part without
//! hits, where chance would have given it some, is another scheme's, or bots'. It is named, and the
//! proof holds for the other rows.
//!
//! Counted in one pass in bounded memory; `docs/decisions/coverage.md` says how much.

mod divider;
mod hit;
mod spelt;

mod speaks;
mod verdict;

mod kept;
mod order;
mod values;

mod counts;

mod chance;
mod found;
mod judge;
mod part_rows;
mod stretches;
mod table;

pub use counts::{CoverageCounts, CoverageQuestion};
pub use divider::{DIVIDERS_MAX, Divider, DividerKind, DividerValue};
pub use hit::RowHit;
pub(in crate::census) use judge::CoverageOfRivals;
pub use spelt::Spelt;
pub use verdict::{Coverage, Division, DivisionStanding, Part, PartIs, PartValue};

#[cfg(test)]
mod tests;

#[cfg(test)]
mod figures;
