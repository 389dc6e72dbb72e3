//! Check values, by which a file of site-wide salts is known again.
//!
//! A check value is a slow hash. A fast one would be a way to guess the salt.

use std::num::NonZeroU8;

use thiserror::Error;

use crate::scheme::{
    Context, Declared, Dialect, Outer, ValueMaker, VerifyError, outer_input, verify,
};
use crate::secret::{InnerSalt, Password, SiteSalts, StoredHash};

/// Stands before a line where it is hashed, so that the hash is that of no password.
const BEFORE: &[u8] = b"saltern site salt:";

/// Why a file of site-wide salts is not the one that was used before.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SiteMismatch {
    /// The file has fewer lines than before.
    #[error("line {line} of it is missing, with which rows were wrapped")]
    Missing {
        /// The line, from 1.
        line: u8,
    },
    /// The line is another one.
    #[error("line {line} of it is not the line with which rows were wrapped")]
    Other {
        /// The line, from 1.
        line: u8,
    },
    /// The check value can't be read.
    #[error("the check value of line {line} in the ledger can't be read")]
    Unreadable {
        /// The line, from 1.
        line: u8,
    },
}

impl SiteSalts {
    /// The check value of a line, with 16 random bytes for its salt; none where there is no such
    /// line.
    ///
    /// # Errors
    /// Where the hash function refuses the target's parameters.
    pub fn check_value(
        &self,
        line: NonZeroU8,
        outer: Outer,
        random: &[u8; 16],
    ) -> Result<Option<StoredHash>, VerifyError> {
        let Some(salt) = self.line(line) else {
            return Ok(None);
        };
        // A native string has no id, which could be too long.
        let Ok(input) = outer_input(&outer, text_of(salt).as_bytes(), None) else {
            return Ok(None);
        };
        let value = ValueMaker::new(outer, Dialect::Phc).make(&input, random)?;
        Ok(Some(StoredHash::new(value)))
    }

    /// Compares a line with its check value.
    ///
    /// # Errors
    /// As [`SiteMismatch`] says.
    pub fn check(&self, line: u8, value: &StoredHash) -> Result<(), SiteMismatch> {
        let salt = NonZeroU8::new(line).and_then(|line| self.line(line));
        let salt = salt.ok_or(SiteMismatch::Missing { line })?;
        match verify(value, &text_of(salt), Declared::Auto, &Context::default()) {
            Ok(true) => Ok(()),
            Ok(false) => Err(SiteMismatch::Other { line }),
            Err(_) => Err(SiteMismatch::Unreadable { line }),
        }
    }
}

fn text_of(salt: &InnerSalt) -> Password {
    Password::new([BEFORE, salt.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::BcryptPrefix;

    const ARGON2ID: Outer = Outer::Argon2id {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
    };
    const BCRYPT: Outer = Outer::Bcrypt {
        cost: 4,
        prefix: BcryptPrefix::Y,
    };

    #[test]
    fn a_line_is_known_again_by_a_slow_hash_and_no_other_line_is_taken_for_it() {
        let long = "x".repeat(1_024);
        let site = SiteSalts::new(["one", &long]).expect("two lines");
        let first = NonZeroU8::MIN;
        let second = NonZeroU8::new(2).expect("not zero");
        for outer in [ARGON2ID, BCRYPT, Outer::Pbkdf2Sha256 { iterations: 5 }] {
            let value = |line| {
                site.check_value(line, outer, &[7; 16])
                    .expect("good parameters")
                    .expect("a line")
            };
            assert_eq!(site.check(1, &value(first)), Ok(()));
            assert_eq!(site.check(2, &value(second)), Ok(()));
            assert_eq!(
                site.check(1, &value(second)),
                Err(SiteMismatch::Other { line: 1 })
            );
            assert_eq!(
                site.check(3, &value(first)),
                Err(SiteMismatch::Missing { line: 3 })
            );
            let almost = SiteSalts::new([&long[1..]]).expect("a line");
            assert_eq!(
                almost.check(1, &value(second)),
                Err(SiteMismatch::Other { line: 1 })
            );
        }
        assert_eq!(
            site.check(1, &StoredHash::new("nothing")),
            Err(SiteMismatch::Unreadable { line: 1 })
        );
    }
}
