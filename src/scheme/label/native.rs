//! The native string of an outer hash: `$id$…`, without a label.
//!
//! It spells what others hashed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::scheme::value::Outer;

/// The native string of a hash.
pub fn native_string(outer: &Outer, salt: &[u8], digest: &[u8]) -> String {
    debug_assert_eq!(
        digest.len(),
        outer.digest_len(),
        "the hash has the length that the outer function makes"
    );
    match *outer {
        Outer::Argon2id {
            memory_kib,
            iterations,
            parallelism,
        } => {
            let mut text = format!("$argon2id$v=19$m={memory_kib},t={iterations},p={parallelism}$");
            STANDARD_NO_PAD.encode_string(salt, &mut text);
            text.push('$');
            STANDARD_NO_PAD.encode_string(digest, &mut text);
            text
        }
        Outer::Pbkdf2Sha256 { iterations } => {
            let mut text = format!("$pbkdf2-sha256$i={iterations},l={}$", digest.len());
            STANDARD_NO_PAD.encode_string(salt, &mut text);
            text.push('$');
            STANDARD_NO_PAD.encode_string(digest, &mut text);
            text
        }
        Outer::Bcrypt { cost, prefix } => {
            let mut text = format!("${}${cost:02}$", prefix.as_str());
            bcrypt::BASE_64.encode_string(salt, &mut text);
            bcrypt::BASE_64.encode_string(digest, &mut text);
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Label;
    use crate::scheme::{
        BcryptPrefix, Dialect, InnerId, OuterError, label_len, longest, outer_input,
    };

    const ARGON2ID: Outer = Outer::Argon2id {
        memory_kib: 19_456,
        iterations: 2,
        parallelism: 1,
    };
    const BCRYPT: Outer = Outer::Bcrypt {
        cost: 4,
        prefix: BcryptPrefix::Y,
    };

    const PBKDF2: Outer = Outer::Pbkdf2Sha256 {
        iterations: 600_000,
    };

    fn check_input(outer: &Outer, text: &[u8], inner: Option<&str>, expected: Option<&str>) {
        let inner = inner.map(|id| InnerId::parse(id).expect("a good id"));
        let input = outer_input(outer, text, inner.as_ref()).expect("an id with room");
        assert_eq!(input.inner.as_ref().map(InnerId::as_str), expected);
        let as_it_is = expected == inner.as_ref().map(InnerId::as_str);
        assert_eq!(input.text.as_slice() == text, as_it_is);
        assert!(as_it_is || input.text.len() == 64);
    }

    #[test]
    fn the_strings_are_native_ones() {
        assert_eq!(
            native_string(&ARGON2ID, b"saltsaltsaltsalt", &[0; 32]),
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        assert_eq!(
            native_string(&BCRYPT, &[0; 16], &[0; 23]),
            format!("$2y$04${}", ".".repeat(53))
        );
        assert_eq!(
            native_string(&PBKDF2, b"saltsaltsaltsalt", &[0; 32]),
            "$pbkdf2-sha256$i=600000,l=32$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
    }

    #[test]
    fn the_longest_value_counts_the_mark() {
        for dialect in Dialect::ALL {
            for (setting, inner) in [
                (&b""[..], "md5"),
                (b"a", "md5"),
                (b"eight by", "ldap-ssha"),
                (b"nine byte", "a"),
            ] {
                let inner = InnerId::parse(inner).expect("a good id");
                let label = Label {
                    inner: &inner,
                    is: (!setting.is_empty()).then_some(setting),
                };
                for outer in [ARGON2ID, BCRYPT, PBKDF2] {
                    let digest = &[0; 32][..outer.digest_len()];
                    let native = dialect.spell(&outer, &[0; 16], digest, None);
                    assert_eq!(longest(&outer, dialect, 0), native.len());
                    let value = dialect.spell(&outer, &[0; 16], digest, Some(label));
                    let len = label_len(&inner, setting.len());
                    assert_eq!(longest(&outer, dialect, len), value.len(), "{value}");
                }
            }
        }
    }

    #[test]
    fn argon2_and_pbkdf2_take_every_text_as_it_is() {
        for outer in [&ARGON2ID, &PBKDF2] {
            check_input(outer, &[b'a'; 128], Some("sha512"), Some("sha512"));
            check_input(outer, b"a\0b", None, None);
        }
    }

    #[test]
    fn bcrypt_takes_71_bytes_as_they_are() {
        check_input(&BCRYPT, &[b'a'; 71], Some("md5"), Some("md5"));
        check_input(&BCRYPT, &[b'a'; 71], None, None);
    }

    #[test]
    fn bcrypt_takes_longer_texts_and_nul_by_way_of_sha384() {
        check_input(&BCRYPT, &[b'a'; 72], Some("sha512"), Some("sha512-b64s384"));
        check_input(&BCRYPT, &[b'a'; 72], None, Some("sha384-b64"));
        check_input(&BCRYPT, b"a\0b", None, Some("sha384-b64"));
        check_input(&BCRYPT, b"a\0b", Some("answer1"), Some("answer1-b64s384"));
    }

    #[test]
    fn an_id_without_room_for_the_mark_is_an_error() {
        let inner = InnerId::parse("x-abcd2345").expect("a good id");
        assert_eq!(
            outer_input(&BCRYPT, &[b'a'; 72], Some(&inner)).err(),
            Some(OuterError::IdTooLong { inner })
        );
    }
}
