//! For which rows a proof holds: the result.

use std::fmt;

use super::divider::DividerValue;
use super::spelt::Spelt;
use crate::scheme::Scheme;

/// For which rows of a shape the proof of a scheme holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The scheme.
    pub scheme: Scheme,
    /// Rows that were judged.
    pub rows: u64,
    /// Rows of the shape in the column. They are more where a sample was judged.
    pub of_rows: u64,
    /// Rows, of those that were judged, that hold the digest of a common password.
    pub hits: u64,
    /// Rows of the column that no empty part has. Where a sample was judged it is an estimate.
    pub proven_rows: u64,
    /// Every way to divide the rows that was tried, the value's own spelling last.
    pub divisions: Vec<Division>,
    /// The parts that have none of their hits. The one that explains most comes first, and rows
    /// that it has are not judged again.
    pub empty: Vec<Part>,
    /// The parts that are too small to tell.
    pub untestable: Vec<Part>,
}

/// A way to divide the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// The column. Empty for the value's own spelling.
    pub name: String,
    /// What was found.
    pub standing: DivisionStanding,
}

/// What is known of the parts of a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DivisionStanding {
    /// Every part has hits.
    Covered,
    /// A part is too small to tell.
    Untestable,
    /// A part has none of its hits.
    Empty,
    /// It divides nothing: there is one value, or there are too many and they have no order.
    NotDividing,
}

/// A part of the rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The column that divides. Empty for the value's own spelling.
    pub divider: String,
    /// Which of its values.
    pub is: PartIs,
    /// Rows of the part that were judged.
    pub rows: u64,
    /// Those of them that no earlier empty part has.
    pub new_rows: u64,
    /// Its hits.
    pub hits: u64,
    /// The hits to be expected, if its people choose passwords as all others do.
    pub expected: f64,
    /// Other ways to describe almost the same rows.
    pub also: Vec<(String, PartIs)>,
    /// Whether the column's name or one of its values speaks of schemes.
    pub speaks: bool,
}

/// Which rows are in a part.
#[derive(Clone, PartialEq, Eq)]
pub enum PartIs {
    /// Those with one of these values. Several are small parts that were pooled.
    Values(Vec<PartValue>),
    /// Those with a value that is neither NULL nor empty.
    Present,
    /// Those from one value to another, both included. None: no end on this side.
    Range {
        /// The first value.
        from: Option<i64>,
        /// The last value.
        to: Option<i64>,
    },
    /// Those whose digest is spelt like this.
    Spelt(Spelt),
}

/// A value of a dividing column.
#[derive(Clone, PartialEq, Eq)]
pub enum PartValue {
    /// NULL.
    Null,
    /// The empty text.
    Blank,
    /// A text.
    Bytes(Vec<u8>),
    /// An integer.
    Number(i64),
}

impl Coverage {
    /// Whether the proof holds for all rows, as far as can be told.
    pub fn is_whole(&self) -> bool {
        self.empty.is_empty()
    }

    /// Whether a column divides the rows into parts that all have hits.
    pub fn covers(&self, name: &str) -> bool {
        self.divisions
            .iter()
            .any(|known| known.name == name && known.standing == DivisionStanding::Covered)
    }
}

impl Part {
    /// Whether a row is in the part: by its value, and by that of the dividing column.
    pub fn has(&self, value: &[u8], beside: DividerValue<'_>) -> bool {
        let is_blank = matches!(beside, DividerValue::Bytes(b""));
        match &self.is {
            PartIs::Values(values) => values.iter().any(|known| match (known, beside) {
                (PartValue::Null, DividerValue::Null) => true,
                (PartValue::Blank, _) => is_blank,
                (PartValue::Bytes(known), DividerValue::Bytes(bytes)) => known == bytes,
                (PartValue::Number(known), DividerValue::Number(number)) => *known == number,
                _ => false,
            }),
            PartIs::Present => beside != DividerValue::Null && !is_blank,
            PartIs::Range { from, to } => match beside {
                DividerValue::Number(number) => {
                    from.is_none_or(|from| from <= number) && to.is_none_or(|to| number <= to)
                }
                _ => false,
            },
            PartIs::Spelt(spelt) => Spelt::of(value) == *spelt,
        }
    }

    /// Whether the column's name or one of its values speaks of schemes, so that another value of
    /// it is likely to be another scheme.
    pub fn speaks_of_schemes(&self) -> bool {
        self.speaks
    }
}

/// `hash_type = 2`, `salt is null`, `id from 70001`, `spelling = upper case`
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.divider.as_str() {
            "" => "spelling",
            name => name,
        };
        match &self.is {
            PartIs::Values(values) => match &values[..] {
                [PartValue::Null] => write!(f, "{name} is null"),
                [value] => write!(f, "{name} = {value}"),
                values => {
                    write!(f, "{name} in (")?;
                    for (at, value) in values.iter().enumerate() {
                        write!(f, "{}{value}", if at == 0 { "" } else { ", " })?;
                    }
                    f.write_str(")")
                }
            },
            PartIs::Present => write!(f, "{name} is present"),
            PartIs::Range { from, to } => match (from, to) {
                (Some(from), Some(to)) => write!(f, "{name} from {from} to {to}"),
                (Some(from), None) => write!(f, "{name} from {from}"),
                (None, Some(to)) => write!(f, "{name} to {to}"),
                (None, None) => write!(f, "{name} is anything"),
            },
            PartIs::Spelt(spelt) => write!(f, "{name} = {}", spelt.as_str()),
        }
    }
}

impl fmt::Display for PartValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Blank => f.write_str("''"),
            Self::Bytes(bytes) => write!(f, "'{}'", String::from_utf8_lossy(bytes)),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

impl fmt::Debug for PartIs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Values(values) => f.debug_list().entries(values).finish(),
            Self::Present => f.write_str("Present"),
            Self::Range { from, to } => write!(f, "Range({from:?}, {to:?})"),
            Self::Spelt(spelt) => spelt.fmt(f),
        }
    }
}

impl fmt::Debug for PartValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
