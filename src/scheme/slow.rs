//! The slow hashes, one at a time, over the RustCrypto crates: what a login costs.
//!
//! Runs hash through `kernel`, in bulk; that one proves itself against the same crates.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD_NO_PAD};
use hmac::Hmac;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::forms::{Argon2Form, BcryptForm};
use super::native::BCRYPT_BYTES_MAX;
use super::{Argon2Variant, Outer, VerifyError};

/// bcrypt's base64. Twenty-two digits hold four bits more than a salt, and some makers don't clear them.
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// What a login may cost at most, by the parameters in a stored value: 1 GiB, 10 passes, 16 lanes.
const ARGON2_MEMORY_KIB_MAX: u32 = 1 << 20;
const ARGON2_ITERATIONS_MAX: u32 = 10;
const ARGON2_PARALLELISM_MAX: u32 = 16;
/// About two seconds.
const BCRYPT_COST_MAX: u32 = 15;
/// Seconds, too.
const PBKDF2_ITERATIONS_MAX: u32 = 10_000_000;
/// The longest digest that anybody stores is one of SHA-512.
const PBKDF2_LEN_MAX: usize = 64;

/// The outer hash of a text, as [`super::outer_input`] made it: 32 bytes of Argon2id and PBKDF2, 23 of bcrypt.
pub fn derive(
    outer: &Outer,
    salt: &[u8; 16],
    text: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    match *outer {
        Outer::Argon2id {
            memory_kib,
            iterations,
            parallelism,
        } => {
            let params = Params::new(
                memory_kib,
                iterations,
                parallelism,
                Some(outer.digest_len()),
            );
            argon2(
                Argon2Variant::Id,
                Version::V0x13,
                params,
                salt,
                text,
                outer.digest_len(),
            )
        }
        Outer::Bcrypt { cost, .. } => {
            if !(4..=31).contains(&cost) || text.len() > BCRYPT_BYTES_MAX || text.contains(&0) {
                return Err(VerifyError::Parameters);
            }
            Ok(Zeroizing::new(bcrypt_bytes(cost, *salt, text)[..].to_vec()))
        }
        Outer::Pbkdf2Sha256 { iterations: 0 } => Err(VerifyError::Parameters),
        Outer::Pbkdf2Sha256 { iterations } => {
            let mut out = Zeroizing::new(vec![0; outer.digest_len()]);
            pbkdf2::pbkdf2::<Hmac<Sha256>>(text, salt, iterations, &mut out)
                .map_err(|_| VerifyError::Parameters)?;
            Ok(out)
        }
    }
}

/// Whether the text opens an Argon2 string.
pub(super) fn opens_argon2(form: &Argon2Form<'_>, text: &[u8]) -> Result<bool, VerifyError> {
    at_most("m", form.memory_kib, ARGON2_MEMORY_KIB_MAX)?;
    at_most("t", form.iterations, ARGON2_ITERATIONS_MAX)?;
    at_most("p", form.parallelism, ARGON2_PARALLELISM_MAX)?;
    let decode = |base64: &[u8]| {
        STANDARD_NO_PAD
            .decode(base64)
            .map_err(|_| VerifyError::Parameters)
    };
    let (salt, hash) = (decode(form.salt)?, Zeroizing::new(decode(form.hash)?));
    let version = if form.version == 16 {
        Version::V0x10
    } else {
        Version::V0x13
    };
    let params = Params::new(
        form.memory_kib,
        form.iterations,
        form.parallelism,
        Some(hash.len()),
    );
    let made = argon2(form.variant, version, params, &salt, text, hash.len())?;
    Ok(made.as_slice().ct_eq(&hash).into())
}

/// Whether the text opens a bcrypt string; of a longer text 72 bytes count, as they did when the string was made.
pub(super) fn opens_bcrypt(form: &BcryptForm<'_>, text: &[u8]) -> Result<bool, VerifyError> {
    at_most("cost", form.cost, BCRYPT_COST_MAX)?;
    let decode = |base64: &[u8]| {
        BCRYPT_BASE64
            .decode(base64)
            .map_err(|_| VerifyError::Parameters)
    };
    let salt: [u8; 16] = decode(form.salt)?
        .try_into()
        .map_err(|_| VerifyError::Parameters)?;
    let hash = Zeroizing::new(decode(form.hash)?);
    let made = bcrypt_bytes(form.cost, salt, text);
    Ok(made[..].ct_eq(&hash).into())
}

/// Whether the text opens `i=600000,l=32$<salt>$<hash>`; none if it is no such string.
pub(super) fn opens_pbkdf2_sha256(rest: &[u8], text: &[u8]) -> Option<Result<bool, VerifyError>> {
    let rest = std::str::from_utf8(rest).ok()?;
    let (parameters, rest) = rest.strip_prefix("i=")?.split_once('$')?;
    let (iterations, len) = parameters.split_once(",l=")?;
    let (iterations, len) = (iterations.parse().ok()?, len.parse::<usize>().ok()?);
    let (salt, hash) = rest.split_once('$')?;
    let (salt, hash) = (
        STANDARD_NO_PAD.decode(salt).ok()?,
        Zeroizing::new(STANDARD_NO_PAD.decode(hash).ok()?),
    );
    if iterations == 0 || hash.len() != len || !(1..=PBKDF2_LEN_MAX).contains(&len) {
        return None;
    }
    Some(
        at_most("i", iterations, PBKDF2_ITERATIONS_MAX).and_then(|()| {
            let mut made = Zeroizing::new(vec![0; len]);
            pbkdf2::pbkdf2::<Hmac<Sha256>>(text, &salt, iterations, &mut made)
                .map_err(|_| VerifyError::Parameters)?;
            Ok(made.as_slice().ct_eq(&hash).into())
        }),
    )
}

fn argon2(
    variant: Argon2Variant,
    version: Version,
    params: Result<Params, argon2::Error>,
    salt: &[u8],
    text: &[u8],
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    let algorithm = match variant {
        Argon2Variant::D => Algorithm::Argon2d,
        Argon2Variant::I => Algorithm::Argon2i,
        Argon2Variant::Id => Algorithm::Argon2id,
    };
    let params = params.map_err(|_| VerifyError::Parameters)?;
    let mut out = Zeroizing::new(vec![0; len]);
    Argon2::new(algorithm, version, params)
        .hash_password_into(text, salt, &mut out)
        .map_err(|_| VerifyError::Parameters)?;
    Ok(out)
}

/// The 23 bytes that bcrypt strings hold of the 24 that the function makes.
fn bcrypt_bytes(cost: u32, salt: [u8; 16], text: &[u8]) -> Zeroizing<[u8; 23]> {
    let mut input = Zeroizing::new([0_u8; 72]);
    let taken = text.len().min(72);
    input[..taken].copy_from_slice(&text[..taken]);
    // The NUL behind a text is part of the input, where there is room for it.
    let made = Zeroizing::new(bcrypt::bcrypt(cost, salt, &input[..(taken + 1).min(72)]));
    let mut out = Zeroizing::new([0; 23]);
    out.copy_from_slice(&made[..23]);
    out
}

fn at_most(parameter: &'static str, actual: u32, max: u32) -> Result<(), VerifyError> {
    if actual > max {
        Err(VerifyError::TooCostly {
            parameter,
            max,
            actual,
        })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_value_that_would_cost_too_much_is_refused_before_any_work() {
        let form = Argon2Form::read(
            b"argon2id",
            b"v=19$m=1048577,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2g",
        )
        .expect("a good string");
        let error = opens_argon2(&form, b"x").expect_err("too much memory");
        assert_eq!(
            error,
            VerifyError::TooCostly {
                parameter: "m",
                max: 1 << 20,
                actual: (1 << 20) + 1
            }
        );
        let text = format!("16${}", ".".repeat(53));
        let form = BcryptForm::read(text.as_bytes()).expect("a good string");
        assert_eq!(
            opens_bcrypt(&form, b"x").err(),
            Some(VerifyError::TooCostly {
                parameter: "cost",
                max: 15,
                actual: 16
            })
        );
        let dear = b"i=10000001,l=4$c2FsdA$aGFzaA";
        assert_eq!(
            opens_pbkdf2_sha256(dear, b"x"),
            Some(Err(VerifyError::TooCostly {
                parameter: "i",
                max: 10_000_000,
                actual: 10_000_001
            }))
        );
    }

    #[test]
    fn pbkdf2_of_another_implementation_is_opened_and_made_again() {
        let outer = Outer::Pbkdf2Sha256 { iterations: 1000 };
        let (salt, text) = (b"saltsaltsaltsalt", b"5f4dcc3b5aa765d61d8327deb882cf99");
        // Made by Python's hashlib.
        let rest = "i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$tkke4m4x0CvEFKl3/biCaL1TqRQ+J4fS7ntJ3CTy8Vg";
        assert_eq!(opens_pbkdf2_sha256(rest.as_bytes(), text), Some(Ok(true)));
        assert_eq!(opens_pbkdf2_sha256(rest.as_bytes(), b"x"), Some(Ok(false)));
        let made = derive(&outer, salt, text).expect("good parameters");
        assert_eq!(
            super::super::format(&outer, salt, &made),
            format!("$pbkdf2-sha256${rest}")
        );
    }

    #[test]
    fn a_string_that_is_not_quite_pbkdf2_is_none() {
        for rest in [
            "",
            "i=1,l=4$c2FsdA",
            "i=0,l=4$c2FsdA$aGFzaA",
            "i=1,l=5$c2FsdA$aGFzaA",
            "i=1,l=0$c2FsdA$",
            "i=4294967296,l=4$c2FsdA$aGFzaA",
            "i=1,l=4$c2FsdA$aGFzaA=",
        ] {
            assert_eq!(opens_pbkdf2_sha256(rest.as_bytes(), b"x"), None, "{rest}");
        }
    }
}
