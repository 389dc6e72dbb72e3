//! The strings that carry their own mark, read strictly and in place.
//!
//! Strict, because in a column declared plaintext a string that is taken for a hash by mistake would not be hashed, and
//! elsewhere a damaged hash must not be counted as a strong one.

mod applications;
mod crypt;
mod des;
mod dollars;
mod named;
mod part;
mod prefixed;
pub(super) mod reader;
mod salted;

pub(super) use crypt::{SCRYPT_7_PARAMETERS, YescryptParams, crypt, scheme_of_id};
pub(super) use des::{
    BIGCRYPT_BLOCKS_MAX, BLOCK_DIGITS, des, des_number, des_setting_digits, des_strength,
};
pub(super) use dollars::{caching_sha2, thousands};
use reader::{Reader, all, is_base64};
pub(super) use reader::{crypt64_value, is_crypt64};
pub(super) use salted::{Recipe, Salted};

use super::{Argon2Variant, Scheme, Strength};

/// A string that was read: its scheme, and how strong it is with its parameters.
pub(super) type Native = (Scheme, Strength);

/// The pieces of an Argon2 string that a verification needs.
#[derive(Clone, Copy)]
pub(super) struct Argon2Form<'v> {
    pub(super) variant: Argon2Variant,
    pub(super) version: u32,
    pub(super) memory_kib: u32,
    pub(super) iterations: u32,
    pub(super) parallelism: u32,
    pub(super) salt: &'v [u8],
    pub(super) hash: &'v [u8],
}

/// The pieces of a bcrypt string that a verification needs.
#[derive(Clone, Copy)]
pub(super) struct BcryptForm<'v> {
    pub(super) cost: u32,
    pub(super) salt: &'v [u8],
    pub(super) hash: &'v [u8],
}

/// Reads a trimmed value that carries its own mark.
pub(super) fn native(value: &[u8]) -> Option<Native> {
    if let Some(marked) = applications::marked(value) {
        return Some(marked);
    }
    match value.first()? {
        b'$' => {
            let mut rest = Reader(&value[1..]);
            let id = rest.until(b'$')?;
            crypt(id, rest.0).or_else(|| match dollars::dollars(value) {
                Some(salted) => Some(salted.native()),
                None => dollars::kratos(value, id, rest.0),
            })
        }
        b'{' => match prefixed::braced(value) {
            Some(salted) => Some(salted.native()),
            None => prefixed::behind(value),
        },
        b'*' => {
            // MySQL writes uppercase. A star before other digits locks an account and keeps its hash.
            let digits = &value[1..];
            (digits.len() == 40 && all(digits, |byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')))
                .then_some((Scheme::MYSQL41, Strength::Fast))
        }
        _ => match named::named(value) {
            Some(salted) => Some(salted.native()),
            None => named::behind(value),
        },
    }
}

/// Takes a trimmed value apart that is a digest, its salt and its parameters.
pub(super) fn salted(value: &[u8]) -> Option<Salted<'_>> {
    match value.first()? {
        b'$' => dollars::dollars(value),
        b'{' => prefixed::braced(value),
        _ => named::named(value),
    }
}

impl<'v> Argon2Form<'v> {
    /// Reads what stands behind `$argon2…$`.
    pub(super) fn read(id: &[u8], rest: &'v [u8]) -> Option<Self> {
        let variant = match id {
            b"argon2id" => Argon2Variant::Id,
            b"argon2i" => Argon2Variant::I,
            b"argon2d" => Argon2Variant::D,
            _ => return None,
        };
        let mut text = Reader(rest);
        // Strings from before 2016 name no version and mean 16.
        let version = if text.literal(b"v=").is_some() {
            text.number(b'$')?
        } else {
            16
        };
        text.literal(b"m=")?;
        let memory_kib = text.number(b',')?;
        text.literal(b"t=")?;
        let iterations = text.number(b',')?;
        text.literal(b"p=")?;
        let parallelism = text.number(b'$')?;
        let (salt, hash) = (text.until(b'$')?, text.0);
        let good = matches!(version, 16 | 19)
            && iterations >= 1
            && parallelism >= 1
            && memory_kib / 8 >= parallelism
            && (11..=128).contains(&salt.len())
            && (6..=256).contains(&hash.len())
            && all(salt, is_base64)
            && all(hash, is_base64);
        good.then_some(Self {
            variant,
            version,
            memory_kib,
            iterations,
            parallelism,
            salt,
            hash,
        })
    }

    pub(super) fn strength(&self) -> Strength {
        let Self {
            variant,
            memory_kib,
            iterations,
            parallelism,
            ..
        } = *self;
        Strength::Argon2 {
            variant,
            memory_kib,
            iterations,
            parallelism,
        }
    }
}

impl<'v> BcryptForm<'v> {
    /// Reads what stands behind `$2b$`.
    pub(super) fn read(rest: &'v [u8]) -> Option<Self> {
        let (&[tens, ones, b'$'], body) = rest.split_first_chunk()? else {
            return None;
        };
        let good = tens.is_ascii_digit()
            && ones.is_ascii_digit()
            && body.len() == 53
            && all(body, is_crypt64);
        let cost = u32::from(tens.wrapping_sub(b'0')) * 10 + u32::from(ones.wrapping_sub(b'0'));
        let (salt, hash) = body.split_at_checked(22)?;
        (good && (4..=31).contains(&cost)).then_some(Self { cost, salt, hash })
    }
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
