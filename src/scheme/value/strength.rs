//! How much work one guess at a stored hash costs, and the order over that.

/// The cost of one guess, by the parameters that stand in the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strength {
    /// One fast digest or a few, salted or not, and everything reversible.
    Fast,
    /// Argon2.
    Argon2 {
        /// Which of the three.
        variant: Argon2Variant,
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes.
        iterations: u32,
        /// Lanes.
        parallelism: u32,
    },
    /// bcrypt, also with a digest in front of it.
    Bcrypt {
        /// log2 of the rounds.
        cost: u32,
    },
    /// scrypt.
    Scrypt {
        /// log2 of N.
        log_n: u32,
        /// Block size.
        r: u32,
        /// Parallelism.
        p: u32,
    },
    /// PBKDF2.
    Pbkdf2 {
        /// The digest inside its HMAC.
        prf: Prf,
        /// Rounds.
        iterations: u32,
    },
    /// Repeated digests: crypt(3)'s and phpass.
    Rounds {
        /// The digest that is repeated.
        prf: Prf,
        /// How often.
        rounds: u32,
    },
    /// yescrypt.
    Yescrypt {
        /// log2 of N.
        log_n: u32,
        /// Block size.
        r: u32,
    },
}

/// Which Argon2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Argon2Variant {
    /// Data-dependent.
    D,
    /// Data-independent.
    I,
    /// Both, the one to use.
    Id,
}

/// The digest that a password hash repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prf {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// One unit of cost, as a fixed-point number: OWASP's minimum for an algorithm costs one unit.
const UNIT: u128 = 1 << 20;

impl Strength {
    /// Whether a guess at this costs less than a guess at the target.
    ///
    /// The order is total: two values are never each weaker than the other.
    ///
    /// Fast digests come first. Within one algorithm it is m·t (Argon2), N·r·p (scrypt), the cost
    /// (bcrypt) or the rounds. Two algorithms are compared by how many times their cost is OWASP's
    /// minimum for each of them.
    pub fn weaker_than(&self, target: &Self) -> bool {
        self.units() < target.units()
    }

    /// The memory in KiB that one hash with these parameters needs; 0 where it is next to nothing.
    pub fn memory_kib(&self) -> u64 {
        // 128·N·r bytes.
        let blocks = |log_n: u32, r: u32| (u64::from(r) << log_n.min(32)) / 8;
        match *self {
            Self::Argon2 { memory_kib, .. } => memory_kib.into(),
            Self::Scrypt { log_n, r, .. } | Self::Yescrypt { log_n, r } => blocks(log_n, r),
            _ => 0,
        }
    }

    /// The cost in [`UNIT`]s of OWASP's minimum for the algorithm; 0 for a fast digest.
    ///
    /// The minimums are those of OWASP's Password Storage Cheat Sheet. Argon2: m=19456 t=2. scrypt:
    /// N=2^17 r=8 p=1. bcrypt: cost 10. PBKDF2: 1,300,000 rounds (SHA-1), 600,000 (SHA-256) and
    /// 210,000 (SHA-512).
    ///
    /// OWASP has none for repeated plain digests. They count as half a PBKDF2, because one HMAC is
    /// two digests. yescrypt counts as scrypt with its N and r.
    fn units(&self) -> u128 {
        let times = |cost: u128, minimum: u128| (cost * UNIT / minimum).max(1);
        match *self {
            Self::Fast => 0,
            Self::Argon2 {
                memory_kib,
                iterations,
                ..
            } => times(u128::from(memory_kib) * u128::from(iterations), 19_456 * 2),
            Self::Bcrypt { cost } => times(1 << cost.min(63), 1 << 10),
            Self::Scrypt { log_n, r, p } => {
                times((u128::from(r) * u128::from(p)) << log_n.min(40), 8 << 17)
            }
            Self::Pbkdf2 { prf, iterations } => times(iterations.into(), prf.pbkdf2_minimum()),
            Self::Rounds { prf, rounds } => times(rounds.into(), 2 * prf.pbkdf2_minimum()),
            Self::Yescrypt { log_n, r } => times(u128::from(r) << log_n.min(40), 8 << 17),
        }
    }
}

impl Prf {
    fn pbkdf2_minimum(self) -> u128 {
        match self {
            Self::Md5 | Self::Sha1 => 1_300_000,
            Self::Sha256 => 600_000,
            Self::Sha512 => 210_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWASP: Strength = argon2(19_456, 2);

    const fn argon2(memory_kib: u32, iterations: u32) -> Strength {
        Strength::Argon2 {
            variant: Argon2Variant::Id,
            memory_kib,
            iterations,
            parallelism: 1,
        }
    }

    fn check_weaker(weaker: Strength, stronger: Strength) {
        assert!(weaker.weaker_than(&stronger), "{weaker:?} {stronger:?}");
        assert!(!stronger.weaker_than(&weaker), "{weaker:?} {stronger:?}");
    }

    #[test]
    fn a_fast_digest_is_weaker_than_the_least_password_hash() {
        check_weaker(
            Strength::Fast,
            Strength::Rounds {
                prf: Prf::Md5,
                rounds: 1,
            },
        );
        check_weaker(Strength::Fast, argon2(8, 1));
    }

    #[test]
    fn nothing_is_weaker_than_itself() {
        for strength in [
            Strength::Fast,
            OWASP,
            Strength::Bcrypt { cost: 10 },
            Strength::Yescrypt { log_n: 12, r: 32 },
        ] {
            assert!(!strength.weaker_than(&strength));
        }
    }

    #[test]
    fn argon2_counts_by_memory_times_passes() {
        check_weaker(argon2(19_456, 1), OWASP);
        check_weaker(OWASP, argon2(65_536, 3));
        assert!(!argon2(9_728, 4).weaker_than(&OWASP));
    }

    #[test]
    fn parallelism_does_not_make_a_hash_dearer() {
        let four = Strength::Argon2 {
            variant: Argon2Variant::Id,
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 4,
        };
        assert!(!OWASP.weaker_than(&four) && !four.weaker_than(&OWASP));
    }

    #[test]
    fn bcrypt_counts_by_its_cost() {
        check_weaker(Strength::Bcrypt { cost: 5 }, Strength::Bcrypt { cost: 12 });
        check_weaker(Strength::Bcrypt { cost: 9 }, OWASP);
        assert!(!Strength::Bcrypt { cost: 10 }.weaker_than(&OWASP));
    }

    #[test]
    fn the_rounds_of_crypt_are_weaker_than_the_minimum() {
        check_weaker(
            Strength::Rounds {
                prf: Prf::Md5,
                rounds: 1_000,
            },
            OWASP,
        );
        check_weaker(
            Strength::Rounds {
                prf: Prf::Sha512,
                rounds: 5_000,
            },
            OWASP,
        );
        check_weaker(
            Strength::Pbkdf2 {
                prf: Prf::Sha256,
                iterations: 390_000,
            },
            OWASP,
        );
    }

    #[test]
    fn the_greatest_parameters_do_not_overflow() {
        let most = u32::MAX;
        check_weaker(OWASP, argon2(most, most));
        check_weaker(
            OWASP,
            Strength::Scrypt {
                log_n: most,
                r: most,
                p: most,
            },
        );
        check_weaker(OWASP, Strength::Bcrypt { cost: most });
    }
}
