//! Other spellings: digests that are not in hex, strings behind an application's mark, records, and
//! slow hashes over something else than the password.

use super::{Vector, vectors};
use crate::scheme::*;

const FILE: &str = concat!(
    include_str!("../../../tests/vectors/forms.jsonl"),
    include_str!("../../../tests/vectors/unmarked.jsonl"),
);

/// Schemes of which bcrypt reads 72 bytes of the password itself.
const CUT_72: [&str; 9] = [
    "jenkins-bcrypt",
    "nextcloud",
    "mediawiki-bcrypt",
    "anope-bcrypt",
    "typo3-c",
    "otrs-bcrypt",
    "xenforo12",
    "dovecot-blf-crypt",
    "bcrypt(pass.salt)",
];

fn is_alike(vector: &Vector, wrong: &[u8]) -> bool {
    let front = |len: usize| {
        let ours = vector.password.iter().take(len);
        ours.eq(wrong.iter().take(len))
    };
    match vector.scheme.name() {
        "moin-des" => front(8),
        name if CUT_72.contains(&name) => front(72),
        _ => false,
    }
}

#[test]
fn every_form_is_opened_by_its_password_and_by_no_other() {
    for vector in vectors(FILE) {
        vector.check_right();
        vector.check_wrong(|wrong| is_alike(&vector, wrong));
        // In a record the places that are altered may be of no account.
        let is_record = vector.stored.starts_with(b"{\"") || vector.stored.starts_with(b"a:");
        if !is_record {
            vector.check_altered();
        }
    }
}

#[test]
fn a_weak_form_counts_as_weak_and_a_slow_one_as_slow() {
    let target = Strength::Bcrypt { cost: 31 };
    for vector in vectors(FILE) {
        let declared = if vector.scheme.has_prefix() {
            Declared::Auto
        } else {
            Declared::Scheme(vector.scheme)
        };
        let recognised = recognise(Some(&vector.stored), declared);
        assert_eq!(recognised.scheme(), Some(vector.scheme));
        let class = recognised.class(&target);
        assert_eq!(class, vector.scheme.class(), "{}", vector.scheme);
    }
}

#[test]
fn a_digest_that_is_not_spelt_in_hex_has_a_shape_and_its_schemes_under_auto() {
    let mut seen = 0;
    for vector in vectors(FILE).filter(|vector| vector.scheme.shape().is_some()) {
        let mut candidates = Vec::new();
        let found = identify(&vector.stored, &mut candidates);
        let Recognised::Digest {
            shape,
            scheme: None,
        } = found
        else {
            panic!("{} is {found:?}", vector.scheme);
        };
        assert_eq!(vector.scheme.shape(), Some(shape.without_salt()));
        assert!(candidates.contains(&vector.scheme.into()), "{shape}");
        let text = shape.digest_text(&vector.stored);
        let taken = take(&vector.stored, vector.scheme).expect("it is of the scheme");
        assert_eq!(text.as_ref(), Some(&taken.text));
        seen += 1;
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn a_digest_in_another_spelling_looks_hashed_in_a_column_declared_plaintext() {
    let plaintext = Declared::Scheme(Scheme::PLAINTEXT);
    for vector in vectors(FILE).filter(|vector| vector.scheme.shape().is_some()) {
        let shape = Shape::of(&vector.stored).expect("a digest");
        let found = recognise(Some(&vector.stored), plaintext);
        // What a password may look like by chance is told by the whole column.
        let expected = if shape.is_chance() {
            Recognised::Plaintext(&vector.stored)
        } else {
            Recognised::LooksHashed
        };
        assert_eq!(found, expected, "{shape}");
    }
}

#[test]
fn a_salt_between_colons_is_its_digits_or_its_bytes_and_a_login_tries_both() {
    // hashcat's own example of mode 10900.
    let stored = "sha256:1000:MTc3MTA0MTQwMjQxNzY=:PYjCU215Mi57AYPKva9j7mvF4Rc5bCnt";
    super::check(stored, "hashcat", Declared::Auto);
}
