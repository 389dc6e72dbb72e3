//! Whether a stored hash is weaker than the target.
//!
//! It is the one comparison behind the class "slow", "needs rehash" and the rules.

use super::Target;
use crate::scheme::Strength;

/// Whether a value of that strength is weaker than what the target makes.
///
/// Weaker, not different: a value of another algorithm that costs a guesser as much is not weaker.
/// The order itself is in [`Strength::weaker_than`].
pub fn weaker_than_target(strength: &Strength, target: &Target) -> bool {
    strength.weaker_than(&target.strength())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Argon2Variant, BcryptPrefix, Dialect, Outer, Prf};

    const fn argon2(memory_kib: u32, iterations: u32) -> Strength {
        Strength::Argon2 {
            variant: Argon2Variant::Id,
            memory_kib,
            iterations,
            parallelism: 1,
        }
    }

    /// Strengths of every kind, the least and the greatest among them.
    fn many() -> Vec<Strength> {
        let mut all = vec![Strength::Fast, Strength::Yescrypt { log_n: 12, r: 32 }];
        for least in [1, 8, 64] {
            all.push(argon2(least, 1));
        }
        for (memory_kib, iterations) in [
            (7_168, 5),
            (19_456, 1),
            (19_456, 2),
            (47_104, 1),
            (1 << 20, 10),
            (u32::MAX, u32::MAX),
        ] {
            all.push(argon2(memory_kib, iterations));
        }
        all.extend([4, 9, 10, 12, 15, 31, u32::MAX].map(|cost| Strength::Bcrypt { cost }));
        for prf in [Prf::Md5, Prf::Sha1, Prf::Sha256, Prf::Sha512] {
            for number in [1, 5_000, 210_000, 600_000, 1_300_000, u32::MAX] {
                all.push(Strength::Pbkdf2 {
                    prf,
                    iterations: number,
                });
                all.push(Strength::Rounds {
                    prf,
                    rounds: number,
                });
            }
        }
        for log_n in [1, 14, 17, 20, u32::MAX] {
            all.push(Strength::Scrypt { log_n, r: 8, p: 1 });
        }
        all
    }

    fn targets() -> Vec<Target> {
        let of = |outer| Target {
            outer,
            dialect: Dialect::Phc,
        };
        let mut all = vec![Target::default()];
        for (memory_kib, iterations) in [(8, 1), (7_168, 5), (65_536, 3), (4 << 20, 100)] {
            all.push(of(Outer::Argon2id {
                memory_kib,
                iterations,
                parallelism: 1,
            }));
        }
        all.extend([1, 600_000, u32::MAX].map(|iterations| of(Outer::Pbkdf2Sha256 { iterations })));
        all.extend([4, 10, 12, 31].map(|cost| {
            of(Outer::Bcrypt {
                cost,
                prefix: BcryptPrefix::B,
            })
        }));
        all
    }

    #[test]
    fn what_the_target_makes_is_not_weaker_than_the_target() {
        for target in targets() {
            assert!(
                !weaker_than_target(&target.strength(), &target),
                "{target:?}"
            );
        }
    }

    #[test]
    fn a_fast_digest_is_weaker_than_every_target() {
        for target in targets() {
            assert!(weaker_than_target(&Strength::Fast, &target), "{target:?}");
        }
    }

    #[test]
    fn of_two_strengths_at_most_one_is_the_weaker() {
        for one in many() {
            for other in many() {
                assert!(
                    !(one.weaker_than(&other) && other.weaker_than(&one)),
                    "{one:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn the_order_is_transitive_and_so_are_its_ties() {
        for one in many() {
            for two in many() {
                for three in many() {
                    if one.weaker_than(&two) && two.weaker_than(&three) {
                        assert!(one.weaker_than(&three), "{one:?} {two:?} {three:?}");
                    }
                    if !one.weaker_than(&two) && !two.weaker_than(&three) {
                        assert!(!one.weaker_than(&three), "{one:?} {two:?} {three:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn another_algorithm_at_its_own_minimum_is_not_weaker_than_the_default_target() {
        for strength in [
            Strength::Bcrypt { cost: 10 },
            Strength::Pbkdf2 {
                prf: Prf::Sha256,
                iterations: 600_000,
            },
            Strength::Scrypt {
                log_n: 17,
                r: 8,
                p: 1,
            },
        ] {
            assert!(
                !weaker_than_target(&strength, &Target::default()),
                "{strength:?}"
            );
        }
    }

    #[test]
    fn the_same_algorithm_at_less_cost_is_weaker() {
        let bcrypt_12 = Target {
            outer: Outer::Bcrypt {
                cost: 12,
                prefix: BcryptPrefix::B,
            },
            dialect: Dialect::Phc,
        };
        assert!(weaker_than_target(
            &Strength::Bcrypt { cost: 11 },
            &bcrypt_12
        ));
        assert!(weaker_than_target(&argon2(19_456, 1), &Target::default()));
    }
}
