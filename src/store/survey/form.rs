//! The form of a value, which tells nothing of the value.

use crate::scheme::{Declared, Recognised, Shape, recognise};
use crate::text;

/// How many sampled values have one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormCount {
    /// The form.
    pub kind: FormKind,
    /// How many.
    pub rows: usize,
}

/// The form of a value, which tells nothing of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormKind {
    /// A string that carries its own mark.
    Native(&'static str),
    /// saltern's own.
    Own,
    /// A digest in another spelling than bare hex.
    Digest(Shape),
    /// A bare digest in hex.
    Hex {
        /// How many digits.
        digits: usize,
        /// Whether any is an uppercase letter.
        upper: bool,
    },
    /// Text of no known form.
    Text,
    /// Bytes that are no text.
    Bytes,
    /// Longer than any password hash.
    Long,
    /// A marker of a locked account.
    Locked,
    /// The empty string.
    Empty,
    /// NULL.
    Null,
}

impl std::fmt::Display for FormKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Native(scheme) => f.write_str(scheme),
            Self::Own => f.write_str("saltern's own"),
            Self::Digest(shape) => f.write_str(&shape.words()),
            Self::Hex { digits, upper } => write!(
                f,
                "{digits} {} hex",
                if *upper { "uppercase" } else { "lowercase" }
            ),
            Self::Text => f.write_str("text of no known form"),
            Self::Bytes => f.write_str("bytes that are no text"),
            Self::Long => f.write_str("longer than any hash"),
            Self::Locked => f.write_str("markers of locked accounts"),
            Self::Empty => f.write_str("empty"),
            Self::Null => f.write_str("NULL"),
        }
    }
}

pub(super) fn form_of(value: Option<&[u8]>) -> FormKind {
    match recognise(value, Declared::Auto) {
        Recognised::Null => FormKind::Null,
        Recognised::Empty => FormKind::Empty,
        Recognised::Marker(_) => FormKind::Locked,
        Recognised::Dead | Recognised::Wrapped { .. } => FormKind::Own,
        Recognised::Native { scheme, .. } => FormKind::Native(scheme.name()),
        Recognised::Digest { shape, .. } if shape.is_bare_hex() || shape.is_joined() => {
            hex(shape, value)
        }
        Recognised::Digest { shape, .. } => FormKind::Digest(shape),
        Recognised::TooLong => FormKind::Long,
        Recognised::Undecodable => FormKind::Bytes,
        Recognised::Plaintext(_) | Recognised::LooksHashed | Recognised::Unknown => FormKind::Text,
    }
}

fn hex(shape: Shape, value: Option<&[u8]>) -> FormKind {
    let upper = value.is_some_and(|v| text::trim(v).iter().any(u8::is_ascii_uppercase));
    FormKind::Hex {
        digits: shape.digits(),
        upper,
    }
}
