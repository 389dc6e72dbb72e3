//! What checking a password against a value would cost. Nothing slow is computed.

use std::collections::HashMap;
use std::sync::Arc;

use super::password::open;
use super::stand_in::{STAND_IN, with_stand_ins};
use crate::scheme::kdf::{tallied, weighed};
use crate::scheme::value::{
    Class, Context, Declared, HashTally, InnerId, LoginWork, Recognised, Scheme, Strength,
    VerifyError,
};
use crate::secret::{Password, StoredHash};

/// The work of one check of a short password against the value, by all hashes inside it and around
/// it. Nothing where it is opened by no hash.
///
/// Of the context the site-wide salts count. What stands beside the value needs not be given: it is
/// hardly ever so long that the work depends on it.
///
/// # Errors
/// Where the value can't be checked, whatever a login may cost.
pub fn weigh(
    stored: &StoredHash,
    declared: Declared,
    context: &Context<'_>,
) -> Result<LoginWork, VerifyError> {
    let password = Password::new(STAND_IN);
    let (opened, work) = with_stand_ins(context, |context| {
        weighed(|| open(stored, &password, declared, context))
    });
    opened.map(|_| work)
}

/// The slow hashes of one check of one spelling of a password against the value, kind by kind.
/// None where the value can't be checked, or costs more than a login may.
pub fn hashes_of(
    stored: &StoredHash,
    declared: Declared,
    context: &Context<'_>,
) -> Option<HashTally> {
    let (work, hashes) = tallied(|| weigh(stored, declared, context));
    let work = work.ok()?;
    (!context.work_max.is_exceeded_by(&work)).then_some(hashes)
}

/// Tells which values of a column cost more than a login may, and what hashes the others cost, row
/// by row.
///
/// It remembers what it has weighed: rows of one scheme, with the same parameters and of the same
/// length, cost the same.
pub struct Weigher<'a> {
    declared: Declared,
    context: Context<'a>,
    known: HashMap<WeightKey, WeighedValue>,
}

/// What one check of a value costs.
#[derive(Clone)]
pub enum WeighedValue {
    /// No slow hash.
    Fast,
    /// These slow hashes.
    Slow(Arc<HashTally>),
    /// More than a login may cost.
    Beyond,
}

#[derive(PartialEq, Eq, Hash)]
struct WeightKey {
    scheme: Scheme,
    inner: Option<InnerId>,
    params: Strength,
    len: usize,
    /// Whether it is Argon2 of version 1.0, which has the same parameters and the same length.
    is_version_16: bool,
}

/// No column has so many kinds. One that was made to have them is weighed row by row.
const KINDS_MAX: usize = 10_000;

impl<'a> Weigher<'a> {
    /// For the values of a column. Of the context the site-wide salts and the bound count.
    pub fn new(declared: Declared, context: Context<'a>) -> Self {
        Self {
            declared,
            context,
            known: HashMap::new(),
        }
    }

    /// Whether no password can be checked against the value, because that would cost more than a
    /// login may.
    pub fn is_beyond(&mut self, value: &[u8], recognised: &Recognised<'_>) -> bool {
        matches!(self.weigh(value, recognised), WeighedValue::Beyond)
    }

    /// What one check of the value costs.
    pub fn weigh(&mut self, value: &[u8], recognised: &Recognised<'_>) -> WeighedValue {
        let is_slow = |scheme: Scheme| scheme.class() == Class::Slow;
        let is_version_16 = || value.windows(6).take(64).any(|bytes| bytes == b"$v=16$");
        let key = match *recognised {
            // One of its parameters is in no strength.
            Recognised::Native {
                params: Strength::Yescrypt { .. },
                ..
            } => return self.weigh_row(value),
            Recognised::Native { scheme, params } if params != Strength::Fast => WeightKey {
                scheme,
                inner: None,
                params,
                len: value.len(),
                is_version_16: is_version_16(),
            },
            Recognised::Wrapped {
                outer,
                inner,
                params,
            } => {
                let id = inner.short().unwrap_or(inner);
                // What stands inside has parameters of its own.
                if Scheme::by_inner_id(&id).is_some_and(is_slow) {
                    return self.weigh_row(value);
                }
                WeightKey {
                    scheme: outer,
                    inner: Some(inner),
                    params,
                    len: value.len(),
                    is_version_16: is_version_16(),
                }
            }
            Recognised::Digest {
                scheme: Some(scheme),
                ..
            } if is_slow(scheme) => return self.weigh_row(value),
            _ => return WeighedValue::Fast,
        };
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let weighed = self.weigh_row(value);
        if self.known.len() < KINDS_MAX {
            self.known.insert(key, weighed.clone());
        }
        weighed
    }

    fn weigh_row(&self, value: &[u8]) -> WeighedValue {
        let (work, hashes) =
            tallied(|| weigh(&StoredHash::new(value), self.declared, &self.context));
        match work {
            Ok(work) if self.context.work_max.is_exceeded_by(&work) => WeighedValue::Beyond,
            Ok(_) if hashes.is_empty() => WeighedValue::Fast,
            Ok(_) => WeighedValue::Slow(Arc::new(hashes)),
            Err(VerifyError::TooCostly { .. } | VerifyError::TooMuchWork { .. }) => {
                WeighedValue::Beyond
            }
            Err(_) => WeighedValue::Fast,
        }
    }
}

/// Blind: it holds site-wide salts.
impl std::fmt::Debug for Weigher<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Weigher(..)")
    }
}
