//! The cost of a column's dearest hash, as far as a failed login can match it, and its text for
//! people.

use std::fmt;

use crate::scheme::Strength;

/// The cost of hashes that are dearer than the target, and how much of it a failed login can match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DearestCost {
    /// The dearest that can be matched.
    pub matched: Option<Strength>,
    /// Whether there are dearer hashes: beyond what a login may cost here, or of a kind that can't
    /// be matched.
    pub is_surpassed: bool,
}

impl fmt::Display for DearestCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.matched {
            Some(cost) => write!(
                f,
                "a failed login costs a hash at the target and {}",
                CostWords(cost)
            )?,
            None => {
                f.write_str("no hash is dearer than the target that a failed login could match")?
            }
        }
        if self.is_surpassed {
            f.write_str("; there are dearer ones, beyond what a login may cost or be matched by")?;
        }
        Ok(())
    }
}

/// A cost for people.
struct CostWords(Strength);

impl fmt::Display for CostWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Strength::Fast => f.write_str("nothing more"),
            Strength::Argon2 {
                memory_kib,
                iterations,
                parallelism,
                ..
            } => write!(
                f,
                "one of Argon2 with m={memory_kib},t={iterations},p={parallelism}"
            ),
            Strength::Bcrypt { cost } => write!(f, "one of bcrypt with cost {cost}"),
            Strength::Scrypt { log_n, r, p } => {
                write!(f, "one of scrypt with N=2^{log_n}, r={r}, p={p}")
            }
            Strength::Pbkdf2 { iterations, .. } => {
                write!(f, "one of PBKDF2 with {iterations} iterations")
            }
            Strength::Rounds { rounds, .. } => write!(f, "one of crypt(3) with {rounds} rounds"),
            Strength::Yescrypt { log_n, r } => write!(f, "one of yescrypt with N=2^{log_n}, r={r}"),
        }
    }
}
