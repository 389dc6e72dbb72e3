//! Spring Security's digests behind `{id}`, and scrypt as other libraries spell it.
//!
//! The source is crypto/src/main/java/org/springframework/security/crypto of
//! spring-projects/spring-security.

use super::base::MadeText;
use super::cut::{Cut, FormulaInput, hex_text, join, unbase64, unhex};
use crate::scheme::expression::Algorithm;
use crate::scheme::format::Cursor;
use crate::scheme::format::spring::{self, STANDARD_ROUNDS, packed, pbkdf2_version, ruby_setting};
use crate::scheme::kdf::{self, Pbkdf2Cost, Permit};
use crate::scheme::value::{Needs, VerifyError};

/// StandardPasswordEncoder: eight bytes of salt, and 1,024 rounds of SHA-256 over salt and
/// password, in hex.
pub(in crate::scheme) static SHA256_STANDARD: Cut = Cut {
    cut: spring::sha256_standard,
    make: |asked| {
        let mut digest = join(&[&unhex(asked.setting)?, asked.password]);
        let permit = kdf::spend_rounds(Algorithm::Sha256, STANDARD_ROUNDS, 32)?;
        let rounds = if permit == Permit::Compute {
            STANDARD_ROUNDS
        } else {
            1
        };
        for _ in 0..rounds {
            digest = Algorithm::Sha256.digest(&digest);
        }
        hex_text(&digest)
    },
    needs: Needs::NONE,
};

/// MessageDigestPasswordEncoder and Md4PasswordEncoder: the digest of the password and of the salt
/// with its braces, which stands before it.
pub(in crate::scheme) static MD4: Cut = Cut {
    cut: spring::md4,
    make: |asked| make_message_digest(Algorithm::Md4, asked),
    needs: Needs::NONE,
};

pub(in crate::scheme) static MD5: Cut = Cut {
    cut: spring::md5,
    make: |asked| make_message_digest(Algorithm::Md5, asked),
    needs: Needs::NONE,
};

pub(in crate::scheme) static SHA1: Cut = Cut {
    cut: spring::sha1,
    make: |asked| make_message_digest(Algorithm::Sha1, asked),
    needs: Needs::NONE,
};

pub(in crate::scheme) static SHA256: Cut = Cut {
    cut: spring::sha256,
    make: |asked| make_message_digest(Algorithm::Sha256, asked),
    needs: Needs::NONE,
};

/// Pbkdf2PasswordEncoder as version 5.5 and 5.8 set it: which of the two it is stands in the id. In
/// hex, salt and hash in one.
pub(in crate::scheme) static PBKDF2: Cut = Cut {
    cut: spring::pbkdf2,
    make: |asked| {
        let (version, salt) = pbkdf2_version(asked.setting).ok_or(VerifyError::Parameters)?;
        hex_text(&kdf::pbkdf2(
            asked.password,
            &unhex(salt)?,
            Pbkdf2Cost {
                algorithm: version.algorithm,
                iterations: version.iterations,
                len: 32,
            },
        )?)
    },
    needs: Needs::NONE,
};

/// SCryptPasswordEncoder: log2 of N, r and p in one number in hex, salt and hash in base64.
pub(in crate::scheme) static SCRYPT: Cut = Cut {
    cut: spring::scrypt,
    make: make_scrypt,
    needs: Needs::NONE,
};

/// The same numbers in lambdaworks' libraries (SCryptUtil.java of wg/scrypt): `$s0$…`.
pub(in crate::scheme) static SCRYPT_S0: Cut = Cut {
    cut: spring::scrypt_s0,
    make: make_scrypt,
    needs: Needs::NONE,
};

/// Ruby's (lib/scrypt/password.rb of pbhogan/scrypt): N, r and p in hex, salt and hash in hex.
pub(in crate::scheme) static SCRYPT_RUBY: Cut = Cut {
    cut: spring::ruby,
    make: |asked| {
        let (params, salt) = ruby_setting(asked.setting).ok_or(VerifyError::Parameters)?;
        hex_text(&kdf::scrypt(asked.password, &unhex(salt)?, params, 32)?)
    },
    needs: Needs::NONE,
};

fn make_message_digest(algorithm: Algorithm, asked: &FormulaInput<'_>) -> MadeText {
    hex_text(&algorithm.digest(&join(&[asked.password, asked.setting])))
}

fn make_scrypt(asked: &FormulaInput<'_>) -> MadeText {
    let mut text = Cursor(asked.setting);
    let params = text
        .until(b'$')
        .and_then(packed)
        .ok_or(VerifyError::Parameters)?;
    hex_text(&kdf::scrypt(
        asked.password,
        &unbase64(text.0)?,
        params,
        32,
    )?)
}
