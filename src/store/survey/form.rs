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
    /// The name of a hash function or of a scheme, as a column has it that says how others are
    /// hashed.
    Method,
    /// As many bytes as a digest has, which are no text.
    Raw(usize),
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
            Self::Method => f.write_str("names of schemes"),
            Self::Raw(bytes) => write!(f, "{bytes} bytes that are no text"),
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
        Recognised::Undecodable => match value.map_or(0, <[u8]>::len) {
            bytes @ (16 | 20 | 28 | 32 | 48 | 64) => FormKind::Raw(bytes),
            _ => FormKind::Bytes,
        },
        Recognised::Plaintext(_) | Recognised::LooksHashed | Recognised::Unknown => {
            match value.is_some_and(names_a_scheme) {
                true => FormKind::Method,
                false => FormKind::Text,
            }
        }
    }
}

/// Whether a value is the name of a scheme, as `md5`, `SHA-256` or `pbkdf2_hi` are.
fn names_a_scheme(value: &[u8]) -> bool {
    const NAMES: [&str; 12] = [
        "md5", "sha", "bcrypt", "blowfish", "argon2", "pbkdf2", "scrypt", "crypt", "phpass",
        "plain", "ntlm", "ssha",
    ];
    let Ok(text) = std::str::from_utf8(value) else {
        return false;
    };
    let text = text.trim().to_ascii_lowercase();
    let is_word = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_$".contains(c));
    is_word
        && text.len() <= 24
        && NAMES.iter().any(|name| {
            text.strip_prefix(name).is_some_and(|rest| {
                rest.is_empty()
                    || rest.starts_with(['-', '_', '$', 'i', 'd', 't'])
                    || rest.starts_with(|c: char| c.is_ascii_digit())
            })
        })
}

fn hex(shape: Shape, value: Option<&[u8]>) -> FormKind {
    let upper = value.is_some_and(|v| text::trim(v).iter().any(u8::is_ascii_uppercase));
    FormKind::Hex {
        digits: shape.digits(),
        upper,
    }
}
