//! Applications, databases, devices, and the many spellings of Argon2, scrypt and PBKDF2.

use std::collections::BTreeSet;

use super::{Vector, lines};
use crate::scheme::*;

const FILES: [&str; 3] = [
    include_str!("../../../tests/vectors/applications.jsonl"),
    include_str!("../../../tests/vectors/systems.jsonl"),
    include_str!("../../../tests/vectors/modern.jsonl"),
];

/// What is dearer is opened once, by the right password: other passwords go the same way, and the
/// test is over in seconds.
const CHEAP: Strength = Strength::Pbkdf2 {
    prf: Prf::Sha256,
    iterations: 3_000,
};

#[test]
fn every_vector_is_opened_by_its_password_and_by_none_that_is_near_it() {
    let (mut seen, mut wrongs) = (BTreeSet::new(), BTreeSet::new());
    for line in FILES.iter().flat_map(|file| lines(file)) {
        // Some lines are of schemes that are only recognised.
        let Some(vector) = Vector::read(&line) else {
            continue;
        };
        let Some(taken) = take(&vector.stored, vector.scheme) else {
            continue;
        };
        for wrong in wrongs_of(&vector, taken.strength.weaker_than(&CHEAP)) {
            wrongs.insert(format!("{}: {wrong}", vector.scheme));
        }
        seen.insert(vector.scheme.name());
    }
    assert!(wrongs.is_empty(), "{wrongs:#?}");
    assert!(seen.len() >= 60, "{seen:?}");
}

/// What is not as it should be. The right password opens the value, which is recognised and named.
/// No password and no value near them go together.
fn wrongs_of(vector: &Vector, is_cheap: bool) -> Vec<String> {
    let mut wrongs = Vec::new();
    let (scheme, stored, right) = (vector.scheme, &vector.stored[..], &vector.password[..]);
    let mut must = |good: bool, what: String| {
        if !good {
            wrongs.push(what);
        }
    };
    let opened = vector.opens(stored, right);
    must(
        opened == Ok(true),
        format!("the right password: {opened:?}"),
    );
    let declared = recognise(Some(stored), Declared::Scheme(scheme));
    let as_declared = declared.scheme() == Some(scheme);
    must(as_declared, format!("declared, it is {declared:?}"));
    if let marked @ Recognised::Native { .. } = recognise(Some(stored), Declared::Auto) {
        must(marked.scheme() == Some(scheme), format!("it is {marked:?}"));
    }
    let mut candidates = Vec::new();
    let _ = identify(stored, &mut candidates);
    let named = candidates.contains(&scheme.into());
    must(named, format!("it is none of {candidates:?}"));
    if !is_cheap {
        return wrongs;
    }
    let longer = [right, b"x"].concat();
    let shorter = right.split_last().map_or(right, |(_, front)| front);
    for wrong in [&[][..], b"wrong", shorter, &longer] {
        if wrong != right && !are_alike(scheme, wrong, right) {
            let opened = vector.opens(stored, wrong);
            must(opened == Ok(false), format!("a wrong one: {opened:?}"));
        }
    }
    // SQL Server 2000's second digest is for capitals, and doesn't count.
    if scheme != Scheme::MSSQL2000 {
        let mut changed = stored.to_vec();
        if let Some(digit) = changed.iter_mut().rev().nth(5) {
            *digit = if digit.eq_ignore_ascii_case(&b'a') {
                b'b'
            } else {
                b'a'
            };
        }
        let opened = vector.opens(&changed, right);
        must(opened != Ok(true), "another value is opened".to_owned());
    }
    wrongs
}

/// Some look at no more than the front of a password, or at no white space.
fn are_alike(scheme: Scheme, one: &[u8], other: &[u8]) -> bool {
    let front = |len: usize| one.get(..len).is_some_and(|front| other.starts_with(front));
    match scheme {
        Scheme::LM | Scheme::DOVECOT_LANMAN => front(14),
        Scheme::BCRYPT_2A | Scheme::BCRYPT_2B | Scheme::BCRYPT_2Y | Scheme::SPRING_BCRYPT => {
            front(72)
        }
        Scheme::MYSQL323 => {
            let bare = |text: &[u8]| {
                let mut bytes = text.to_vec();
                bytes.retain(|byte| !matches!(byte, b' ' | b'\t'));
                bytes
            };
            bare(one) == bare(other)
        }
        _ => false,
    }
}
