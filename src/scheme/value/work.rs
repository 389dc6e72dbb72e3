//! The work of a hash, counted by what is computed and not by the clock.
//!
//! A value costs the same number of units on every machine, however fast it is.

/// What checking one password against one value costs: all hashes inside it and around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoginWork {
    /// Units of work. A round of bcrypt has 10,000, so a hash of cost 12 has 40,960,000.
    pub units: u64,
    /// The memory of the largest hash, in KiB.
    pub memory_kib: u64,
    /// How many slow hashes are made.
    pub hashes: u32,
}

/// The most work that one check of a password may cost, in the units of [`LoginWork`].
///
/// A value beyond it can't be checked. Nothing of it is computed but what fits under the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoginWorkMax(u64);

impl LoginWorkMax {
    /// The default. bcrypt of cost 15 has 327,680,000 units; the rest is for a digest inside it.
    pub const DEFAULT: Self = Self(330_000_000);

    /// A bound of so many units.
    pub const fn new(units: u64) -> Self {
        Self(units)
    }

    /// Its units.
    pub const fn units(self) -> u64 {
        self.0
    }

    /// Whether so much work is more than it allows.
    pub fn is_exceeded_by(self, work: &LoginWork) -> bool {
        work.units > self.0
    }
}

impl Default for LoginWorkMax {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl LoginWork {
    /// Both, one after the other.
    pub(in crate::scheme) fn and(self, next: Self) -> Self {
        Self {
            units: self.units.saturating_add(next.units),
            memory_kib: self.memory_kib.max(next.memory_kib),
            hashes: self.hashes.saturating_add(next.hashes),
        }
    }

    /// The dearer of the two in each respect.
    pub(in crate::scheme) fn or(self, other: Self) -> Self {
        Self {
            units: self.units.max(other.units),
            memory_kib: self.memory_kib.max(other.memory_kib),
            hashes: self.hashes.max(other.hashes),
        }
    }
}
