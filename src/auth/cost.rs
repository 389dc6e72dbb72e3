//! What a login costs, so that its time says nothing of the account.
//!
//! The hashes made here are thrown away.

use super::column::Column;
use super::outcome::Outcome;
use crate::scheme::{
    Context, HashTally, LoginWork, Recognised, Strength, TalliedHash, VerifyError, hashes_of,
    outer_hashes, outer_work, pay, recognise, spellings, weigh,
};
use crate::secret::{Password, StoredHash};

impl Column {
    /// A login whose user does not exist, or has no value (NULL). It makes the hashes of a failed
    /// login.
    ///
    /// Without them the time of the answer would tell who has an account.
    pub fn no_row(&self, password: &Password, context: &Context<'_>) -> Outcome {
        let owed = self.owed(&HashTally::default(), password, context);
        pay(&owed, password, context);
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

    /// The slow hashes of a check of the value. None where it can't be checked, or costs more than
    /// a login may.
    pub fn hashes(&self, stored: &StoredHash, context: &Context<'_>) -> Option<HashTally> {
        hashes_of(stored, self.declared, context)
    }

    /// The slow hashes of every login: one at the target, and what [`Context::pad`] has.
    pub fn all_hashes(&self, context: &Context<'_>) -> HashTally {
        let mut all = outer_hashes(&self.outer);
        if let Some(pad) = context.pad {
            all.raise_to(pad);
        }
        all
    }

    /// The slow hashes of a failed login on a row with these of its own, where nothing is padded.
    pub fn failed_hashes(&self, own: &HashTally) -> HashTally {
        let mut all = own.clone();
        if !self.has_paid_target(own, 1) {
            all.raise_to(&outer_hashes(&self.outer));
        }
        all
    }

    /// The hashes that a login must still make, so that it costs what every other costs. `made` are
    /// those that it has made.
    ///
    /// How many there are in all depends on the password and the configuration, never on the row.
    pub(super) fn owed(
        &self,
        made: &HashTally,
        password: &Password,
        context: &Context<'_>,
    ) -> HashTally {
        let times = spellings(password, context).max(context.spellings_min);
        if context.pad.is_none() && self.has_paid_target(made, times) {
            return HashTally::default();
        }
        self.all_hashes(context).times(times).less(made)
    }

    /// Whether a hash has cost at least one at the target, by the same function.
    fn has_paid_target(&self, made: &HashTally, times: usize) -> bool {
        let target = outer_hashes(&self.outer).times(times);
        let paid = |target: &TalliedHash, own: &TalliedHash| {
            std::mem::discriminant(&own.kind) == std::mem::discriminant(&target.kind)
                && own.units >= target.units
        };
        let mut each = target.hashes().iter();
        each.all(|target| made.hashes().iter().any(|own| paid(target, own)))
    }

    /// The memory in KiB that a login may need at once, by the hashes inside the value and around
    /// it. They are made one after the other.
    pub fn memory_kib(&self, stored: Option<&StoredHash>, context: &Context<'_>) -> u64 {
        let own = stored.map_or(0, |stored| self.work(stored, context).memory_kib);
        let pad = context.pad.map_or(0, HashTally::memory_kib);
        self.outer.strength().memory_kib().max(pad).max(own)
    }

    /// Why the value can't be checked, where that would cost more than a login may, with a password
    /// of usual length.
    pub fn beyond(&self, stored: &StoredHash, context: &Context<'_>) -> Option<VerifyError> {
        let (max, work) = (context.work_max, self.work(stored, context));
        max.is_exceeded_by(&work).then(|| VerifyError::TooMuchWork {
            max: max.units(),
            actual: work.units,
        })
    }

    /// Whether a check of the value costs much more than a hash at the target: several times as
    /// much.
    pub fn is_dear(&self, stored: &StoredHash, context: &Context<'_>) -> bool {
        self.is_dear_work(self.work(stored, context))
    }

    /// The same of what every login makes beside a hash at the target.
    pub fn owes_dear(&self, context: &Context<'_>) -> bool {
        let units = context.pad.map_or(0, HashTally::units);
        self.is_dear_work(LoginWork {
            units,
            ..LoginWork::default()
        })
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
