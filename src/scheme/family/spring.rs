//! Spring Security's strings behind `{id}` (crypto/src/main/java/org/springframework/security/crypto of spring-projects/spring-security), and
//! scrypt as other libraries spell it.

use super::applications::hex_after;
use super::base::Made;
use super::cut::{Asked, Cut, Encoded, Pieces, fast_hex, joined, made, unbase64, unhex};
use crate::scheme::expression::Algorithm;
use crate::scheme::format::Reader;
use crate::scheme::kdf;
use crate::scheme::value::{Needs, Prf, Strength, VerifyError};
use crate::text;

/// StandardPasswordEncoder: eight bytes of salt, and 1,024 rounds of SHA-256 over salt and password, in hex.
pub(in crate::scheme) static SHA256_STANDARD: Cut = Cut {
    cut: |value| {
        let pieces = hex_after(value.strip_prefix(b"{sha256}")?, 16, 32)?;
        Some(Pieces {
            strength: Strength::Rounds {
                prf: Prf::Sha256,
                rounds: STANDARD_ROUNDS,
            },
            ..pieces
        })
    },
    make: |asked| {
        let mut digest = joined(&[&unhex(asked.setting)?, asked.password]);
        for _ in 0..STANDARD_ROUNDS {
            digest = Algorithm::Sha256.digest(&digest);
        }
        made(&digest)
    },
    needs: Needs::NONE,
};

const STANDARD_ROUNDS: u32 = 1_024;

/// MessageDigestPasswordEncoder and Md4PasswordEncoder: the digest of the password and of the salt with its braces, which stands before it.
pub(in crate::scheme) static MD4: Cut = Cut {
    cut: |value| message_digest(value.strip_prefix(b"{MD4}")?, 16),
    make: |asked| message_digest_made(Algorithm::Md4, asked),
    needs: Needs::NONE,
};

pub(in crate::scheme) static MD5: Cut = Cut {
    cut: |value| message_digest(value.strip_prefix(b"{MD5}")?, 16),
    make: |asked| message_digest_made(Algorithm::Md5, asked),
    needs: Needs::NONE,
};

pub(in crate::scheme) static SHA1: Cut = Cut {
    cut: |value| message_digest(value.strip_prefix(b"{SHA-1}")?, 20),
    make: |asked| message_digest_made(Algorithm::Sha1, asked),
    needs: Needs::NONE,
};

pub(in crate::scheme) static SHA256: Cut = Cut {
    cut: |value| message_digest(value.strip_prefix(b"{SHA-256}")?, 32),
    make: |asked| message_digest_made(Algorithm::Sha256, asked),
    needs: Needs::NONE,
};

/// Pbkdf2PasswordEncoder as version 5.5 and 5.8 set it: which of the two it is stands in the id. In hex, salt and hash in one.
pub(in crate::scheme) static PBKDF2: Cut = Cut {
    cut: |value| {
        let (version, rest) = pbkdf2_version(value)?;
        let salt_digits = 2 * version.salt_bytes;
        let pieces = hex_after(rest, salt_digits, 32)?;
        Some(Pieces {
            strength: Strength::Pbkdf2 {
                prf: version.prf,
                iterations: version.iterations,
            },
            setting: value.get(..value.len().checked_sub(64)?)?,
            ..pieces
        })
    },
    make: |asked| {
        let (version, salt) = pbkdf2_version(asked.setting).ok_or(VerifyError::Parameters)?;
        made(&kdf::pbkdf2(
            version.algorithm,
            asked.password,
            &unhex(salt)?,
            version.iterations,
            32,
        )?)
    },
    needs: Needs::NONE,
};

/// SCryptPasswordEncoder: log2 of N, r and p in one number in hex, salt and hash in base64.
pub(in crate::scheme) static SCRYPT: Cut = Cut {
    cut: |value| {
        let rest = value
            .strip_prefix(b"{scrypt}")
            .or_else(|| value.strip_prefix(b"{scrypt@SpringSecurity_v5_8}"))?;
        scrypt(rest.strip_prefix(b"$")?)
    },
    make: scrypt_made,
    needs: Needs::NONE,
};

/// The same numbers in lambdaworks' libraries (SCryptUtil.java of wg/scrypt): `$s0$…`.
pub(in crate::scheme) static SCRYPT_S0: Cut = Cut {
    cut: |value| scrypt(value.strip_prefix(b"$s0$")?),
    make: scrypt_made,
    needs: Needs::NONE,
};

/// Ruby's (lib/scrypt/password.rb of pbhogan/scrypt): N, r and p in hex, salt and hash in hex.
pub(in crate::scheme) static SCRYPT_RUBY: Cut = Cut {
    cut: ruby,
    make: |asked| {
        let (params, salt) = ruby_setting(asked.setting).ok_or(VerifyError::Parameters)?;
        made(&kdf::scrypt(asked.password, &unhex(salt)?, params, 32)?)
    },
    needs: Needs::NONE,
};

fn message_digest(rest: &[u8], bytes: usize) -> Option<Pieces<'_>> {
    let at = rest.len().checked_sub(2 * bytes)?;
    let (salt, digest) = rest.split_at_checked(at)?;
    let good = salt.is_empty()
        || salt.len() <= 130 && salt.starts_with(b"{") && salt.ends_with(b"}") && salt.len() >= 2;
    good.then(|| fast_hex(salt, digest).of_len(bytes))?
}

fn message_digest_made(algorithm: Algorithm, asked: &Asked<'_>) -> Made {
    made(&algorithm.digest(&joined(&[asked.password, asked.setting])))
}

struct Version {
    algorithm: Algorithm,
    prf: Prf,
    iterations: u32,
    salt_bytes: usize,
}

fn pbkdf2_version(value: &[u8]) -> Option<(Version, &[u8])> {
    if let Some(rest) = value.strip_prefix(b"{pbkdf2}") {
        let version = Version {
            algorithm: Algorithm::Sha1,
            prf: Prf::Sha1,
            iterations: 185_000,
            salt_bytes: 8,
        };
        return Some((version, rest));
    }
    let version = Version {
        algorithm: Algorithm::Sha256,
        prf: Prf::Sha256,
        iterations: 310_000,
        salt_bytes: 16,
    };
    Some((
        version,
        value.strip_prefix(b"{pbkdf2@SpringSecurity_v5_8}")?,
    ))
}

/// log2 of N, r, p.
type Params = (u32, u32, u32);

/// `e0801$salt$hash`: N's logarithm, r and p in a number of two bytes and one and one.
fn scrypt(rest: &[u8]) -> Option<Pieces<'_>> {
    let mut text = Reader(rest);
    let (log_n, r, p) = packed(text.until(b'$')?)?;
    let salt = text.until(b'$')?;
    let setting = rest.get(..rest.len().checked_sub(text.0.len() + 1)?)?;
    let pieces = Pieces {
        strength: Strength::Scrypt { log_n, r, p },
        setting,
        digest: Encoded::Base64(text.0),
    };
    // The hash's length stands nowhere else, and both libraries make 32 bytes unless they are told otherwise.
    let good = (8..=128).contains(&Encoded::Base64(salt).len()?);
    good.then(|| pieces.of_len(32))?
}

fn packed(digits: &[u8]) -> Option<Params> {
    let number = hex_number(digits)?;
    let (log_n, r, p) = (number >> 16, (number >> 8) & 0xff, number & 0xff);
    ((1..=31).contains(&log_n) && r >= 1 && p >= 1).then_some((log_n, r, p))
}

fn hex_number(digits: &[u8]) -> Option<u32> {
    if !(1..=8).contains(&digits.len()) || !text::is_hex(digits) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn scrypt_made(asked: &Asked<'_>) -> Made {
    let mut text = Reader(asked.setting);
    let params = text
        .until(b'$')
        .and_then(packed)
        .ok_or(VerifyError::Parameters)?;
    made(&kdf::scrypt(
        asked.password,
        &unbase64(text.0)?,
        params,
        32,
    )?)
}

/// `400$8$d$salt$hash`.
fn ruby(value: &[u8]) -> Option<Pieces<'_>> {
    let at = value.iter().rposition(|byte| *byte == b'$')?;
    let setting = value.get(..at)?;
    let ((log_n, r, p), salt) = ruby_setting(setting)?;
    let pieces = Pieces {
        strength: Strength::Scrypt { log_n, r, p },
        setting,
        digest: Encoded::Hex(value.get(at + 1..)?),
    };
    let good = (16..=128).contains(&salt.len()) && Encoded::Hex(salt).len().is_some();
    good.then(|| pieces.of_len(32))?
}

fn ruby_setting(setting: &[u8]) -> Option<(Params, &[u8])> {
    let mut text = Reader(setting);
    let n = hex_number(text.until(b'$')?)?;
    let r = hex_number(text.until(b'$')?)?;
    let p = hex_number(text.until(b'$')?)?;
    let good = n.is_power_of_two() && n >= 2 && r >= 1 && p >= 1;
    good.then_some(((n.ilog2(), r, p), text.0))
}
