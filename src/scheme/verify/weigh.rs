//! What checking a password against a value would cost. Nothing slow is computed.

use std::collections::HashMap;

use super::password::open;
use super::recompute::STAND_IN;
use crate::scheme::kdf::weighed;
use crate::scheme::value::{
    Class, Context, Declared, InnerId, LoginWork, Recognised, Scheme, Strength, VerifyError,
};
use crate::secret::{InnerSalt, Password, StoredHash};

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
    let salt = InnerSalt::new(STAND_IN);
    let name = std::str::from_utf8(STAND_IN).unwrap_or_default();
    let context = Context {
        salt: context.salt.or(Some(&salt)),
        salt2: context.salt2.or(Some(&salt)),
        username: context.username.or(Some(name)),
        user_id: context.user_id.or(Some(name)),
        charset: None,
        otherwise: None,
        ..*context
    };
    let password = Password::new(STAND_IN);
    let (opened, work) = weighed(|| open(stored, &password, declared, &context));
    opened.map(|_| work)
}

/// Tells which values of a column cost more than a login may, row by row.
///
/// It remembers what it has weighed: rows of one scheme, with the same parameters and of the same
/// length, cost the same.
pub struct Weigher<'a> {
    declared: Declared,
    context: Context<'a>,
    known: HashMap<WeightKey, bool>,
}

#[derive(PartialEq, Eq, Hash)]
struct WeightKey {
    scheme: Scheme,
    inner: Option<InnerId>,
    params: Strength,
    len: usize,
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
        let is_slow = |scheme: Scheme| scheme.class() == Class::Slow;
        let key = match *recognised {
            Recognised::Native { scheme, params } if params != Strength::Fast => WeightKey {
                scheme,
                inner: None,
                params,
                len: value.len(),
            },
            Recognised::Wrapped {
                outer,
                inner,
                params,
            } => {
                let id = inner.short().unwrap_or(inner);
                // What stands inside has parameters of its own.
                if Scheme::by_inner_id(&id).is_some_and(is_slow) {
                    return self.weigh(value);
                }
                WeightKey {
                    scheme: outer,
                    inner: Some(inner),
                    params,
                    len: value.len(),
                }
            }
            Recognised::Digest {
                scheme: Some(scheme),
                ..
            } if is_slow(scheme) => return self.weigh(value),
            _ => return false,
        };
        if let Some(is_beyond) = self.known.get(&key) {
            return *is_beyond;
        }
        let is_beyond = self.weigh(value);
        if self.known.len() < KINDS_MAX {
            self.known.insert(key, is_beyond);
        }
        is_beyond
    }

    fn weigh(&self, value: &[u8]) -> bool {
        match weigh(&StoredHash::new(value), self.declared, &self.context) {
            Ok(work) => self.context.work_max.is_exceeded_by(&work),
            Err(VerifyError::TooCostly { .. } | VerifyError::TooMuchWork { .. }) => true,
            Err(_) => false,
        }
    }
}

/// Blind: it holds site-wide salts.
impl std::fmt::Debug for Weigher<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Weigher(..)")
    }
}
