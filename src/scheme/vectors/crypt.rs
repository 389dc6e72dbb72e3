//! crypt(3) and its relatives.

use super::{Vector, field, lines, vectors};
use crate::scheme::*;
use crate::secret::{Password, StoredHash};

#[test]
fn crypt_strings_are_what_libxcrypt_makes() {
    for vector in vectors(include_str!("../../../tests/vectors/crypt.jsonl")) {
        vector.check_right();
        vector.check_wrong(|wrong| vector.alike(wrong));
        vector.check_altered();
    }
}

#[test]
fn behind_the_prefix_of_a_directory_stands_any_of_them() {
    let lines = lines(include_str!("../../../tests/vectors/frameworks.jsonl"));
    let behind = lines
        .iter()
        .filter(|line| field(line, "scheme") == "ldap-crypt");
    for vector in behind.map(|line| Vector::read(line).expect("a known scheme")) {
        vector.check_right();
        vector.check_wrong(|wrong| vector.alike(wrong));
        vector.check_altered();
    }
    let mut vectors: Vec<_> = vectors(include_str!("../../../tests/vectors/crypt.jsonl")).collect();
    vectors.retain(|vector| vector.scheme != Scheme::APR1);
    for mut vector in vectors {
        vector.scheme = Scheme::LDAP_CRYPT;
        vector.stored.splice(..0, *b"{CRYPT}");
        vector.check_right();
    }
}

#[test]
fn parameters_that_libxcrypt_refuses_are_no_hash() {
    for setting in [
        "$5$rounds=999$abcd$",
        "$5$rounds=01000$abcd$",
        "$5$rounds=1000000000$abcd$",
        "$sha1$1000$$",
        "$sha1$1000$a+b$",
        "$md5,rounds=0$abcd$",
        "$md5,rounds=4294967295$abcd$",
        "$md5,$abcd$",
        "$y$j75$a$",
        "$y$j75$ab$",
        "$y$j75z$abcd$",
        "$y$i75$abcd$",
        "$y$.750.$abcd$",
        "$gy$j75$abz$",
    ] {
        for digits in [22, 28, 43] {
            let value = format!("{setting}{}", "0".repeat(digits));
            assert!(
                recognise(Some(value.as_bytes()), Declared::Auto)
                    .scheme()
                    .is_none(),
                "{value}"
            );
        }
    }
}

#[test]
fn what_would_cost_too_much_is_refused_before_any_work() {
    let check = |value: &str, expected: &str| {
        let (stored, password) = (StoredHash::new(value), Password::new("x"));
        match verify(&stored, &password, Declared::Auto, &Context::default()) {
            Err(VerifyError::TooCostly { parameter, .. }) => assert_eq!(parameter, expected),
            Err(VerifyError::TooMuchWork { .. }) => assert_eq!("work", expected),
            other => panic!("{value}: {other:?}"),
        }
    };
    let (h22, h43, h86) = ("0".repeat(22), "0".repeat(43), "0".repeat(86));
    check(&format!("$6$rounds=19999999$abcd${h86}"), "work");
    check(&format!("$md5,rounds=4999999$abcd${h22}"), "work");
    check(&format!("$sha1$9000001$abcd${}", "0".repeat(28)), "work");
    check(&format!("$y$jHT$abcd${h43}"), "N");
    check(&format!("$y$j75.a$abcd${h43}"), "p");
    check(&format!("$gy$j75/a$abcd${h43}"), "t");
    check(&format!("$7$IU..../....abcd${h43}"), "N");
    let bsdi = StoredHash::new("_zzzzabcd6e2S1Sl9bpc");
    let refused = verify_as(
        &bsdi,
        &Password::new("x"),
        Scheme::BSDICRYPT,
        &Context::default(),
    );
    assert!(matches!(refused, Err(VerifyError::TooMuchWork { .. })));
}

#[test]
fn a_password_that_crypt_never_sees_opens_nothing() {
    let stored = StoredHash::new("$1$ab$2rjlsDF1X7SHD8/375gw11");
    let opens = |password: &[u8]| {
        verify(
            &stored,
            &Password::new(password),
            Declared::Auto,
            &Context::default(),
        )
    };
    assert_eq!(opens(b"Dragon 1!"), Ok(true));
    assert_eq!(opens(b"Dragon 1!\0"), Ok(false));
    assert_eq!(opens(&[b'x'; 100_000]), Ok(false));
}
