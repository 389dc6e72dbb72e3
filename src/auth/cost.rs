//! What a failed login costs, so that its time says nothing of the account.
//!
//! The hashes made here are thrown away.

use zeroize::Zeroizing;

use super::column::Column;
use super::outcome::Outcome;
use crate::scheme::{
    Context, Declared, LoginWork, Recognised, Strength, derive, outer_input, outer_work, recognise,
    specimen, spellings, verify, weigh,
};
use crate::secret::{Password, StoredHash};

/// The hashes that a failed login must still make, so that it costs what every other costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owed {
    /// Whether a hash at the target is owed.
    pub(super) target: bool,
    /// The dearest hash, where one is owed.
    pub(super) dearest: Option<Strength>,
}

impl Column {
    /// A login whose user does not exist, or has no value (NULL). It makes the hashes of a failed
    /// login.
    ///
    /// Without them the time of the answer would tell who has an account.
    pub fn no_row(&self, password: &Password, context: &Context<'_>) -> Outcome {
        self.pay(self.owed(None), password, context);
        Outcome::Mismatch
    }

    /// What the hash in a stored value costs. None where it is no password hash or holds no
    /// password.
    pub fn cost(&self, stored: &[u8]) -> Option<Strength> {
        match recognise(Some(stored), self.declared) {
            Recognised::Native { params, .. } | Recognised::Wrapped { params, .. } => Some(params),
            _ => None,
        }
    }

    /// What a failed login still owes. `own` is the cost of the stored value's hash, where it was
    /// made.
    pub(super) fn owed(&self, own: Option<Strength>) -> Owed {
        let target = self.outer.strength();
        let has_paid = |cost: &Strength| own.is_some_and(|own| !own.weaker_than(cost));
        match self.dearest.filter(|dearest| target.weaker_than(dearest)) {
            // Its own hash was the dear one.
            Some(dearest) if has_paid(&dearest) => Owed {
                target: true,
                dearest: None,
            },
            dearest => Owed {
                target: !has_paid(&target),
                dearest,
            },
        }
    }

    /// Makes the hashes that are owed. An error of a hash function is left to the place where a new
    /// hash is made.
    pub(super) fn pay(&self, owed: Owed, password: &Password, context: &Context<'_>) {
        if owed.target {
            // The salt does not matter. The text is the password where the hash takes it: what the
            // time tells of its length must be the same whatever the row holds.
            let text = match outer_input(&self.outer, password.as_bytes(), None) {
                Ok(input) => input.text,
                Err(_) => Zeroizing::new(Vec::new()),
            };
            for _ in 0..spellings(password, context) {
                std::hint::black_box(derive(&self.outer, &[0; 16], &text)).ok();
            }
        }
        if let Some(value) = owed.dearest.as_ref().and_then(specimen) {
            let spent = verify(&value, password, Declared::Auto, context);
            std::hint::black_box(spent).ok();
        }
    }

    /// The memory in KiB that a login may need at once, by the hashes inside the value and around
    /// it. They are made one after the other.
    pub fn memory_kib(&self, stored: Option<&StoredHash>, context: &Context<'_>) -> u64 {
        let own = stored.map_or(0, |stored| self.work(stored, context).memory_kib);
        let all = [self.dearest, Some(self.outer.strength())];
        let each = all.iter().flatten().map(Strength::memory_kib);
        each.max().unwrap_or(0).max(own)
    }

    /// Whether a check of the value costs much more than a hash at the target: several times as
    /// much.
    pub fn is_dear(&self, stored: &StoredHash, context: &Context<'_>) -> bool {
        self.is_dear_work(self.work(stored, context))
    }

    /// The same of the hash that every failed login makes beside one at the target.
    pub fn owes_dear(&self) -> bool {
        let value = self.dearest.as_ref().and_then(specimen);
        let work = value.and_then(|value| weigh(&value, Declared::Auto, &Context::default()).ok());
        work.is_some_and(|work| self.is_dear_work(work))
    }

    fn is_dear_work(&self, work: LoginWork) -> bool {
        /// The target's own parameters change by less over the years.
        const TIMES: u64 = 4;
        work.units > outer_work(&self.outer).units.saturating_mul(TIMES)
    }

    /// The work of one check against the value.
    fn work(&self, stored: &StoredHash, context: &Context<'_>) -> LoginWork {
        weigh(stored, self.declared, context).unwrap_or_default()
    }
}
