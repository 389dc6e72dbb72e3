//! The strings that carry a prefix of their own, read by what they begin with.
//!
//! It only finds the reader. How each string is spelt stands in the other files of this folder.

use super::behind_marks::read_behind_mark;
use super::cursor::all;
use super::dollar::dollar;
use super::recipe::{Native, SaltedDigest};
use super::records::{KEYCLOAK_ASSUMED, Record, XenForo};
use super::{dollars, is_bcrypt, named, prefixed, prefixes};
use crate::scheme::value::{Scheme, Strength};

/// Reads a trimmed value that carries its own prefix.
pub(in crate::scheme) fn native(value: &[u8]) -> Option<Native> {
    // `dollar` asks the prefixes itself, and nothing of Spring's begins with its sign.
    if value.first()? == &b'$' {
        return dollar(value);
    }
    if let Some(spring) = spring_behind(value).or_else(|| prefixes::read_prefixed(value)) {
        return Some(spring);
    }
    match value.first()? {
        b'{' => match prefixed::split_braced(value) {
            Some(salted) => Some(salted.native()),
            None => prefixed::read_behind(value)
                .or_else(|| native(&prefixed::undotted(value)?))
                .or_else(|| read_record(value)),
        },
        b'*' => {
            // MySQL writes uppercase. A star before other digits locks an account and keeps its
            // hash.
            let digits = &value[1..];
            let is_mysql =
                digits.len() == 40 && all(digits, |byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
            if is_mysql {
                Some((Scheme::MYSQL41, Strength::Fast))
            } else {
                prefixes::read_davical(value)
            }
        }
        _ => match named::split_named(value) {
            Some(salted) => Some(salted.native()),
            None => named::read_behind(value)
                .or_else(|| read_behind_mark(value))
                .or_else(|| read_record(value))
                .or_else(|| prefixes::read_bugzilla(value)),
        },
    }
}

/// Takes a trimmed value apart that is a digest, its salt and its parameters.
pub(in crate::scheme) fn salted(value: &[u8]) -> Option<SaltedDigest<'_>> {
    match value.first()? {
        b'$' => dollars::dollars(value),
        b'{' => prefixed::split_braced(value),
        _ => named::split_named(value),
    }
}

/// XenForo's and Keycloak's records.
fn read_record(value: &[u8]) -> Option<Native> {
    match Record::read(value)? {
        Record::XenForo(XenForo::Behind(hash)) => {
            let (inner, strength) = dollar(&hash)?;
            (is_bcrypt(inner) || inner == Scheme::PHPASS).then_some((Scheme::XENFORO_12, strength))
        }
        Record::XenForo(salted @ XenForo::Salted { .. }) => Some((salted.scheme(), Strength::Fast)),
        Record::Keycloak(cost) => Some((Scheme::KEYCLOAK, cost.strength())),
        Record::KeycloakSecret => Some((Scheme::KEYCLOAK_SECRET, KEYCLOAK_ASSUMED.strength())),
    }
}

/// Spring's `{noop}`, `{bcrypt}` and `{argon2}`. Its ids are in lowercase, as Dovecot's never are.
fn spring_behind(value: &[u8]) -> Option<Native> {
    if value.starts_with(b"{noop}") {
        return Some((Scheme::SPRING_NOOP, Strength::Fast));
    }
    if let Some(inner) = value.strip_prefix(b"{bcrypt}") {
        let strength = native(inner)?.1;
        return matches!(strength, Strength::Bcrypt { .. })
            .then_some((Scheme::SPRING_BCRYPT, strength));
    }
    let inner = value
        .strip_prefix(b"{argon2}")
        .or_else(|| value.strip_prefix(b"{argon2@SpringSecurity_v5_8}"))?;
    let strength = native(inner)?.1;
    matches!(strength, Strength::Argon2 { .. }).then_some((Scheme::SPRING_ARGON2, strength))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Prf;

    fn check(value: &str, scheme: Scheme, strength: Strength) {
        assert_eq!(native(value.as_bytes()), Some((scheme, strength)));
    }

    fn refuse(values: &[String]) {
        for value in values {
            assert_eq!(native(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn parameters_are_read_from_the_string() {
        let (a43, a86) = ("a".repeat(43), "a".repeat(86));
        check(
            &format!("$6${a86}").replace("$6$", "$6$salt$"),
            Scheme::SHA512CRYPT,
            Strength::Rounds {
                prf: Prf::Sha512,
                rounds: 5_000,
            },
        );
        check(
            &format!("$5$rounds=535000$salt${a43}"),
            Scheme::SHA256CRYPT,
            Strength::Rounds {
                prf: Prf::Sha256,
                rounds: 535_000,
            },
        );
        check(
            &format!("$y$j9T$salt${a43}"),
            Scheme::YESCRYPT,
            Strength::Yescrypt { log_n: 12, r: 32 },
        );
        check(
            &format!("$7$C6..../....salt${a43}"),
            Scheme::SCRYPT_7,
            Strength::Scrypt {
                log_n: 14,
                r: 8,
                p: 1,
            },
        );
        check(
            "$P$9saltgraiU/tGZk7YEEGHmBDXE0UAi0",
            Scheme::PHPASS,
            Strength::Rounds {
                prf: Prf::Md5,
                rounds: 2_048,
            },
        );
    }

    #[test]
    fn a_string_that_is_cut_or_lengthened_is_no_hash() {
        let phpass = "$P$9saltgraiU/tGZk7YEEGHmBDXE0UAi0";
        let sha = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=";
        let md5crypt = "$1$saltgrai$lYmWLiltvL5p2hq4VzM4a0";
        for whole in [phpass, sha.trim_end_matches('='), md5crypt] {
            assert!(native(whole.as_bytes()).is_some());
            refuse(&[whole[..whole.len() - 1].to_owned(), format!("{whole}.")]);
        }
    }

    #[test]
    fn parameters_out_of_range_are_no_parameters() {
        let argon2 = |params: &str| {
            format!("$argon2id$v=19${params}$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNo")
        };
        assert!(native(argon2("m=8,t=1,p=1").as_bytes()).is_some());
        refuse(
            &[
                "m=7,t=1,p=1",
                "m=8,t=0,p=1",
                "m=8,t=1,p=0",
                "m=08,t=1,p=1",
                "m=8,t=1,p=2",
                "m=99999999999,t=1,p=1",
                "t=1,m=8,p=1",
            ]
            .map(argon2),
        );
        let bcrypt = |cost: &str| format!("$2b${cost}${}", "a".repeat(53));
        assert!(native(bcrypt("04").as_bytes()).is_some());
        refuse(&["03", "32", "4", "012", "+4"].map(bcrypt));
    }

    #[test]
    fn what_ordinary_passwords_look_like_is_no_hash() {
        for password in [
            "sha1$",
            "md5$x$y",
            "{secret}",
            "{SHA}",
            "pbkdf2_sha256",
            "*2470",
            "$$$",
            "$1$",
            "bcrypt$$",
            "argon2",
        ] {
            assert_eq!(native(password.as_bytes()), None, "{password}");
        }
    }
}
