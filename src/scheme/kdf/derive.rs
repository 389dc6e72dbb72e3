//! The outer hash of a run, one at a time: what a login makes.

use zeroize::Zeroizing;

use super::argon2::Argon2Cost;
use super::bcrypt::bcrypt_bytes;
use super::meter::{Permit, count};
use super::pbkdf2::Pbkdf2Cost;
use super::work;
use crate::scheme::expression::Algorithm;
use crate::scheme::value::{
    BCRYPT_BYTES_MAX, HashKind, HashTally, LoginWork, Outer, TalliedHash, VerifyError,
};

/// The outer hash of a text, as [`crate::scheme::outer_input`] made it: 32 bytes of Argon2id and
/// PBKDF2, 23 of bcrypt.
pub fn derive(outer: &Outer, salt: &[u8], text: &[u8]) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    let len = outer.digest_len();
    let permit = || {
        let hash = outer_hash(outer);
        count(hash.kind, hash.amount, outer_work(outer)) == Permit::Compute
    };
    match *outer {
        Outer::Argon2id {
            memory_kib,
            iterations,
            parallelism,
        } => {
            if !permit() {
                return Ok(Zeroizing::new(vec![0; len]));
            }
            Argon2Cost::argon2id(memory_kib, iterations, parallelism).hash(text, salt, len)
        }
        Outer::Bcrypt { cost, .. } => {
            if !(4..=31).contains(&cost) || text.len() > BCRYPT_BYTES_MAX || text.contains(&0) {
                return Err(VerifyError::Parameters);
            }
            let salt = salt.try_into().map_err(|_| VerifyError::Parameters)?;
            if !permit() {
                return Ok(Zeroizing::new(vec![0; len]));
            }
            Ok(Zeroizing::new(bcrypt_bytes(cost, salt, text)[..].to_vec()))
        }
        Outer::Pbkdf2Sha256 { iterations: 0 } => Err(VerifyError::Parameters),
        Outer::Pbkdf2Sha256 { iterations } => {
            let mut out = Zeroizing::new(vec![0; len]);
            // By the same code as a stored value, so that it takes the same time.
            if permit() {
                Algorithm::Sha256.pbkdf2(text, salt, iterations, &mut out);
            }
            Ok(out)
        }
    }
}

/// The work of the outer hash.
pub fn outer_work(outer: &Outer) -> LoginWork {
    let (units, memory_kib) = match *outer {
        Outer::Argon2id {
            memory_kib,
            iterations,
            ..
        } => (work::argon2(memory_kib, iterations), memory_kib.into()),
        Outer::Bcrypt { cost, .. } => (work::bcrypt(cost), 0),
        Outer::Pbkdf2Sha256 { iterations } => {
            let len = outer.digest_len();
            (work::pbkdf2(Algorithm::Sha256, iterations, len), 0)
        }
    };
    LoginWork {
        units,
        memory_kib,
        hashes: 1,
    }
}

/// The outer hash as a tally has it.
pub fn outer_hashes(outer: &Outer) -> HashTally {
    [outer_hash(outer)].into_iter().collect()
}

fn outer_hash(outer: &Outer) -> TalliedHash {
    let (kind, amount) = match *outer {
        Outer::Argon2id {
            memory_kib,
            iterations,
            parallelism,
        } => (
            Argon2Cost::argon2id(memory_kib, iterations, parallelism).kind(),
            1,
        ),
        Outer::Bcrypt { cost, .. } => (HashKind::Bcrypt, 1 << cost.min(31)),
        Outer::Pbkdf2Sha256 { iterations } => {
            let cost = Pbkdf2Cost {
                algorithm: Algorithm::Sha256,
                iterations,
                len: outer.digest_len(),
            };
            (cost.kind(), cost.blocks())
        }
    };
    TalliedHash {
        kind,
        amount,
        units: outer_work(outer).units,
        setting: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Implementation, SingleHashes};
    use crate::scheme::format::{Argon2Form, BcryptForm};
    use crate::scheme::kdf::{Pbkdf2Cost, argon2_of, bcrypt_of, pbkdf2, scrypt};

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
            Some(VerifyError::TooMuchWork {
                max: 330_000_000,
                actual: 655_360_000
            })
        );
        let cost = Pbkdf2Cost {
            algorithm: Algorithm::Sha256,
            iterations: 10_000_000,
            len: 32,
        };
        assert_eq!(
            pbkdf2(b"x", b"salt", cost).err(),
            Some(VerifyError::TooMuchWork {
                max: 330_000_000,
                actual: 640_000_000
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
        let cost = Argon2Cost::argon2id(memory_kib, iterations, parallelism);
        let salt = &text[..text.len().min(8)];
        let mut expected = vec![0; len];
        let by_the_crate = cost.by_the_crate(text, salt, &mut expected);
        for path in Implementation::ALL
            .into_iter()
            .filter(|path| path.is_available())
        {
            for keep_bytes_max in [0, 1 << 20] {
                let single = SingleHashes {
                    implementation: Some(path),
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
            crate::scheme::native_string(&outer, salt, &made),
            format!("$pbkdf2-sha256${rest}")
        );
    }
}
