//! The dearest hash that stands in a column, as it is found when the sidecar starts: what a failed login costs where `pad = "dearest"`.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;

use crate::auth;
use crate::scheme::{Context, Declared, Strength, specimen, verify};
use crate::secret::Password;
use crate::store::{Column, Conn, Order, StoreError, scan};

/// Nobody's column has so many parameters; what comes beyond is left out.
const DIFFERENT_MAX: usize = 1_000;

/// What the hashes cost that are dearer than the target, and what of it a failed login can be made to cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dear {
    /// The dearest that can be matched.
    pub matched: Option<Strength>,
    /// Whether there are dearer ones, beyond what a login may cost here or of another kind than any that can be matched.
    pub is_surpassed: bool,
}

impl fmt::Display for Dear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.matched {
            Some(cost) => write!(
                f,
                "a failed login costs a hash at the target and {}",
                Words(cost)
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
struct Words(Strength);

impl fmt::Display for Words {
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

/// Reads the whole column.
pub(super) async fn dearest(
    conn: &mut Conn,
    column: &Column,
    auth: &auth::Column,
    memory_kib_max: u64,
) -> Result<Dear, StoreError> {
    let target = auth.outer.strength();
    let mut seen: HashSet<Strength> = HashSet::new();
    scan(conn, column, Order::Any, &mut |row| {
        if let Some(cost) = row.value.and_then(|value| auth.cost(value))
            && target.weaker_than(&cost)
            && seen.len() < DIFFERENT_MAX
        {
            seen.insert(cost);
        }
        Ok(())
    })
    .await?;
    let mut seen: Vec<Strength> = seen.into_iter().collect();
    seen.sort_by(|a, b| match (a.weaker_than(b), b.weaker_than(a)) {
        (true, _) => Ordering::Greater,
        (_, true) => Ordering::Less,
        _ => Ordering::Equal,
    });
    let at = seen
        .iter()
        .position(|cost| cost.memory_kib() <= memory_kib_max && is_checked(cost));
    Ok(Dear {
        matched: at.map(|at| seen[at]),
        is_surpassed: at.unwrap_or(seen.len()) > 0,
    })
}

/// Whether a login would hash at all with these parameters, within its bounds.
fn is_checked(cost: &Strength) -> bool {
    let tried = |value| {
        verify(
            &value,
            &Password::new("x"),
            Declared::Auto,
            &Context::default(),
        )
    };
    specimen(cost).map(tried) == Some(Ok(false))
}
