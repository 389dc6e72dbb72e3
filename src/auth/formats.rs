//! Several schemes in one column, where another column of the row says which one the row has.

use super::column::Column;
use super::error::AuthError;
use super::outcome::{Outcome, Replacement};
use crate::policy::{Expected, SchemeGroup};
use crate::scheme::{Context, Declared, Scheme, recognise, unlabel};
use crate::secret::{Password, StoredHash};

/// A column of several schemes, which another column of the row tells apart.
///
/// A value that is of another scheme than its row says opens for nobody, and so does one whose row
/// says what is not listed. A label in the value is stronger than the column.
///
/// ```
/// use saltern::auth::{Column, FormatOutcome, FormatWords, Formats, RowFormat};
/// use saltern::scheme::{Context, Declared, Dialect, Outer, Scheme};
/// use saltern::secret::{Password, StoredHash};
///
/// let column = Column {
///     declared: Declared::Auto, // each row says what it is
///     outer: Outer::Argon2id { memory_kib: 64, iterations: 1, parallelism: 1 },
///     dialect: Dialect::Phc,
///     normalize: None,
/// };
/// let words = FormatWords { wrapped: "40".to_owned(), native: "41".to_owned() };
/// let schemes = [(Some("1"), Scheme::MD5), (Some("2"), Scheme::MD5_UP), (None, Scheme::MD5)];
/// let formats = Formats::new(column, schemes, Some(words))?;
///
/// let stored = StoredHash::new("5f4dcc3b5aa765d61d8327deb882cf99");
/// let row = RowFormat { says: Some("1"), stored: &stored };
/// let (password, salt) = (Password::new("password"), *b"16 random bytes!");
/// let outcome = formats.verify_and_upgrade(row, &password, &Context::default(), &salt)?;
/// let FormatOutcome::MatchNeedsRehash { better, says } = outcome else {
///     panic!("an MD5 is weaker than any target")
/// };
/// // Both in one UPDATE, where neither column has changed meanwhile.
/// assert!(better.as_str().starts_with("$argon2id$v=19$"));
/// assert_eq!(says, Some("41"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Formats {
    parts: Vec<(Option<String>, SchemeOfFormat)>,
    /// A row that is not listed: no password opens it.
    unlisted: Column,
    words: Option<FormatWords>,
}

/// What a row of one format is.
#[derive(Clone, Copy, Debug)]
struct SchemeOfFormat {
    column: Column,
    expected: Expected,
}

/// What the column of formats is set to, in the statement that swaps the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatWords {
    /// Beside a value with a label.
    pub wrapped: String,
    /// Beside a native string of the target.
    pub native: String,
}

/// What a row holds.
#[derive(Clone, Copy, Debug)]
pub struct RowFormat<'r> {
    /// What its column of formats says; none for NULL.
    pub says: Option<&'r str>,
    /// The stored value.
    pub stored: &'r StoredHash,
}

/// What came out of a login on a row with a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatOutcome<'f> {
    /// It is not the password.
    Mismatch,
    /// It is the password, and nothing is to be written.
    Match,
    /// It is the password, and this is to be stored in place of the old value.
    MatchNeedsRehash {
        /// The new value.
        better: Replacement,
        /// What the column of formats is set to in the same statement; none where it stays.
        says: Option<&'f str>,
    },
}

/// Why formats can't be told apart safely.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatsError {
    /// A reader that still takes the row for plaintext would accept the stored string.
    #[error("{scheme} is listed, so the column must say what is written: give the words")]
    NoWords {
        /// The scheme.
        scheme: Scheme,
    },
    /// A word that is written is that of a listed scheme, and its readers can't read it.
    #[error("the word {word:?} is written, and is that of {scheme}")]
    WordIsListed {
        /// The word.
        word: String,
        /// The scheme.
        scheme: Scheme,
    },
    /// Two schemes for one word.
    #[error("{} has two schemes", .word.as_deref().map_or("NULL".to_owned(), |word| format!("{word:?}")))]
    Twice {
        /// The word; none is NULL.
        word: Option<String>,
    },
}

impl FormatWords {
    /// The word for a new value.
    pub fn of(&self, new: &str) -> &str {
        match unlabel(new) {
            Some(_) => &self.wrapped,
            None => &self.native,
        }
    }
}

impl Formats {
    /// The schemes by what the column says, NULL as none, in a column like this one. Its own
    /// `declared` counts for nothing.
    ///
    /// # Errors
    /// Where a reader of the column would take one thing for another.
    pub fn new<'s>(
        like: Column,
        schemes: impl IntoIterator<Item = (Option<&'s str>, Scheme)>,
        words: Option<FormatWords>,
    ) -> Result<Self, FormatsError> {
        let mut parts: Vec<(Option<String>, SchemeOfFormat)> = Vec::new();
        for (says, scheme) in schemes {
            let says = says.map(str::to_owned);
            if parts.iter().any(|(known, _)| *known == says) {
                return Err(FormatsError::Twice { word: says });
            }
            let is_open = scheme == Scheme::PLAINTEXT || scheme.is_reversible();
            if is_open && words.is_none() {
                return Err(FormatsError::NoWords { scheme });
            }
            let is = |word: &String| says.as_deref() == Some(word.as_str());
            let written = words.as_ref().and_then(|words| {
                let is_native = is(&words.native) && scheme != like.outer.scheme();
                (is(&words.wrapped) || is_native).then(|| says.clone())?
            });
            if let Some(word) = written {
                return Err(FormatsError::WordIsListed { word, scheme });
            }
            let or = words.is_none().then(|| like.outer.scheme());
            let expected = match SchemeGroup::of(scheme) {
                Some(group) => Expected::Group { group, or },
                None => Expected::Scheme { scheme, or },
            };
            let column = Column {
                declared: Declared::Scheme(scheme),
                ..like
            };
            parts.push((says, SchemeOfFormat { column, expected }));
        }
        let unlisted = Column {
            declared: Declared::Auto,
            ..like
        };
        for word in words
            .iter()
            .flat_map(|words| [&words.wrapped, &words.native])
        {
            let says = Some(word.clone());
            if parts.iter().all(|(known, _)| *known != says) {
                let of = SchemeOfFormat {
                    column: unlisted,
                    expected: Expected::Written,
                };
                parts.push((says, of));
            }
        }
        Ok(Self {
            parts,
            unlisted,
            words,
        })
    }

    /// The same as [`Column::verify_and_upgrade`], for a row whose scheme its column says.
    ///
    /// # Errors
    /// Where the stored value can't be checked.
    pub fn verify_and_upgrade(
        &self,
        row: RowFormat<'_>,
        password: &Password,
        context: &Context<'_>,
        salt: &[u8; 16],
    ) -> Result<FormatOutcome<'_>, AuthError> {
        let listed = self.parts.iter();
        let of = listed
            .map(|(says, of)| (says.as_deref(), of))
            .find(|(says, _)| *says == row.says)
            .map(|(_, of)| of)
            .filter(|of| {
                let stored = Some(row.stored.as_bytes());
                let recognised = recognise(stored, of.column.declared);
                !of.expected.is_contradicted(&recognised)
            });
        let outcome = match of {
            // It costs what every failed login costs.
            None => self.unlisted.no_row(password, context),
            Some(of) => of
                .column
                .verify_and_upgrade(row.stored, password, context, salt)?,
        };
        Ok(match outcome {
            Outcome::Mismatch => FormatOutcome::Mismatch,
            Outcome::Match => FormatOutcome::Match,
            Outcome::MatchNeedsRehash(better) => {
                let says = self.words.as_ref().map(|words| words.of(better.as_str()));
                FormatOutcome::MatchNeedsRehash { better, says }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Dialect, Outer};

    const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99"; // "password"
    const SALT: [u8; 16] = *b"sixteen of bytes";

    fn like() -> Column {
        Column {
            declared: Declared::Auto,
            outer: Outer::Argon2id {
                memory_kib: 8,
                iterations: 1,
                parallelism: 1,
            },
            dialect: Dialect::Phc,
            normalize: None,
        }
    }

    fn words() -> Option<FormatWords> {
        Some(FormatWords {
            wrapped: "40".to_owned(),
            native: "41".to_owned(),
        })
    }

    fn log_in<'f>(formats: &'f Formats, row: (&str, &str), typed: &str) -> FormatOutcome<'f> {
        let (says, stored) = (Some(row.0), StoredHash::new(row.1));
        let row = RowFormat {
            says,
            stored: &stored,
        };
        let context = Context {
            username: Some("anna"),
            ..Context::default()
        };
        let typed = Password::new(typed);
        let outcome = formats.verify_and_upgrade(row, &typed, &context, &SALT);
        outcome.expect("a value that can be checked")
    }

    fn formats() -> Formats {
        let schemes = [
            (Some("1"), Scheme::MD5),
            (Some("2"), Scheme::MD5_UP),
            (Some("3"), Scheme::PLAINTEXT),
            (Some("9"), Scheme::DESCRYPT),
        ];
        Formats::new(like(), schemes, words()).expect("told apart")
    }

    /// The value and the word after a login that is right.
    fn after(formats: &Formats, row: (&str, &str), typed: &str) -> (String, String) {
        match log_in(formats, row, typed) {
            FormatOutcome::MatchNeedsRehash { better, says } => {
                let says = says.expect("a word").to_owned();
                (better.as_str().to_owned(), says)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_row_is_of_the_scheme_that_its_column_says_and_of_no_other() {
        let formats = formats();
        let md5_up = crate::scheme::digest(Scheme::MD5, b"annapassword").expect("a digest");
        for (says, stored) in [("1", MD5), ("2", &*md5_up), ("3", "password")] {
            let (better, word) = after(&formats, (says, stored), "password");
            assert!(better.starts_with("$argon2id$"), "{better}");
            assert_eq!(word, "41");
            for other in ["1", "2", "4", "40", "41"] {
                let outcome = log_in(&formats, (other, stored), "password");
                let expected = outcome == FormatOutcome::Mismatch;
                assert_eq!(expected, other != says, "{says} as {other}");
            }
        }
        // A digest is no password, and its hex opens nothing that its row calls a digest.
        assert_eq!(log_in(&formats, ("1", MD5), MD5), FormatOutcome::Mismatch);
    }

    #[test]
    fn what_is_written_is_read_again_under_its_word() {
        let formats = formats();
        let (native, word) = after(&formats, ("1", MD5), "password");
        let outcome = log_in(&formats, (&word, &native), "password");
        assert_eq!(outcome, FormatOutcome::Match);
        // DES reads eight characters, so a longer text leaves a label.
        let (wrapped, word) = after(&formats, ("9", "rqVTKtRlPS2tM"), "password and more");
        assert!(wrapped.starts_with("$argon2id--descrypt$"), "{wrapped}");
        assert_eq!(word, "40");
        for typed in ["password", "password and more"] {
            let outcome = log_in(&formats, (&word, &wrapped), typed);
            assert_ne!(outcome, FormatOutcome::Mismatch, "{typed}");
        }
    }

    #[test]
    fn what_a_reader_would_take_for_something_else_is_refused() {
        let of = |schemes: &[(Option<&str>, Scheme)], words| {
            Formats::new(like(), schemes.iter().copied(), words).map(|_| ())
        };
        let plain = (Some("0"), Scheme::PLAINTEXT);
        let no_words = FormatsError::NoWords {
            scheme: Scheme::PLAINTEXT,
        };
        assert_eq!(of(&[plain], None), Err(no_words));
        let listed = FormatsError::WordIsListed {
            word: "41".to_owned(),
            scheme: Scheme::MD5,
        };
        assert_eq!(of(&[(Some("41"), Scheme::MD5)], words()), Err(listed));
        let twice = FormatsError::Twice { word: None };
        let null = (None, Scheme::MD5);
        assert_eq!(of(&[null, null], words()), Err(twice));
        assert_eq!(of(&[null, plain], words()), Ok(()));
    }
}
