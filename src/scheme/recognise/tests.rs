//! What is recognised, by example.

use super::{VALUE_BYTES_MAX, recognise};
use crate::scheme::{Class, Declared, Recognised, Scheme, Strength, is_saltern};

const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";
const SHA1: &str = "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8";
const ARGON2ID: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const BCRYPT: &str = "$2y$12$iy1ZFmZlC0yTeKR79aXhqeuSI9ZLroS1RicHxS8fG3RNFBr4QxHR6";
const AUTO: Declared = Declared::Auto;
const DECLARED_MD5: Declared = Declared::Scheme(Scheme::MD5);
const PLAINTEXT: Declared = Declared::Scheme(Scheme::PLAINTEXT);
const TARGET: Strength = Strength::Bcrypt { cost: 10 };

fn check(value: &str, declared: Declared, expected: &str) {
    assert_eq!(
        format!("{:?}", recognise(Some(value.as_bytes()), declared)),
        expected
    );
}

fn class(value: &str) -> Class {
    recognise(Some(value.as_bytes()), AUTO).class(&TARGET)
}

#[test]
fn null_and_the_empty_string_are_two_things() {
    for declared in [AUTO, DECLARED_MD5, PLAINTEXT] {
        assert_eq!(recognise(None, declared), Recognised::Null);
        assert_eq!(recognise(Some(b""), declared), Recognised::Empty);
    }
}

#[test]
fn padding_alone_is_empty_except_among_plaintexts() {
    check("   ", AUTO, "Empty");
    check("\0\0", DECLARED_MD5, "Empty");
    check("   ", PLAINTEXT, "Plaintext(..)");
}

#[test]
fn a_bare_digest_has_no_scheme_under_auto() {
    check(MD5, AUTO, "Digest(hex32)");
    check(SHA1, AUTO, "Digest(hex40)");
    check(&MD5.repeat(2), AUTO, "Digest(hex64)");
    check(&MD5.repeat(4), AUTO, "Digest(hex128)");
}

#[test]
fn a_bare_digest_has_the_declared_scheme() {
    check(MD5, DECLARED_MD5, "Digest(hex32, md5)");
    check(MD5, Declared::Scheme(Scheme::NTLM), "Digest(hex32, ntlm)");
}

#[test]
fn case_padding_and_line_ends_do_not_change_a_digest() {
    for value in [
        MD5.to_uppercase(),
        format!("{MD5}\n"),
        format!("  {MD5}\r\n"),
        format!("{MD5}\0\0\0"),
        format!("{MD5}        "),
    ] {
        check(&value, AUTO, "Digest(hex32)");
        check(&value, DECLARED_MD5, "Digest(hex32, md5)");
    }
}

#[test]
fn a_digest_of_another_length_than_the_declared_one_is_unknown() {
    check(SHA1, DECLARED_MD5, "Unknown");
    check(MD5, Declared::Scheme(Scheme::BCRYPT_2B), "Unknown");
    check(&MD5[..31], DECLARED_MD5, "Unknown");
}

#[test]
fn a_digest_stored_as_bytes_is_declared_so_and_never_trimmed() {
    let raw = Scheme::parse("md5_bin(pass)").expect("an expression");
    let digest = b" \x01\xff\0 sixteen bb\n";
    assert_eq!(
        recognise(Some(digest), Declared::Scheme(raw)).scheme(),
        Some(raw)
    );
    let short = recognise(Some(&digest[..15]), Declared::Scheme(raw));
    assert_eq!(short, Recognised::Undecodable);
    check("*LK*", Declared::Scheme(raw), "Marker(\"*LK*\")");
    check(MD5, Declared::Scheme(raw), "Unknown");
}

#[test]
fn a_digest_behind_a_colon_has_its_salt_with_it() {
    let joined = format!("{MD5}:Xy1");
    check(&joined, AUTO, "Digest(hex32:salt)");
    check(&joined, DECLARED_MD5, "Unknown");
    check(
        &joined,
        Declared::Scheme(Scheme::MD5_PS),
        "Digest(hex32:salt, md5(pass.salt))",
    );
}

#[test]
fn a_marker_in_a_declared_column_stays_a_marker() {
    for marker in ["!", "!!", "*", "x", "*LK*", "*0", "\\N"] {
        check(marker, DECLARED_MD5, &format!("Marker({marker:?})"));
        check(marker, AUTO, &format!("Marker({marker:?})"));
    }
}

#[test]
fn among_plaintexts_only_null_and_the_empty_string_are_no_passwords() {
    for value in [
        "!",
        "*",
        "x",
        "hunter2",
        " hunter2 ",
        "$100",
        "!0123456789abcdefghijABCDEFGHIJ0123456789",
    ] {
        let recognised = recognise(Some(value.as_bytes()), PLAINTEXT);
        assert_eq!(recognised, Recognised::Plaintext(value.as_bytes()));
    }
}

#[test]
fn among_plaintexts_what_looks_like_a_hash_is_set_aside() {
    for value in [
        MD5,
        SHA1,
        &MD5.to_uppercase(),
        &format!("{MD5} "),
        "$unknown$abc",
        "$2y$12$short",
        "{noop}hunter2",
        "{PLAIN}hunter2",
    ] {
        check(value, PLAINTEXT, "LooksHashed");
    }
}

#[test]
fn a_string_with_its_own_mark_is_recognised_whatever_is_declared() {
    for declared in [AUTO, DECLARED_MD5, PLAINTEXT] {
        let scheme = |value: &str| recognise(Some(value.as_bytes()), declared).scheme();
        assert_eq!(scheme(ARGON2ID), Some(Scheme::ARGON2ID));
        assert_eq!(scheme(BCRYPT), Some(Scheme::BCRYPT_2Y));
        assert_eq!(scheme(&format!("{ARGON2ID}  ")), Some(Scheme::ARGON2ID));
    }
}

#[test]
fn a_scheme_that_hides_behind_a_mark_claims_it_where_it_is_declared() {
    for declared in [Scheme::BCRYPT_MD5, Scheme::BCRYPT_BCRYPT] {
        let scheme =
            |value: &str| recognise(Some(value.as_bytes()), Declared::Scheme(declared)).scheme();
        assert_eq!(scheme(BCRYPT), Some(declared));
        assert_eq!(scheme(ARGON2ID), Some(Scheme::ARGON2ID));
        let wrapped = BCRYPT.replacen("2y", "2y--sha1", 1);
        assert_eq!(scheme(&wrapped), Some(Scheme::BCRYPT_2Y));
    }
}

#[test]
fn salterns_own_values_are_recognised_whatever_is_declared() {
    for declared in [AUTO, DECLARED_MD5, PLAINTEXT] {
        check("!saltern:reset:0123456789abcdefghijkl", declared, "Dead");
        check(
            &ARGON2ID.replacen("argon2id", "argon2id--md5", 1),
            declared,
            "Wrapped(argon2id over md5)",
        );
        check(
            &BCRYPT.replacen("2y", "2y--sha512-b64s384", 1),
            declared,
            "Wrapped(bcrypt-2y over sha512-b64s384)",
        );
        check(
            &(ARGON2ID.replacen("argon2id", "argon2id--md5", 1) + "$is=c2FsdA"),
            declared,
            "Wrapped(argon2id over md5)",
        );
    }
}

#[test]
fn a_damaged_hash_is_unknown_and_not_strong() {
    for value in [
        &ARGON2ID[..32],
        &BCRYPT[..59],
        &format!("{BCRYPT}."),
        &ARGON2ID.replacen("m=19456", "m=0", 1),
    ] {
        check(value, AUTO, "Unknown");
    }
    check(
        &ARGON2ID.replacen("argon2id", "argon2id--md5", 1)[..40],
        AUTO,
        "Unknown",
    );
}

#[test]
fn what_is_no_text_or_too_long_is_set_aside() {
    assert_eq!(recognise(Some(b"caf\xe9"), AUTO), Recognised::Undecodable);
    assert_eq!(
        recognise(Some(b"caf\xe9"), PLAINTEXT),
        Recognised::Undecodable
    );
    let long = "a".repeat(VALUE_BYTES_MAX + 1);
    check(&long, PLAINTEXT, "TooLong");
    check(&long, AUTO, "TooLong");
    check(&long[1..], PLAINTEXT, "Plaintext(..)");
}

#[test]
fn a_plaintext_is_never_inferred() {
    check("hunter2", AUTO, "Unknown");
    check("hunter2", DECLARED_MD5, "Unknown");
}

#[test]
fn the_class_follows_from_what_a_value_is() {
    assert_eq!(class(MD5), Class::Weak);
    assert_eq!(class("{SSHA}nF8Cp6PDobIQGFAyL3ZLx+tBivdncmFp"), Class::Weak);
    assert_eq!(
        class("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"),
        Class::Weak
    );
    assert_eq!(class("$1$saltgrai$lYmWLiltvL5p2hq4VzM4a0"), Class::Slow);
    assert_eq!(class(&BCRYPT.replacen("$12$", "$05$", 1)), Class::Slow);
    assert_eq!(class(BCRYPT), Class::Strong);
    assert_eq!(class(ARGON2ID), Class::Strong);
    assert_eq!(
        class(&ARGON2ID.replacen("argon2id", "argon2id--md5", 1)),
        Class::Strong
    );
    assert_eq!(class("!"), Class::Locked);
    assert_eq!(class("hunter2"), Class::Unknown);
}

#[test]
fn bytes_of_every_kind_are_recognised_without_a_panic() {
    let seeds = [
        MD5,
        ARGON2ID,
        BCRYPT,
        "{SSHA}nF8Cp6PDobIQGFAyL3ZLx+tBivdncmFp",
        "$6$rounds=5000$abc$def",
        "!saltern:reset:x",
        "pbkdf2_sha256$1000$salt$AAAA",
        "$argon2id--md5$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAA$is=YQ",
        "argon2_wrapped_md5$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAA$is=YQ",
        "bcrypt_wrapped_md5$$2b$04$abcdefghijklmnopqrstuu",
        "pbkdf2_sha256_wrapped_md5_ps$7$salt$AAAA$is=YQ",
        "{argon2-md5-ps}$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAA",
        "$7$C6..../....salt$x",
        "$P$B12345678",
        "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
        "*LK*",
        "{CRYPT}sgeg9AFqmIf1Q",
        "scrypt$16384$salt$8$1$AAAA",
        "$y$j9T$abc$def",
    ];
    let mut random = Xorshift(0x9e37_79b9_7f4a_7c15);
    for case in 0..200_000 {
        let mut value = seeds[case % seeds.len()].as_bytes().to_vec();
        for _ in 0..random.below(6) {
            mutate(&mut value, &mut random);
        }
        for declared in [AUTO, DECLARED_MD5, PLAINTEXT] {
            let recognised = recognise(Some(&value), declared);
            // A wrapped value is saltern's own, and what is saltern's own is never taken for
            // something to wrap.
            assert!(
                !matches!(recognised, Recognised::Wrapped { .. } | Recognised::Dead)
                    || is_saltern(&value)
            );
            assert!(
                !is_saltern(&value)
                    || !matches!(
                        recognised,
                        Recognised::Native { .. }
                            | Recognised::Digest { .. }
                            | Recognised::Plaintext(_)
                    )
            );
            let _ = recognised.class(&TARGET);
        }
        if let Ok(text) = std::str::from_utf8(&value)
            && let Some(unlabelled) = crate::scheme::unlabel(text)
        {
            assert_eq!(
                crate::scheme::relabel(text, &unlabelled.inner).as_deref(),
                Some(text)
            );
        }
    }
}

fn mutate(value: &mut Vec<u8>, random: &mut Xorshift) {
    let at = random.below(value.len() as u64 + 1) as usize;
    let byte = *b"$-=,{}!*.0aZ \n\0\xff"
        .get(random.below(20) as usize)
        .unwrap_or(&(random.next() as u8));
    match random.below(4) {
        0 => value.insert(at, byte),
        1 if at < value.len() => value[at] = byte,
        2 if at < value.len() => drop(value.remove(at)),
        _ => value.truncate(at),
    }
}

/// Marsaglia's xorshift: the same cases in every run.
struct Xorshift(u64);

impl Xorshift {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
