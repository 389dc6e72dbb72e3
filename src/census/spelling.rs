//! How the values of one kind are spelt.
//!
//! Saltern ignores case and padding. Another reader of the column may not, so they are counted.

use crate::scheme::{Declared, Recognised, bcrypt_takes, recognise, reveal};
use crate::text;

/// How many rows differ from the plain spelling of their value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spelling {
    /// Digests with a letter in upper case.
    pub uppercase: u64,
    /// Values with a line break before or after them.
    pub newline: u64,
    /// Values with other padding before or after them: blanks, tabs, NULs.
    pub padded: u64,
    /// Values of a known form in quotes. They count as unknown, and no job writes to them.
    pub quoted: u64,
    /// Passwords in the clear, or that can be read back, of more than 71 bytes or with a NUL:
    /// bcrypt can't take them as they are.
    pub long: u64,
}

impl Spelling {
    /// Counts a value. `bare` is the same value trimmed.
    pub(super) fn observe(&mut self, value: &[u8], bare: &[u8], recognised: &Recognised<'_>) {
        match recognised {
            Recognised::Digest { shape, .. } if !shape.is_bare_hex() && !shape.is_joined() => {}
            Recognised::Digest { shape, .. } => {
                // A salt in capitals behind a colon is no other spelling.
                let digits = bare.get(..shape.digits()).unwrap_or(bare);
                self.uppercase += u64::from(has_upper(digits));
            }
            Recognised::Plaintext(password) => {
                self.long += u64::from(!bcrypt_takes(password));
                return;
            }
            Recognised::Native { scheme, .. } if scheme.is_reversible() => {
                let password = reveal(value, *scheme);
                self.long += u64::from(password.is_some_and(|text| !bcrypt_takes(&text)));
            }
            Recognised::Native { .. } | Recognised::Wrapped { .. } => {}
            Recognised::Unknown => {
                self.quoted += u64::from(is_quoted(value));
                return;
            }
            _ => return,
        }
        if value.len() != bare.len() {
            if value.contains(&b'\n') {
                self.newline += 1;
            } else {
                self.padded += 1;
            }
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.uppercase += other.uppercase;
        self.newline += other.newline;
        self.padded += other.padded;
        self.quoted += other.quoted;
        self.long += other.long;
    }
}

/// It has no early exit, so that the compiler can use vector instructions.
fn has_upper(digits: &[u8]) -> bool {
    digits
        .iter()
        .fold(false, |any, digit| any | digit.is_ascii_uppercase())
}

fn is_quoted(value: &[u8]) -> bool {
    text::unquote(value).is_some_and(|inner| {
        matches!(
            recognise(Some(inner), Declared::Auto),
            Recognised::Digest { .. } | Recognised::Native { .. } | Recognised::Wrapped { .. }
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";

    fn check(value: &str, expected: Spelling) {
        let mut spelling = Spelling::default();
        let recognised = recognise(Some(value.as_bytes()), Declared::Auto);
        spelling.observe(value.as_bytes(), text::trim(value.as_bytes()), &recognised);
        assert_eq!(spelling, expected, "{value:?}");
    }

    #[test]
    fn each_way_to_spell_a_value_is_counted_as_itself() {
        let none = Spelling::default();
        check(MD5, none);
        check(&format!("{MD5}:SALT"), none);
        check(
            &MD5.to_uppercase(),
            Spelling {
                uppercase: 1,
                ..none
            },
        );
        check(&format!("{MD5}\r\n"), Spelling { newline: 1, ..none });
        check(&format!("{MD5}   "), Spelling { padded: 1, ..none });
        check(&format!("\"{MD5}\""), Spelling { quoted: 1, ..none });
        for other in ["'hunter2'", "!", "", "\"\""] {
            check(other, none);
        }
    }
}
