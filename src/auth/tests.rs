//! One fact a test, over cheap targets.

use super::*;
use crate::policy::Normalize;
use crate::scheme::vectors::{Vector, odd_passwords, one_of_each};
use crate::scheme::{
    BcryptPrefix, Context, Declared, Dialect, HashTally, InnerId, Outer, Scheme, VerifyError,
    derive, digest, hashes_of, is_saltern, native_string, outer_hashes, outer_input, spellings,
    tallied, unlabel, weighed, wrap,
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
    }
}

fn answers(outer: Outer) -> Column {
    Column {
        declared: Declared::Scheme(Scheme::PLAINTEXT),
        outer,
        dialect: Dialect::Phc,
        normalize: Some(Normalize::Answer1),
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

/// The hashes that a failed login makes.
fn spent(column: &Column, stored: Option<&str>, pad: Option<&HashTally>) -> HashTally {
    let (password, context) = (
        Password::new("wrong"),
        Context {
            pad,
            ..Context::default()
        },
    );
    let login = || match stored {
        None => Ok(column.no_row(&password, &context)),
        Some(stored) => {
            column.verify_and_upgrade(&StoredHash::new(stored), &password, &context, &SALT)
        }
    };
    let (outcome, spent) = tallied(login);
    assert!(
        matches!(outcome, Ok(Outcome::Mismatch) | Err(_)),
        "{stored:?}"
    );
    spent
}

/// The hashes of a check of a value.
fn hashes(stored: &str) -> HashTally {
    let stored = StoredHash::new(stored);
    hashes_of(&stored, Declared::Auto, &Context::default()).expect("a value that can be checked")
}

fn check_same(one: &HashTally, other: &HashTally, what: &str) {
    assert!(
        one.covers(other) && other.covers(one),
        "{what}: {one:?}, {other:?}"
    );
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
        let spent = spent(&column, Some(stored), None);
        check_same(&spent, &outer_hashes(&CHEAP), stored);
    }
    check_same(&spent(&column, None, None), &outer_hashes(&CHEAP), "nobody");
}

const DEAR: &str = "$2b$05$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
const LESS_DEAR: &str = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

#[test]
fn with_a_pad_every_login_makes_the_same_hashes() {
    let column = column(CHEAP);
    let secret = Password::new("secret");
    let native = column.hash(&secret, &SALT).expect("a hash");
    let wrapped = wrapped(&CHEAP, Scheme::MD5, "secret");
    let md5 = "5ebe2294ecd0e0f08eab7690d2a6ee69";
    let mut pad = hashes(DEAR);
    pad.raise_to(&hashes("$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/"));
    let mut all = pad.clone();
    all.raise_to(&outer_hashes(&CHEAP));
    for stored in [
        md5,
        "",
        "!",
        "$6$salt$nonsense",
        native.as_str(),
        &wrapped,
        DEAR,
        LESS_DEAR,
    ] {
        check_same(&spent(&column, Some(stored), Some(&pad)), &all, stored);
    }
    check_same(&spent(&column, None, Some(&pad)), &all, "nobody");
    // The right password too, whether a better hash is made or not.
    let context = Context {
        pad: Some(&pad),
        ..Context::default()
    };
    // A label that goes makes one more, as an upgrade writes one statement more.
    for stored in [md5, native.as_str()] {
        let stored = StoredHash::new(stored);
        let (outcome, spent) =
            tallied(|| column.verify_and_upgrade(&stored, &secret, &context, &SALT));
        assert!(matches!(
            outcome,
            Ok(Outcome::Match | Outcome::MatchNeedsRehash(_))
        ));
        check_same(&spent, &all, "the right password");
    }
}

/// Of every scheme a value, and each is told from nobody by no hash that is made or left out.
/// Nothing is computed here: what would be is counted.
#[test]
fn with_a_pad_no_scheme_and_no_odd_password_makes_another_hash() {
    let vectors = one_of_each();
    let of = |vector: &Vector| Column {
        declared: Declared::Scheme(vector.scheme),
        ..column(CHEAP)
    };
    let mut pad = HashTally::default();
    for vector in &vectors {
        let context = vector.context();
        if let Some(hashes) = of(vector).hashes(&StoredHash::new(&*vector.stored), &context) {
            pad.raise_to(&hashes);
        }
    }
    assert!(pad.hashes().len() > 30, "{pad:?}");
    let mut odd = odd_passwords();
    odd.retain(|(what, _)| ["a NUL", "no UTF-8", "512 bytes"].contains(what));
    assert_eq!(odd.len(), 3);
    let passwords = odd.into_iter().map(|(_, odd)| odd);
    for typed in passwords.chain([b"a wrong password".to_vec()]) {
        let typed = Password::new(typed);
        let nobody = Context {
            pad: Some(&pad),
            ..Context::default()
        };
        let (_, all) = tallied(|| weighed(|| column(CHEAP).no_row(&typed, &nobody)));
        for vector in &vectors {
            let column = of(vector);
            let context = Context {
                pad: Some(&pad),
                ..vector.context()
            };
            let stored = StoredHash::new(&*vector.stored);
            let login = || column.verify_and_upgrade(&stored, &typed, &context, &SALT);
            let (_, spent) = tallied(|| weighed(login));
            check_same(&spent, &all, vector.scheme.name());
        }
    }
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
fn a_login_makes_as_many_hashes_as_one_of_the_half_with_most_spellings() {
    let column = column(CHEAP);
    let latin1 = Context {
        charset: crate::text::Charset::by_name("latin1"),
        ..Context::default()
    };
    let typed = Password::new("café");
    for pad in [None, Some(HashTally::default())] {
        let made = |context: &Context<'_>| {
            let context = Context {
                pad: pad.as_ref(),
                spellings_min: 2,
                ..*context
            };
            let stored = StoredHash::new("5f4dcc3b5aa765d61d8327deb882cf99");
            let login = || column.verify_and_upgrade(&stored, &typed, &context, &SALT);
            let (_, row) = tallied(|| weighed(login));
            let (_, nobody) = tallied(|| weighed(|| column.no_row(&typed, &context)));
            check_same(&row, &nobody, "md5");
            nobody
        };
        check_same(&made(&latin1), &made(&Context::default()), "halves");
    }
}

#[test]
fn a_value_beyond_what_a_login_may_cost_is_known_before_it_is_computed() {
    let column = column(CHEAP);
    let context = Context::default();
    let bcrypt = |cost: &str| StoredHash::new(format!("$2y${cost}${}", "A".repeat(53)));
    assert_eq!(column.beyond(&bcrypt("10"), &context), None);
    let beyond = column.beyond(&bcrypt("20"), &context);
    assert!(matches!(beyond, Some(VerifyError::TooMuchWork { .. })));
}

#[test]
fn what_cannot_be_checked_is_an_error() {
    let stored = StoredHash::new("$6$salt$nonsense");
    let outcome =
        column(CHEAP).verify_and_upgrade(&stored, &Password::new("x"), &Context::default(), &SALT);
    assert_eq!(outcome, Err(AuthError::Verify(VerifyError::Unrecognised)));
}
