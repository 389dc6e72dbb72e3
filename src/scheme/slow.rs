//! The slow hashes, one at a time: what a login costs.
//!
//! Argon2id as runs make it comes from `kernel`, which is faster even alone. Everything else is the RustCrypto crates'.

use argon2::{Algorithm, Argon2, Version};
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD_NO_PAD};
use hmac::Hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::expression;
use super::forms::{Argon2Form, BcryptForm};
use super::native::BCRYPT_BYTES_MAX;
use super::{Argon2Variant, Outer, VerifyError};
use crate::kernel::{self, Input, hash_one};

/// bcrypt's base64. Twenty-two digits hold four bits more than a salt, and some makers don't clear them.
pub(super) const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(
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
const PBKDF2_ITERATIONS_MAX: u32 = 10_000_000;
/// No scheme stores more, and every 20 to 64 of them cost all iterations again.
const PBKDF2_BYTES_MAX: u32 = 512;
/// 128·N·r.
const SCRYPT_BYTES_MAX: u64 = 1 << 30;
const SCRYPT_PARALLELISM_MAX: u32 = 16;
/// The rounds of crypt(3)'s repeated digests.
pub(super) const CRYPT_ROUNDS_MAX: u32 = 5_000_000;

/// The outer hash of a text, as [`super::outer_input`] made it: 32 bytes of Argon2id and PBKDF2, 23 of bcrypt.
pub fn derive(outer: &Outer, salt: &[u8], text: &[u8]) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    match *outer {
        Outer::Argon2id {
            memory_kib,
            iterations,
            parallelism,
        } => {
            let argon2 = Argon2Cost {
                variant: Argon2Variant::Id,
                version: Version::V0x13,
                memory_kib,
                iterations,
                parallelism,
            };
            argon2.hash(text, salt, outer.digest_len())
        }
        Outer::Bcrypt { cost, .. } => {
            if !(4..=31).contains(&cost) || text.len() > BCRYPT_BYTES_MAX || text.contains(&0) {
                return Err(VerifyError::Parameters);
            }
            let salt = salt.try_into().map_err(|_| VerifyError::Parameters)?;
            Ok(Zeroizing::new(bcrypt_bytes(cost, salt, text)[..].to_vec()))
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

/// The Argon2 hash of a text by a string's parameters and salt.
pub(super) fn argon2_of(
    form: &Argon2Form<'_>,
    text: &[u8],
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    at_most("m", form.memory_kib, ARGON2_MEMORY_KIB_MAX)?;
    at_most("t", form.iterations, ARGON2_ITERATIONS_MAX)?;
    at_most("p", form.parallelism, ARGON2_PARALLELISM_MAX)?;
    let salt = STANDARD_NO_PAD
        .decode(form.salt)
        .map_err(|_| VerifyError::Parameters)?;
    let version = if form.version == 16 {
        Version::V0x10
    } else {
        Version::V0x13
    };
    let argon2 = Argon2Cost {
        variant: form.variant,
        version,
        memory_kib: form.memory_kib,
        iterations: form.iterations,
        parallelism: form.parallelism,
    };
    argon2.hash(text, &salt, len)
}

/// The Argon2id hash of a text with one lane, by numbers that stand somewhere else than in a string of its own.
pub(super) fn argon2id(
    text: &[u8],
    salt: &[u8],
    memory_kib: u32,
    iterations: u32,
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    at_most("m", memory_kib, ARGON2_MEMORY_KIB_MAX)?;
    at_most("t", iterations, ARGON2_ITERATIONS_MAX)?;
    let argon2 = Argon2Cost {
        variant: Argon2Variant::Id,
        version: Version::V0x13,
        memory_kib,
        iterations,
        parallelism: 1,
    };
    argon2.hash(text, salt, len)
}

/// The bcrypt hash of a text by a string's cost and salt; of a longer text 72 bytes count, as they did when the string was made.
pub(super) fn bcrypt_of(
    form: &BcryptForm<'_>,
    text: &[u8],
) -> Result<Zeroizing<[u8; 23]>, VerifyError> {
    let salt = bcrypt_salt(form)?;
    Ok(bcrypt_bytes(form.cost, salt, text))
}

/// The same under `$2x$`: crypt_blowfish before 1.1 took a character for a signed number, so that one of 8 bits wiped out up to three
/// before it. What goes in then are the eighteen words that came of it.
pub(super) fn bcrypt_2x_of(
    form: &BcryptForm<'_>,
    text: &[u8],
) -> Result<Zeroizing<[u8; 23]>, VerifyError> {
    let salt = bcrypt_salt(form)?;
    let mut words = Zeroizing::new([0_u8; 72]);
    let mut bytes = text.iter().chain([&0]).cycle();
    for word in words.chunks_mut(4) {
        let signed = bytes.by_ref().take(4).fold(0_u32, |word, byte| {
            (word << 8) | i32::from(byte.cast_signed()).cast_unsigned()
        });
        word.copy_from_slice(&signed.to_be_bytes());
    }
    Ok(bcrypt_bytes(form.cost, salt, &words[..]))
}

/// PBKDF2 (RFC 8018) with HMAC over that function.
pub(super) fn pbkdf2(
    algorithm: expression::Algorithm,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    at_most("iterations", iterations, PBKDF2_ITERATIONS_MAX)?;
    at_most(
        "length",
        u32::try_from(len).unwrap_or(u32::MAX),
        PBKDF2_BYTES_MAX,
    )?;
    if iterations == 0 {
        return Err(VerifyError::Parameters);
    }
    let mut out = Zeroizing::new(vec![0; len]);
    algorithm.pbkdf2(password, salt, iterations, &mut out);
    Ok(out)
}

/// scrypt (RFC 7914) with N = 2^`log_n`.
pub(super) fn scrypt(
    password: &[u8],
    salt: &[u8],
    (log_n, r, p): (u32, u32, u32),
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    check_scrypt(log_n, r, p)?;
    let log_n = u8::try_from(log_n).map_err(|_| VerifyError::Parameters)?;
    let params = scrypt::Params::new(log_n, r, p).map_err(|_| VerifyError::Parameters)?;
    let mut out = Zeroizing::new(vec![0; len]);
    scrypt::scrypt(password, salt, &params, &mut out).map_err(|_| VerifyError::Parameters)?;
    Ok(out)
}

fn bcrypt_salt(form: &BcryptForm<'_>) -> Result<[u8; 16], VerifyError> {
    at_most("cost", form.cost, BCRYPT_COST_MAX)?;
    BCRYPT_BASE64
        .decode(form.salt)
        .map_err(|_| VerifyError::Parameters)?
        .try_into()
        .map_err(|_| VerifyError::Parameters)
}

/// Refuses parameters of scrypt's kind that cost more than a login may.
pub(super) fn check_scrypt(log_n: u32, r: u32, p: u32) -> Result<(), VerifyError> {
    let memory = 128_u64
        .checked_mul(u64::from(r))
        .and_then(|block| block.checked_mul(1_u64.checked_shl(log_n)?))
        .filter(|bytes| *bytes <= SCRYPT_BYTES_MAX);
    if memory.is_none() {
        return Err(VerifyError::TooCostly {
            parameter: "N",
            max: (SCRYPT_BYTES_MAX / 128 / u64::from(r.max(1))) as u32,
            actual: 1_u32.checked_shl(log_n).unwrap_or(u32::MAX),
        });
    }
    at_most("p", p, SCRYPT_PARALLELISM_MAX)
}

/// Refuses what a login may not cost.
pub(super) fn at_most(parameter: &'static str, actual: u32, max: u32) -> Result<(), VerifyError> {
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

/// An Argon2 with its parameters.
struct Argon2Cost {
    variant: Argon2Variant,
    version: Version,
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

impl Argon2Cost {
    fn hash(
        &self,
        text: &[u8],
        salt: &[u8],
        len: usize,
    ) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
        let mut out = Zeroizing::new(vec![0; len]);
        if let (Argon2Variant::Id, Version::V0x13) = (self.variant, self.version) {
            let params = kernel::Params::Argon2id {
                memory_kib: self.memory_kib,
                iterations: self.iterations,
                parallelism: self.parallelism,
                output_len: len,
            };
            hash_one(params, Input { text, salt }, &mut out)
                .map_err(|_| VerifyError::Parameters)?;
        } else {
            self.by_the_crate(text, salt, &mut out)
                .map_err(|_| VerifyError::Parameters)?;
        }
        Ok(out)
    }

    fn by_the_crate(&self, text: &[u8], salt: &[u8], out: &mut [u8]) -> argon2::Result<()> {
        let algorithm = match self.variant {
            Argon2Variant::D => Algorithm::Argon2d,
            Argon2Variant::I => Algorithm::Argon2i,
            Argon2Variant::Id => Algorithm::Argon2id,
        };
        let params = argon2::Params::new(
            self.memory_kib,
            self.iterations,
            self.parallelism,
            Some(out.len()),
        )?;
        Argon2::new(algorithm, self.version, params).hash_password_into(text, salt, out)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Path, SingleHashes};

    #[test]
    fn a_stored_value_that_would_cost_too_much_is_refused_before_any_work() {
        let form = Argon2Form::read(
            b"argon2id",
            b"v=19$m=1048577,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2g",
        )
        .expect("a good string");
        let error = argon2_of(&form, b"x", 32).expect_err("too much memory");
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
            bcrypt_of(&form, b"x").err(),
            Some(VerifyError::TooCostly {
                parameter: "cost",
                max: 15,
                actual: 16
            })
        );
        assert_eq!(
            pbkdf2(expression::Algorithm::Sha256, b"x", b"salt", 10_000_001, 32).err(),
            Some(VerifyError::TooCostly {
                parameter: "iterations",
                max: 10_000_000,
                actual: 10_000_001
            })
        );
        assert_eq!(
            scrypt(b"x", b"salt", (21, 8, 1), 32).err(),
            Some(VerifyError::TooCostly {
                parameter: "N",
                max: 1 << 20,
                actual: 1 << 21
            })
        );
    }

    /// By every path, and by the crate at once.
    fn check_argon2id(memory_kib: u32, iterations: u32, parallelism: u32, len: usize, text: &[u8]) {
        let cost = Argon2Cost {
            variant: Argon2Variant::Id,
            version: Version::V0x13,
            memory_kib,
            iterations,
            parallelism,
        };
        let salt = &text[..text.len().min(8)];
        let mut expected = vec![0; len];
        let by_the_crate = cost.by_the_crate(text, salt, &mut expected);
        for path in Path::ALL.into_iter().filter(|path| path.is_available()) {
            for keep_bytes_max in [0, 1 << 20] {
                let single = SingleHashes {
                    path: Some(path),
                    keep_bytes_max,
                };
                let _single = single.on_this_thread();
                match (cost.hash(text, salt, len), &by_the_crate) {
                    (Ok(made), Ok(())) => assert_eq!(made[..], expected[..], "{path:?}"),
                    (Err(VerifyError::Parameters), Err(_)) => {}
                    (made, _) => panic!("{path:?} {:?}", made.err()),
                }
            }
        }
    }

    #[test]
    fn a_login_computes_argon2id_as_the_crate_does() {
        let text = b"The quick brown fox jumps over the lazy dog.";
        for (number, memory_kib) in (0..).zip([32, 33, 39, 64, 100, 129, 600]) {
            for parallelism in [1, 4] {
                let (iterations, len) = (1 + number % 3, 4 + 11 * number as usize);
                check_argon2id(
                    memory_kib,
                    iterations,
                    parallelism,
                    len,
                    &text[number as usize..],
                );
            }
        }
    }

    #[test]
    fn a_login_refuses_of_argon2id_what_the_crate_refuses() {
        for (memory_kib, iterations, parallelism, len, text) in [
            (7, 1, 1, 32, &b"password"[..]),
            (15, 1, 2, 32, b"password"),
            (8, 0, 1, 32, b"password"),
            (8, 1, 0, 32, b"password"),
            (8, 1, 1 << 24, 32, b"password"),
            (8, 1, 1, 3, b"password"),
            (8, 1, 1, 32, b"short"),
        ] {
            check_argon2id(memory_kib, iterations, parallelism, len, text);
        }
    }

    #[test]
    fn pbkdf2_is_that_of_another_implementation() {
        let outer = Outer::Pbkdf2Sha256 { iterations: 1000 };
        let (salt, text) = (b"saltsaltsaltsalt", b"5f4dcc3b5aa765d61d8327deb882cf99");
        // Made by Python's hashlib.
        let rest = "i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$tkke4m4x0CvEFKl3/biCaL1TqRQ+J4fS7ntJ3CTy8Vg";
        let made = derive(&outer, salt, text).expect("good parameters");
        assert_eq!(
            super::super::format(&outer, salt, &made),
            format!("$pbkdf2-sha256${rest}")
        );
    }
}
