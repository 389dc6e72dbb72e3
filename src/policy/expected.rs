//! What a value must be where another column of its row says so.

use super::scheme_group::SchemeGroup;
use crate::scheme::{Recognised, Scheme};

/// What the values of a column must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Nothing is said of them.
    #[default]
    Anything,
    /// A column of the row names their scheme.
    Scheme {
        /// The scheme.
        scheme: Scheme,
        /// Another that may stand there too: the target's, where a login leaves the column as it
        /// is.
        or: Option<Scheme>,
    },
    /// A column of the row names their schemes by one word.
    Group {
        /// The schemes.
        group: SchemeGroup,
        /// As above.
        or: Option<Scheme>,
    },
    /// A column of the row says that saltern wrote them.
    Written,
}

impl Expected {
    /// Whether a value is something else. What opens to no password contradicts nothing, and a
    /// label in the value is stronger than the column.
    pub fn is_contradicted(self, recognised: &Recognised<'_>) -> bool {
        let found = match recognised {
            Recognised::Null
            | Recognised::Empty
            | Recognised::Marker(_)
            | Recognised::Dead
            | Recognised::Wrapped { .. } => return false,
            other => other.scheme(),
        };
        match (self, recognised) {
            (Self::Anything, _) => false,
            (Self::Scheme { scheme, .. }, _) if scheme == Scheme::PLAINTEXT => {
                // What looks hashed among passwords has a reason of its own.
                matches!(recognised, Recognised::Native { .. })
            }
            // Two platforms write such strings, and the prefix names one of them.
            (Self::Scheme { .. }, _) if found.is_some_and(Scheme::is_guess) => false,
            (Self::Scheme { scheme, or }, _) => {
                found.is_none_or(|found| found != scheme && Some(found) != or)
            }
            (Self::Group { group, or }, _) => {
                found.is_none_or(|found| !group.has(found) && Some(found) != or)
            }
            (Self::Written, Recognised::Native { .. }) => false,
            (Self::Written, _) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Declared, recognise};

    const MD5: &[u8] = b"5f4dcc3b5aa765d61d8327deb882cf99";
    const BCRYPT: &[u8] = b"$2y$10$abcdefghijklmnopqrstuuW9mG7mUxZEoTtyNVKjpNsu4JIrcLBqS";
    const WRAPPED: &[u8] = b"$argon2id--md5$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const NATIVE: &[u8] = b"$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[track_caller]
    fn check(expected: Expected, declared: Declared, fits: &[&[u8]], contradicts: &[&[u8]]) {
        let is_contradicted =
            |value: &&[u8]| expected.is_contradicted(&recognise(Some(value), declared));
        for value in fits {
            assert!(
                !is_contradicted(value),
                "{}",
                String::from_utf8_lossy(value)
            );
        }
        for value in contradicts {
            assert!(is_contradicted(value), "{}", String::from_utf8_lossy(value));
        }
    }

    fn of(scheme: Scheme) -> Expected {
        Expected::Scheme { scheme, or: None }
    }

    #[test]
    fn a_value_of_another_scheme_than_the_column_names_is_a_contradiction() {
        let md5 = Declared::Scheme(Scheme::MD5);
        check(
            of(Scheme::MD5),
            md5,
            &[
                MD5,
                WRAPPED,
                b"",
                b"!",
                b"!saltern:reset:AAAAAAAAAAAAAAAAAAAAAA",
            ],
            &[
                BCRYPT,
                NATIVE,
                b"secret",
                b"da39a3ee5e6b4b0d3255bfef95601890afd80709",
            ],
        );
        check(
            Expected::Group {
                group: SchemeGroup::Bcrypt,
                or: None,
            },
            SchemeGroup::Bcrypt.declared(),
            &[BCRYPT, WRAPPED],
            &[MD5, NATIVE, b"secret"],
        );
        check(Expected::Anything, md5, &[MD5, BCRYPT, b"secret"], &[]);
    }

    #[test]
    fn a_password_in_the_clear_contradicts_no_column_of_plaintext() {
        check(
            of(Scheme::PLAINTEXT),
            Declared::Scheme(Scheme::PLAINTEXT),
            &[b"secret", WRAPPED, MD5],
            &[BCRYPT],
        );
    }

    #[test]
    fn beside_a_value_that_saltern_writes_stands_no_bare_digest() {
        check(
            Expected::Written,
            Declared::Auto,
            &[NATIVE, WRAPPED, BCRYPT, b"!"],
            &[MD5, b"secret"],
        );
    }

    #[test]
    fn a_column_that_stays_as_it_is_may_stand_beside_the_target() {
        let expected = Expected::Scheme {
            scheme: Scheme::MD5,
            or: Some(Scheme::ARGON2ID),
        };
        check(
            expected,
            Declared::Scheme(Scheme::MD5),
            &[MD5, NATIVE],
            &[BCRYPT, b"secret"],
        );
    }
}
