//! Values that cost what a user's value costs, and that no password made.
//!
//! They are for logins that must take as long as others.

use crate::scheme::value::{Argon2Variant, Prf, Strength};
use crate::secret::StoredHash;

/// The digits of crypt(3), in their order.
const CRYPT_DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The fewest rounds that `$5$` and `$6$` can name.
const SHA_CRYPT_ROUNDS_MIN: u32 = 1_000;

/// A value with these parameters, of zeros: checking a password against it costs what it costs
/// against any other such value.
///
/// None where no string that is known here has them. Repeated digests are those of crypt(3), whose
/// rounds cost about what others' do.
pub fn specimen(strength: &Strength) -> Option<StoredHash> {
    let base64 = |characters: usize| "A".repeat(characters);
    let crypt = |characters: usize| ".".repeat(characters);
    let text = match *strength {
        Strength::Fast => return None,
        Strength::Argon2 {
            variant,
            memory_kib,
            iterations,
            parallelism,
        } => {
            let name = match variant {
                Argon2Variant::D => "argon2d",
                Argon2Variant::I => "argon2i",
                Argon2Variant::Id => "argon2id",
            };
            let (salt, hash) = (base64(22), base64(43));
            format!("${name}$v=19$m={memory_kib},t={iterations},p={parallelism}${salt}${hash}")
        }
        Strength::Bcrypt { cost } => format!("$2b${cost:02}${}", crypt(53)),
        Strength::Scrypt { log_n, r, p } => {
            format!(
                "$scrypt$ln={log_n},r={r},p={p}${}${}",
                base64(22),
                base64(43)
            )
        }
        Strength::Pbkdf2 { prf, iterations } => {
            let (name, characters) = match prf {
                Prf::Md5 => return None,
                Prf::Sha1 => ("pbkdf2", 27),
                Prf::Sha256 => ("pbkdf2-sha256", 43),
                Prf::Sha512 => ("pbkdf2-sha512", 86),
            };
            format!("${name}${iterations}${}${}", base64(22), base64(characters))
        }
        Strength::Rounds { prf, rounds } => match prf {
            Prf::Sha256 if rounds >= SHA_CRYPT_ROUNDS_MIN => {
                format!("$5$rounds={rounds}$saltsalt${}", crypt(43))
            }
            Prf::Sha512 if rounds >= SHA_CRYPT_ROUNDS_MIN => {
                format!("$6$rounds={rounds}$saltsalt${}", crypt(86))
            }
            Prf::Sha1 => format!("$sha1${rounds}$saltsalt${}", crypt(28)),
            _ => return None,
        },
        Strength::Yescrypt { log_n, r } => {
            // One digit each: up to 48.
            let digit = |n: u32| {
                let at = usize::try_from(n.checked_sub(1).filter(|n| *n < 48)?).ok()?;
                Some(char::from(CRYPT_DIGITS[at]))
            };
            format!(
                "$y$j{}{}${}${}",
                digit(log_n)?,
                digit(r)?,
                crypt(8),
                crypt(43)
            )
        }
    };
    Some(StoredHash::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Context, Declared, Recognised, recognise, verify};
    use crate::secret::Password;

    fn check(strength: Strength) {
        let value = specimen(&strength).expect("a value with these parameters");
        let params = match recognise(Some(value.as_bytes()), Declared::Auto) {
            Recognised::Native { params, .. } => params,
            other => panic!("{other:?}"),
        };
        assert_eq!(params, strength);
        let verified = verify(
            &value,
            &Password::new("x"),
            Declared::Auto,
            &Context::default(),
        );
        assert_eq!(verified, Ok(false), "{strength:?}");
    }

    #[test]
    fn a_specimen_has_the_parameters_that_were_asked_for_and_can_be_checked() {
        for variant in [Argon2Variant::D, Argon2Variant::I, Argon2Variant::Id] {
            for parallelism in [1, 2] {
                check(Strength::Argon2 {
                    variant,
                    memory_kib: 64,
                    iterations: 2,
                    parallelism,
                });
            }
        }
        check(Strength::Bcrypt { cost: 4 });
        check(Strength::Scrypt {
            log_n: 4,
            r: 8,
            p: 1,
        });
        for prf in [Prf::Sha1, Prf::Sha256, Prf::Sha512] {
            check(Strength::Pbkdf2 {
                prf,
                iterations: 1_001,
            });
            check(Strength::Rounds { prf, rounds: 1_001 });
        }
        check(Strength::Yescrypt { log_n: 4, r: 2 });
    }

    #[test]
    fn what_no_string_has_has_no_specimen() {
        for strength in [
            Strength::Fast,
            Strength::Yescrypt { log_n: 50, r: 1 },
            Strength::Rounds {
                prf: Prf::Sha512,
                rounds: 12,
            },
        ] {
            assert_eq!(specimen(&strength), None, "{strength:?}");
        }
    }
}
