//! One fact a test, over cheap targets.

use super::*;
use crate::policy::Normalize;
use crate::scheme::{
    BcryptPrefix, Context, Declared, Dialect, InnerId, Outer, Scheme, Strength, VerifyError,
    derive, digest, is_saltern, native_string, outer_input, spellings, unlabel, verify, wrap,
};
use crate::secret::{Password, StoredHash};

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
    let input =
        outer_input(outer, text.as_bytes(), scheme.inner_id().as_ref()).expect("an id with room");
    let native = native_string(
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
                (Dialect::Mediawiki, Outer::Bcrypt { .. }) => "$2y$",
                (Dialect::Mediawiki, _) => ":argon2:$argon2id$",
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
        unlabel(new.as_str()).map(|unmarked| unmarked.inner),
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
                        unlabel(new.as_str()).map(|unmarked| unmarked.inner),
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
    let outcome =
        column(CHEAP).verify_and_upgrade(&stored, &Password::new("x"), &Context::default(), &SALT);
    assert_eq!(outcome, Err(AuthError::Verify(VerifyError::Unrecognised)));
}
