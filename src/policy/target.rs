//! The target: the hash that every row is to have, and OWASP's minimums for it.

use std::fmt;

use crate::scheme::{Dialect, Outer, Strength};

/// The hash that every row is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The algorithm and its parameters.
    pub outer: Outer,
    /// How its values are spelt.
    pub dialect: Dialect,
}

/// OWASP's minimums for Argon2id with one lane: memory in KiB, and passes. Each is as good as the
/// others (Password Storage Cheat Sheet, section "Argon2id").
const OWASP_ARGON2ID: [(u32, u32); 5] = [
    (47_104, 1),
    (19_456, 2),
    (12_288, 3),
    (9_216, 4),
    (7_168, 5),
];

/// OWASP's minimum for PBKDF2-HMAC-SHA-256 (the same sheet, section "PBKDF2").
const OWASP_PBKDF2_SHA256_ITERATIONS: u32 = 600_000;

/// OWASP's minimum for bcrypt (the same sheet, section "bcrypt").
const OWASP_BCRYPT_COST: u32 = 10;

impl Target {
    /// The strength that this target gives a value.
    pub fn strength(&self) -> Strength {
        self.outer.strength()
    }

    /// The warning for a target below OWASP's minimums; `None` if it meets them.
    pub fn owasp_warning(&self) -> Option<BelowOwasp> {
        let met = match self.outer {
            Outer::Argon2id {
                memory_kib,
                iterations,
                ..
            } => OWASP_ARGON2ID
                .iter()
                .any(|(least_kib, least)| memory_kib >= *least_kib && iterations >= *least),
            Outer::Bcrypt { cost, .. } => cost >= OWASP_BCRYPT_COST,
            Outer::Pbkdf2Sha256 { iterations } => iterations >= OWASP_PBKDF2_SHA256_ITERATIONS,
        };
        (!met).then_some(BelowOwasp { outer: self.outer })
    }
}

impl Default for Target {
    fn default() -> Self {
        Self {
            outer: Outer::Argon2id {
                memory_kib: 19_456,
                iterations: 2,
                parallelism: 1,
            },
            dialect: Dialect::Phc,
        }
    }
}

/// A target below OWASP's minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BelowOwasp {
    outer: Outer,
}

impl fmt::Display for BelowOwasp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outer {
            Outer::Argon2id {
                memory_kib,
                iterations,
                ..
            } => {
                write!(
                    f,
                    "argon2id with m={memory_kib} KiB, t={iterations} is below OWASP's minimum ("
                )?;
                for (at, (memory_kib, iterations)) in OWASP_ARGON2ID.iter().enumerate() {
                    let or = if at == 0 { "" } else { " or " };
                    write!(f, "{or}{memory_kib},{iterations}")?;
                }
                f.write_str(")")
            }
            Outer::Bcrypt { cost, .. } => {
                write!(
                    f,
                    "bcrypt with cost {cost} is below OWASP's minimum ({OWASP_BCRYPT_COST})"
                )
            }
            Outer::Pbkdf2Sha256 { iterations } => {
                write!(
                    f,
                    "pbkdf2-sha256 with {iterations} iterations is below OWASP's minimum ({OWASP_PBKDF2_SHA256_ITERATIONS})"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::BcryptPrefix;

    fn argon2id(memory_kib: u32, iterations: u32) -> Target {
        Target {
            outer: Outer::Argon2id {
                memory_kib,
                iterations,
                parallelism: 1,
            },
            dialect: Dialect::Phc,
        }
    }

    fn bcrypt(cost: u32) -> Target {
        Target {
            outer: Outer::Bcrypt {
                cost,
                prefix: BcryptPrefix::B,
            },
            dialect: Dialect::Phc,
        }
    }

    fn check(target: Target, warning: Option<&str>) {
        assert_eq!(
            target
                .owasp_warning()
                .map(|below| below.to_string())
                .as_deref(),
            warning
        );
    }

    #[test]
    fn each_of_owasps_argon2id_minimums_is_enough() {
        for (memory_kib, iterations) in OWASP_ARGON2ID {
            check(argon2id(memory_kib, iterations), None);
        }
    }

    #[test]
    fn more_than_a_minimum_is_enough() {
        check(argon2id(65_536, 3), None);
        check(argon2id(8_000, 10), None);
    }

    #[test]
    fn just_below_every_argon2id_minimum_warns() {
        for (memory_kib, iterations) in OWASP_ARGON2ID {
            assert!(
                argon2id(memory_kib - 1, iterations)
                    .owasp_warning()
                    .is_some(),
                "{memory_kib}"
            );
        }
        check(
            argon2id(64, 1),
            Some(
                "argon2id with m=64 KiB, t=1 is below OWASP's minimum (47104,1 or 19456,2 or 12288,3 or 9216,4 or 7168,5)",
            ),
        );
    }

    #[test]
    fn bcrypt_warns_below_cost_10() {
        check(bcrypt(10), None);
        check(
            bcrypt(9),
            Some("bcrypt with cost 9 is below OWASP's minimum (10)"),
        );
    }

    #[test]
    fn pbkdf2_warns_below_600_000_iterations() {
        let pbkdf2 = |iterations| Target {
            outer: Outer::Pbkdf2Sha256 { iterations },
            dialect: Dialect::Phc,
        };
        check(pbkdf2(600_000), None);
        check(
            pbkdf2(599_999),
            Some("pbkdf2-sha256 with 599999 iterations is below OWASP's minimum (600000)"),
        );
    }

    #[test]
    fn the_default_is_the_argon2id_of_the_contract() {
        assert_eq!(Target::default(), argon2id(19_456, 2));
        check(Target::default(), None);
    }
}
