//! The login path: check a password against what is stored, and make the better hash that replaces it.
//!
//! Pure but for the work: no database, no clock, randomness passed in. The new hash is made only after the password was found right,
//! and it is for the caller to write it by swap, on the condition that the old value still stands there.
//!
//! ```
//! use saltern::auth::{Column, Outcome};
//! use saltern::scheme::{Context, Declared, Dialect, Outer, Scheme};
//! use saltern::secret::{Password, StoredHash};
//!
//! let column = Column {
//!     declared: Declared::Scheme(Scheme::MD5),
//!     outer: Outer::Argon2id { memory_kib: 64, iterations: 1, parallelism: 1 },
//!     dialect: Dialect::Phc,
//!     normalize: None,
//!     dearest: None,
//! };
//! let stored = StoredHash::new("5f4dcc3b5aa765d61d8327deb882cf99");
//! let salt = *b"16 random bytes!"; // from the operating system, fresh for every call
//! let outcome = column.verify_and_upgrade(&stored, &Password::new("password"), &Context::default(), &salt)?;
//! let Outcome::MatchNeedsRehash(better) = outcome else { panic!("an MD5 is weaker than any target") };
//! assert!(better.as_str().starts_with("$argon2id$v=19$"));
//! # Ok::<(), saltern::auth::AuthError>(())
//! ```

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::policy::Normalize;
use crate::scheme::{
    Context, Declared, Dialect, InnerId, Mark, Outer, OuterError, Recognised, Strength,
    VerifyError, derive, outer_input, recognise, specimen, spellings, verify,
};
use crate::secret::{Password, StoredHash};
use crate::text::answer1;

/// What a login knows of the column that it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// What the values are that carry no mark of their own.
    pub declared: Declared,
    /// The hash that new values are made with, and that old ones are measured by.
    pub outer: Outer,
    /// How new values are spelt.
    pub dialect: Dialect,
    /// How new values are normalised: secret answers are.
    pub normalize: Option<Normalize>,
    /// The dearest hash that stands in the column, where it is dearer than the target and a failed login is to cost as much. None: one
    /// that fails costs a hash at the target.
    pub dearest: Option<Strength>,
}

/// What a failed login has still to spend, so that it costs what every other costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Owed {
    /// A hash at the target.
    target: bool,
    /// One at the dearest.
    dearest: Option<Strength>,
}

/// What came out of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is not the password.
    Mismatch,
    /// It is the password, and the stored value is as strong as the target.
    Match,
    /// It is the password, and this is to be stored instead of what stands there.
    MatchNeedsRehash(Replacement),
}

/// A value to store.
#[derive(Clone, PartialEq, Eq)]
pub struct Replacement(Zeroizing<String>);

/// Why a login could not be decided. Not a word on whether the password is right.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AuthError {
    /// The stored value can't be checked.
    #[error("the stored value can't be checked")]
    Verify(#[from] VerifyError),
    /// The new value can't be made.
    #[error("the new value can't be made")]
    Outer(#[from] OuterError),
    /// The target's own parameters are refused.
    #[error("the hash function refuses the target's parameters")]
    Target(#[source] VerifyError),
    /// An answer that is no UTF-8 has no normal form.
    #[error("the answer is no text in UTF-8")]
    AnswerUndecodable,
    /// Nothing is left of an answer when it is normalised: it would be opened by any such answer.
    #[error("nothing is left of the answer when it is normalised")]
    AnswerBlank,
}

impl Column {
    /// Checks a password and, if it is right and the stored value weaker than the target or wrapped, makes the replacement.
    ///
    /// An upgrade that fails doesn't fail the login: the outcome is then a plain match. A login that fails, also with an error, has cost one
    /// hash at the target at least, whatever stands in the row. One that is dearer than the target shows until it is upgraded, unless
    /// `dearest` is set: then every login that fails costs one hash at the target and one at the dearest.
    pub fn verify_and_upgrade(
        &self,
        stored: &StoredHash,
        password: &Password,
        context: &Context<'_>,
        salt: &[u8; 16],
    ) -> Result<Outcome, AuthError> {
        let verified = verify(stored, password, self.declared, context);
        if verified != Ok(true) {
            let own = verified.ok().and_then(|_| self.cost(stored.as_bytes()));
            self.pay(self.owed(own), password, context);
            return verified.map(|_| Outcome::Mismatch).map_err(AuthError::from);
        }
        if !self.needs_rehash(stored) {
            return Ok(Outcome::Match);
        }
        Ok(self
            .hash(password, salt)
            .map_or(Outcome::Match, Outcome::MatchNeedsRehash))
    }

    /// Whether the password opens the stored value. It makes no better hash, and does not hide what it costs.
    pub fn opens(&self, stored: &StoredHash, password: &Password, context: &Context<'_>) -> bool {
        verify(stored, password, self.declared, context) == Ok(true)
    }

    /// Whether a user with this value may be given a new password by a token. Who has no password, or was locked, is given none by it;
    /// who was reset is.
    pub fn may_choose(&self, stored: Option<&StoredHash>) -> bool {
        !matches!(
            recognise(stored.map(StoredHash::as_bytes), self.declared),
            Recognised::Null | Recognised::Empty | Recognised::Marker(_) | Recognised::TooLong
        )
    }

    /// What a login costs whose user is not there, or has no value (NULL): the hashes of a failed login, for nothing.
    ///
    /// Without them the time of the answer would say who has an account.
    pub fn no_row(&self, password: &Password, context: &Context<'_>) -> Outcome {
        self.pay(self.owed(None), password, context);
        Outcome::Mismatch
    }

    /// What the hash in a stored value costs; none where it is no password hash, or holds no password.
    pub fn cost(&self, stored: &[u8]) -> Option<Strength> {
        match recognise(Some(stored), self.declared) {
            Recognised::Native { params, .. } | Recognised::Wrapped { params, .. } => Some(params),
            _ => None,
        }
    }

    /// What a login that failed has still to spend after the stored value's own hash, where one was made.
    fn owed(&self, own: Option<Strength>) -> Owed {
        let target = self.outer.strength();
        let has_paid = |cost: &Strength| own.is_some_and(|own| !own.weaker_than(cost));
        match self.dearest.filter(|dearest| target.weaker_than(dearest)) {
            // Its own was the dear one.
            Some(dearest) if has_paid(&dearest) => Owed {
                target: true,
                dearest: None,
            },
            dearest => Owed {
                target: !has_paid(&target),
                dearest,
            },
        }
    }

    /// Spends it, for nothing. What the hash functions refuse is told where a new hash is made.
    fn pay(&self, owed: Owed, password: &Password, context: &Context<'_>) {
        if owed.target {
            // Any salt will do, and the text is the password's own where the hash takes it: its length must not show.
            let text = match outer_input(&self.outer, password.as_bytes(), None) {
                Ok(input) => input.text,
                Err(_) => Zeroizing::new(Vec::new()),
            };
            for _ in 0..spellings(password, context) {
                std::hint::black_box(derive(&self.outer, &[0; 16], &text)).ok();
            }
        }
        if let Some(value) = owed.dearest.as_ref().and_then(specimen) {
            let spent = verify(&value, password, Declared::Auto, context);
            std::hint::black_box(spent).ok();
        }
    }

    /// The memory in KiB that a login may need at once: its hashes are made one after the other.
    pub fn memory_kib(&self, stored: Option<&StoredHash>) -> u64 {
        let own = stored.and_then(|stored| self.cost(stored.as_bytes()));
        let all = [own, self.dearest, Some(self.outer.strength())];
        let each = all.iter().flatten().map(Strength::memory_kib);
        each.max().unwrap_or(0)
    }

    /// Whether the stored value is one of saltern's dead ones: no password opens it, its user has to choose another.
    pub fn is_dead(&self, stored: &StoredHash) -> bool {
        recognise(Some(stored.as_bytes()), self.declared) == Recognised::Dead
    }

    /// What to store for a new password (or answer) of a user. The salt is fresh from the operating system.
    pub fn hash(&self, password: &Password, salt: &[u8; 16]) -> Result<Replacement, AuthError> {
        let (text, inner) = match self.normalize {
            None => (Zeroizing::new(password.as_bytes().to_vec()), None),
            Some(Normalize::Answer1) => (normal_answer(password)?, Some(InnerId::ANSWER1)),
        };
        let input = outer_input(&self.outer, &text, inner.as_ref())?;
        let salted = self.dialect.salt(&self.outer, salt);
        let hash = derive(&self.outer, &salted, &input.text).map_err(AuthError::Target)?;
        let mark = input.inner.as_ref().map(|inner| Mark { inner, is: None });
        let value = self.dialect.spell(&self.outer, salt, &hash, mark);
        Ok(Replacement(Zeroizing::new(value)))
    }

    /// Whether a value is to be replaced at the next login: it is weaker than the target, or holds more than it has to.
    pub fn needs_rehash(&self, stored: &StoredHash) -> bool {
        match recognise(Some(stored.as_bytes()), self.declared) {
            Recognised::Native { params, .. } => params.weaker_than(&self.outer.strength()),
            Recognised::Wrapped { inner, params, .. } => {
                params.weaker_than(&self.outer.strength()) || !self.stays_marked(&inner)
            }
            Recognised::Digest { .. } | Recognised::Plaintext(_) => true,
            _ => false,
        }
    }

    /// The marks that remain after a login: of an answer, and of a password that bcrypt can't take as it is.
    fn stays_marked(&self, inner: &InnerId) -> bool {
        match self.normalize {
            Some(Normalize::Answer1) => inner.short().unwrap_or(*inner) == InnerId::ANSWER1,
            None => *inner == InnerId::SHA384_B64 && matches!(self.outer, Outer::Bcrypt { .. }),
        }
    }
}

impl Replacement {
    /// The text to store, all ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Blind: it is a hash.
impl fmt::Debug for Replacement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Replacement(..)")
    }
}

fn normal_answer(answer: &Password) -> Result<Zeroizing<Vec<u8>>, AuthError> {
    let answer =
        std::str::from_utf8(answer.as_bytes()).map_err(|_| AuthError::AnswerUndecodable)?;
    let normal = answer1(answer);
    if normal.is_empty() {
        return Err(AuthError::AnswerBlank);
    }
    Ok(Zeroizing::new(normal.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{BcryptPrefix, Scheme, digest, format, is_saltern, unmark, wrap};

    const CHEAP: Outer = Outer::Argon2id {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
    };
    const BCRYPT: Outer = Outer::Bcrypt {
        cost: 4,
        prefix: BcryptPrefix::Y,
    };
    const PBKDF2: Outer = Outer::Pbkdf2Sha256 { iterations: 5 };
    const SALT: [u8; 16] = *b"fedcba9876543210";

    fn column(outer: Outer) -> Column {
        Column {
            declared: Declared::Scheme(Scheme::MD5),
            outer,
            dialect: Dialect::Phc,
            normalize: None,
            dearest: None,
        }
    }

    fn answers(outer: Outer) -> Column {
        Column {
            declared: Declared::Scheme(Scheme::PLAINTEXT),
            outer,
            dialect: Dialect::Phc,
            normalize: Some(Normalize::Answer1),
            dearest: None,
        }
    }

    fn login(column: &Column, stored: &str, password: &str) -> Outcome {
        let (stored, password) = (StoredHash::new(stored), Password::new(password));
        column
            .verify_and_upgrade(&stored, &password, &Context::default(), &SALT)
            .expect("a value that can be checked")
    }

    fn replacement(outcome: Outcome) -> String {
        match outcome {
            Outcome::MatchNeedsRehash(replacement) => replacement.as_str().to_owned(),
            other => panic!("expected a replacement, not {other:?}"),
        }
    }

    /// What a run makes of a stored value.
    fn wrapped(outer: &Outer, scheme: Scheme, password: &str) -> String {
        let text = digest(scheme, password.as_bytes()).expect("a digest");
        let input = outer_input(outer, text.as_bytes(), scheme.inner_id().as_ref())
            .expect("an id with room");
        let native = format(
            outer,
            &SALT,
            &derive(outer, &SALT, &input.text).expect("good parameters"),
        );
        wrap(&native, &input.inner.expect("a digest has an id"), None)
    }

    #[test]
    fn a_login_turns_a_weak_or_wrapped_value_into_a_native_string() {
        for outer in [CHEAP, BCRYPT, PBKDF2] {
            let column = column(outer);
            let bare = digest(Scheme::MD5, b"secret").expect("a digest");
            for stored in [
                bare.to_string(),
                wrapped(&outer, Scheme::MD5, "secret"),
                wrapped(&outer, Scheme::SHA512, "secret"),
            ] {
                let new = replacement(login(&column, &stored, "secret"));
                assert!(!is_saltern(new.as_bytes()));
                assert_eq!(login(&column, &new, "secret"), Outcome::Match);
                assert_eq!(login(&column, &new, "wrong"), Outcome::Mismatch);
            }
        }
    }

    #[test]
    fn what_stands_under_any_dialect_is_opened_and_replaced_in_that_of_the_column() {
        for dialect in Dialect::ALL {
            for outer in [CHEAP, BCRYPT] {
                let column = Column {
                    dialect,
                    ..column(outer)
                };
                let stored = wrapped(&outer, Scheme::MD5, "secret");
                let new = replacement(login(&column, &stored, "secret"));
                let front = match (dialect, outer) {
                    (Dialect::Phc, _) => "$",
                    (Dialect::Django, Outer::Bcrypt { .. }) => "bcrypt$$2y$",
                    (Dialect::Django, _) => "argon2$argon2id$",
                    (Dialect::Spring, Outer::Bcrypt { .. }) => "{bcrypt}$2y$",
                    (Dialect::Spring, _) => "{argon2}$argon2id$",
                };
                assert!(new.starts_with(front), "{new}");
                assert_eq!(login(&column, &new, "secret"), Outcome::Match);
                assert_eq!(login(&column, &new, "wrong"), Outcome::Mismatch);
            }
        }
    }

    #[test]
    fn a_wrong_password_makes_no_new_hash() {
        assert_eq!(
            login(
                &column(CHEAP),
                &wrapped(&CHEAP, Scheme::MD5, "secret"),
                "wrong"
            ),
            Outcome::Mismatch
        );
    }

    #[test]
    fn a_native_value_is_replaced_only_if_it_is_weaker_than_the_target() {
        let strong = Outer::Argon2id {
            memory_kib: 128,
            iterations: 1,
            parallelism: 1,
        };
        let password = Password::new("secret");
        let old = column(CHEAP).hash(&password, &SALT).expect("a hash");
        assert!(replacement(login(&column(strong), old.as_str(), "secret")).contains("m=128,"));
        let dearer = column(strong).hash(&password, &SALT).expect("a hash");
        assert_eq!(
            login(&column(CHEAP), dearer.as_str(), "secret"),
            Outcome::Match
        );
    }

    #[test]
    fn a_password_too_long_for_bcrypt_keeps_its_mark() {
        let column = column(BCRYPT);
        let long = "x".repeat(80);
        let new = column
            .hash(&Password::new(long.as_str()), &SALT)
            .expect("a hash");
        assert_eq!(
            unmark(new.as_str()).map(|unmarked| unmarked.inner),
            Some(InnerId::SHA384_B64)
        );
        assert_eq!(login(&column, new.as_str(), &long), Outcome::Match);
        assert_eq!(
            login(&column, new.as_str(), &"x".repeat(81)),
            Outcome::Mismatch
        );
    }

    #[test]
    fn an_answer_keeps_its_mark_and_is_opened_in_any_spelling() {
        for outer in [CHEAP, BCRYPT, PBKDF2] {
            let column = answers(outer);
            for stored in [
                "Fluffy the Cat",
                column
                    .hash(&Password::new("fluffy THE cat"), &SALT)
                    .expect("a hash")
                    .as_str(),
            ] {
                match login(&column, stored, "Fluffy the Cat") {
                    Outcome::MatchNeedsRehash(new) => {
                        assert_eq!(
                            unmark(new.as_str()).map(|unmarked| unmarked.inner),
                            Some(InnerId::ANSWER1)
                        );
                        assert_eq!(
                            login(&column, new.as_str(), " fluffy  the cat"),
                            Outcome::Match
                        );
                    }
                    outcome => assert_eq!(outcome, Outcome::Match),
                }
            }
        }
    }

    #[test]
    fn an_answer_of_nothing_is_not_hashed() {
        let blank = Password::new(" \u{a0}");
        assert_eq!(
            answers(CHEAP).hash(&blank, &SALT),
            Err(AuthError::AnswerBlank)
        );
        assert_eq!(
            login(&answers(CHEAP), " ", " "),
            Outcome::Match,
            "a failed upgrade does not fail the login"
        );
    }

    #[test]
    fn no_password_opens_a_locked_account() {
        for locked in ["", "!", "*", "!saltern:reset:0123456789abcdefghijkl"] {
            assert_eq!(login(&column(CHEAP), locked, locked), Outcome::Mismatch);
        }
    }

    /// The hashes that a failed login costs, the stored value's own among them.
    fn spent(column: &Column, stored: Option<&str>) -> Vec<Strength> {
        let own = stored.and_then(|stored| {
            let (value, password) = (StoredHash::new(stored), Password::new("wrong"));
            let verified = verify(&value, &password, column.declared, &Context::default());
            assert_ne!(verified, Ok(true), "{stored}");
            verified.ok().and_then(|_| column.cost(stored.as_bytes()))
        });
        let owed = column.owed(own);
        let target = owed.target.then(|| column.outer.strength());
        own.into_iter().chain(target).chain(owed.dearest).collect()
    }

    fn check_spent(column: &Column, stored: Option<&str>, expected: &[Strength]) {
        let mut spent = spent(column, stored);
        spent.sort_by_key(|cost| !expected[0].eq(cost));
        assert_eq!(spent, expected, "{stored:?}");
    }

    #[test]
    fn who_has_no_password_or_is_locked_chooses_none() {
        let may_choose = |stored: &str| column(CHEAP).may_choose(Some(&StoredHash::new(stored)));
        assert!(!column(CHEAP).may_choose(None));
        for locked in ["", "  ", "!", "*", "*LK*", "x"] {
            assert!(!may_choose(locked), "{locked}");
        }
        let md5 = "5ebe2294ecd0e0f08eab7690d2a6ee69";
        for chosen in [
            md5,
            "gibberish",
            "!saltern:reset:0123456789abcdefghijkl",
            &wrapped(&CHEAP, Scheme::MD5, "secret"),
        ] {
            assert!(may_choose(chosen), "{chosen}");
        }
    }

    #[test]
    fn a_failed_login_costs_one_hash_at_the_target() {
        let column = column(CHEAP);
        let native = column
            .hash(&Password::new("secret"), &SALT)
            .expect("a hash");
        let wrapped = wrapped(&CHEAP, Scheme::MD5, "secret");
        let md5 = "5ebe2294ecd0e0f08eab7690d2a6ee69";
        for stored in [
            md5,
            "",
            "!",
            "gibberish",
            "!saltern:reset:x",
            native.as_str(),
            &wrapped,
        ] {
            check_spent(&column, Some(stored), &[CHEAP.strength()]);
        }
        check_spent(&column, None, &[CHEAP.strength()]);
    }

    #[test]
    fn with_the_dearest_a_failed_login_costs_one_hash_at_each() {
        let dearest = Strength::Bcrypt { cost: 5 };
        let column = Column {
            dearest: Some(dearest),
            ..column(CHEAP)
        };
        let native = column
            .hash(&Password::new("secret"), &SALT)
            .expect("a hash");
        let wrapped = wrapped(&CHEAP, Scheme::MD5, "secret");
        let dear = "$2b$05$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
        let md5 = "5ebe2294ecd0e0f08eab7690d2a6ee69";
        for stored in [
            md5,
            "",
            "!",
            "$6$salt$nonsense",
            native.as_str(),
            &wrapped,
            dear,
        ] {
            check_spent(&column, Some(stored), &[CHEAP.strength(), dearest]);
        }
        check_spent(&column, None, &[CHEAP.strength(), dearest]);
        // One that is cheaper than the target is paid with it.
        let column = Column {
            dearest: Some(CHEAP.strength()),
            ..self::column(BCRYPT)
        };
        check_spent(&column, None, &[BCRYPT.strength()]);
    }

    #[test]
    fn the_hashes_of_a_failed_login_depend_on_the_passwords_bytes_alone() {
        let context = Context {
            charset: crate::text::Charset::by_name("latin1"),
            ..Context::default()
        };
        for (password, hashes) in [("cafe", 1), ("café", 2), ("日本", 1)] {
            assert_eq!(spellings(&Password::new(password), &context), hashes);
        }
        assert_eq!(
            column(CHEAP).no_row(&Password::new("x"), &context),
            Outcome::Mismatch
        );
    }

    #[test]
    fn what_cannot_be_checked_is_an_error() {
        let stored = StoredHash::new("$6$salt$nonsense");
        let outcome = column(CHEAP).verify_and_upgrade(
            &stored,
            &Password::new("x"),
            &Context::default(),
            &SALT,
        );
        assert_eq!(outcome, Err(AuthError::Verify(VerifyError::Unrecognised)));
    }
}
