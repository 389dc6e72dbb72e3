//! The columns beside the value that may divide a table's rows, and their values.

/// The most columns that divide the rows.
pub const DIVIDERS_MAX: usize = 32;

/// A column that may divide the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divider {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: DividerKind,
}

/// What a dividing column's values are, and so how they divide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DividerKind {
    /// Short texts: each value is a part, NULL and the empty text among them.
    Words,
    /// Integers: each value is a part while there are few, and their order has ranges.
    Number,
    /// Moments as integers of any unit: their order has ranges, and NULL is a part.
    Moment,
    /// The key or a part of it, in integers: like [`DividerKind::Number`].
    Key,
    /// Only NULL, empty or something: a salt, a name, a token. The value itself is not kept.
    Presence,
}

/// The value of a dividing column in one row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DividerValue<'v> {
    /// NULL.
    Null,
    /// A text.
    Bytes(&'v [u8]),
    /// An integer, or a moment.
    Number(i64),
    /// Nothing that could be read.
    Unread,
}

/// Blind: the value may be a salt.
impl std::fmt::Debug for DividerValue<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Bytes(_) => "Bytes(..)",
            Self::Number(_) => "Number(..)",
            Self::Unread => "Unread",
        })
    }
}

impl DividerKind {
    /// Whether each value is a part of its own.
    pub(super) fn has_values(self) -> bool {
        matches!(self, Self::Words | Self::Number | Self::Key)
    }

    /// Whether the values have an order.
    pub(super) fn has_order(self) -> bool {
        matches!(self, Self::Number | Self::Moment | Self::Key)
    }
}
