//! How a stored value goes in and out of its column.

/// How a stored value goes in and out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueForm {
    /// Text, or bytes that hold text.
    Plain,
    /// MySQL's BINARY(n): padded with NUL, which belongs to the column and not to the value.
    NulPadded,
}

/// A stored value, as SQL.
pub(super) struct ValueSql {
    /// Its bytes.
    pub(super) bytes: String,
    /// The value as Unicode text, where that differs from its bytes.
    pub(super) unicode: Option<String>,
    pub(super) form: ValueForm,
}

impl ValueForm {
    /// How many bytes at the end of a stored value are padding.
    pub(crate) fn padding(self, stored: &[u8]) -> usize {
        match self {
            Self::Plain => 0,
            Self::NulPadded => stored.iter().rev().take_while(|b| **b == 0).count(),
        }
    }
}

impl ValueSql {
    /// A value whose bytes are its Unicode text.
    pub(super) fn plain(bytes: String) -> Self {
        Self {
            bytes,
            unicode: None,
            form: ValueForm::Plain,
        }
    }

    /// A value that its column pads.
    pub(super) fn padded(bytes: String) -> Self {
        Self {
            form: ValueForm::NulPadded,
            ..Self::plain(bytes)
        }
    }
}
