//! A row's key: read from the database, kept in the ledger as text, bound again.
//!
//! Keys are never compared here. Their order is the database's own; for text a collation decides.

use crate::store::sql::{Arg, RowRef, StoreError};

/// How a key column is read and bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A signed integer of up to 64 bits.
    Int,
    /// MySQL's BIGINT UNSIGNED and its smaller kin.
    Uint,
    /// Text of any collation, and uuid in its text form.
    Text,
    /// Raw bytes: BINARY(16), BLOB.
    Bytes,
}

/// One part of a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum KeyPart {
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    Uint(u64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A row's key: one part, or several where the key is composite.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Key(pub Vec<KeyPart>);

/// The ledger's `row_key` column.
const LINE_CHARS_MAX: usize = 512;

impl Key {
    /// Reads a key from consecutive columns, the first at `at`.
    pub(crate) fn read(row: &RowRef<'_>, kinds: &[KeyKind], at: usize) -> Result<Self, StoreError> {
        let missing = || {
            StoreError::refused(
                "a key is NULL, or not of its column's type",
                "name key columns that are never NULL and hold one type",
            )
        };
        let mut parts = Vec::with_capacity(kinds.len());
        for (i, kind) in kinds.iter().enumerate() {
            let i = at + i;
            parts.push(match kind {
                KeyKind::Int => KeyPart::Int(row.int(i)?.ok_or_else(missing)?),
                KeyKind::Uint => KeyPart::Uint(row.uint(i)?.ok_or_else(missing)?),
                KeyKind::Text => KeyPart::Text(row.text(i)?.ok_or_else(missing)?.to_owned()),
                KeyKind::Bytes => KeyPart::Bytes(row.bytes(i)?.ok_or_else(missing)?.to_owned()),
            });
        }
        Ok(Self(parts))
    }

    pub(crate) fn args(&self) -> impl Iterator<Item = Arg> + '_ {
        self.0.iter().map(KeyPart::arg)
    }

    /// The text form in which the ledger keeps a key: a JSON array of strings, bytes as hex.
    pub fn to_ledger(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(KeyPart::text).collect();
        serde_json::to_string(&parts).expect("strings can always be written as JSON")
    }

    /// The text form as the quarantine lists it.
    ///
    /// A key that is longer than its column is cut, with a digest of the whole key behind it, so
    /// that two rows stay two lines.
    pub fn to_ledger_line(&self) -> String {
        use sha2::Digest as _;
        let text = self.to_ledger();
        if text.len() <= LINE_CHARS_MAX {
            return text;
        }
        let digest = hex(&sha2::Sha256::digest(text.as_bytes()));
        let start: String = text
            .chars()
            .take(LINE_CHARS_MAX - digest.len() - 1)
            .collect();
        format!("{start}…{digest}")
    }

    /// Reads the text form back.
    pub fn from_ledger(text: &str, kinds: &[KeyKind]) -> Result<Self, StoreError> {
        let wrong = || {
            StoreError::ledger(
                "reading a key from the ledger",
                format!("{text:?} does not fit the key columns"),
            )
        };
        let parts: Vec<String> = serde_json::from_str(text).map_err(|_| wrong())?;
        if parts.len() != kinds.len() {
            return Err(wrong());
        }
        let parse = |(part, kind): (String, &KeyKind)| {
            Some(match kind {
                KeyKind::Int => KeyPart::Int(part.parse().ok()?),
                KeyKind::Uint => KeyPart::Uint(part.parse().ok()?),
                KeyKind::Text => KeyPart::Text(part),
                KeyKind::Bytes => KeyPart::Bytes(unhex(&part)?),
            })
        };
        parts
            .into_iter()
            .zip(kinds)
            .map(parse)
            .collect::<Option<_>>()
            .map(Self)
            .ok_or_else(wrong)
    }
}

impl std::fmt::Display for Key {
    /// For people and for `--keys`: the parts joined by a tab.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\t")?;
            }
            f.write_str(&part.text())?;
        }
        Ok(())
    }
}

impl KeyPart {
    pub(crate) fn arg(&self) -> Arg {
        match self {
            Self::Int(n) => Arg::Int(*n),
            Self::Uint(n) => Arg::Uint(*n),
            Self::Text(s) => Arg::Text(s.clone()),
            Self::Bytes(b) => Arg::Bytes(b.clone()),
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Int(n) => n.to_string(),
            Self::Uint(n) => n.to_string(),
            Self::Text(s) => s.clone(),
            Self::Bytes(b) => hex(b),
        }
    }
}

/// Lowercase hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|half| DIGITS[usize::from(half)])
        .collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.is_ascii() {
        return None;
    }
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_key_survives_the_ledger() {
        let kinds = [KeyKind::Int, KeyKind::Uint, KeyKind::Text, KeyKind::Bytes];
        let key = Key(vec![
            KeyPart::Int(i64::MIN),
            KeyPart::Uint(u64::MAX),
            KeyPart::Text("a\t\"é\u{0}".into()),
            KeyPart::Bytes(vec![0, 255, 16]),
        ]);
        assert_eq!(
            Key::from_ledger(&key.to_ledger(), &kinds).expect("reads back"),
            key
        );
    }

    #[test]
    fn long_keys_are_listed_apart() {
        let line = |end: &str| Key(vec![KeyPart::Text("é".repeat(900) + end)]).to_ledger_line();
        assert_ne!(line("a"), line("b"));
        assert_eq!(line("a").chars().count(), LINE_CHARS_MAX);
    }

    #[test]
    fn a_key_that_does_not_fit_its_columns_is_an_error() {
        assert!(Key::from_ledger("[\"a\"]", &[KeyKind::Int]).is_err());
        assert!(Key::from_ledger("[\"1\",\"2\"]", &[KeyKind::Int]).is_err());
        assert!(Key::from_ledger("[\"0g\"]", &[KeyKind::Bytes]).is_err());
    }
}
