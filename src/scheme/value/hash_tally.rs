//! Which slow hashes a login makes, and how much of each: what must be the same for every login
//! whose time is to tell nothing.

use std::fmt;

use super::scheme::Scheme;
use super::strength::Argon2Variant;

/// A kind of slow hash. Hashes of one kind are the same work, so one stands for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HashKind {
    /// Argon2 with these parameters, counted in hashes.
    Argon2 {
        /// Which of the three.
        variant: Argon2Variant,
        /// Its version: 16 or 19.
        version: u32,
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes.
        iterations: u32,
        /// Lanes.
        parallelism: u32,
    },
    /// bcrypt, counted in rounds.
    Bcrypt,
    /// PBKDF2 over the digest of that name, counted in iterations of one block.
    Pbkdf2 {
        /// The digest.
        digest: &'static str,
    },
    /// scrypt with these parameters, counted in hashes.
    Scrypt {
        /// log2 of N.
        log_n: u32,
        /// Block size.
        r: u32,
        /// Parallelism.
        p: u32,
    },
    /// The hash of a scheme, by its own function, counted in hashes.
    Own {
        /// The scheme.
        scheme: Scheme,
        /// Its rounds, or what it has in their place.
        rounds: u64,
        /// How long its setting is, with the salt.
        setting_bytes: usize,
    },
}

/// So much of one kind.
#[derive(Clone, PartialEq, Eq)]
pub struct TalliedHash {
    /// The kind.
    pub kind: HashKind,
    /// How much, as the kind is counted.
    pub amount: u64,
    /// The units of its work ([`super::LoginWork`]).
    pub units: u64,
    /// A setting by which a scheme's own function is called; empty for other kinds.
    pub(in crate::scheme) setting: Vec<u8>,
}

/// Slow hashes, each kind once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HashTally(Vec<TalliedHash>);

impl HashTally {
    /// The kinds.
    pub fn hashes(&self) -> &[TalliedHash] {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much of a kind there is.
    pub fn amount(&self, kind: HashKind) -> u64 {
        let of = self.0.iter().find(|hash| hash.kind == kind);
        of.map_or(0, |hash| hash.amount)
    }

    /// The units of all together.
    pub fn units(&self) -> u64 {
        let units = self.0.iter().map(|hash| hash.units);
        units.fold(0, u64::saturating_add)
    }

    /// The memory of the largest hash, in KiB.
    pub fn memory_kib(&self) -> u64 {
        let each = self.0.iter().map(|hash| hash.kind.memory_kib());
        each.max().unwrap_or(0)
    }

    /// Whether it holds at least as much of every kind.
    pub fn covers(&self, other: &Self) -> bool {
        let mut each = other.0.iter();
        each.all(|hash| self.amount(hash.kind) >= hash.amount)
    }

    /// Adds a hash.
    pub fn add(&mut self, hash: TalliedHash) {
        match self.0.iter_mut().find(|own| own.kind == hash.kind) {
            Some(own) => {
                own.amount = own.amount.saturating_add(hash.amount);
                own.units = own.units.saturating_add(hash.units);
            }
            None => self.0.push(hash),
        }
    }

    /// Adds all of another tally.
    pub fn add_all(&mut self, other: &Self) {
        for hash in &other.0 {
            self.add(hash.clone());
        }
    }

    /// Raises each kind to what the other has of it.
    pub fn raise_to(&mut self, other: &Self) {
        for hash in &other.0 {
            match self.0.iter_mut().find(|own| own.kind == hash.kind) {
                Some(own) if own.amount >= hash.amount => {}
                Some(own) => *own = hash.clone(),
                None => self.0.push(hash.clone()),
            }
        }
    }

    /// What is missing of it where so much is there.
    #[must_use]
    pub fn less(&self, there: &Self) -> Self {
        let rest = |hash: &TalliedHash| {
            let amount = hash.amount.saturating_sub(there.amount(hash.kind));
            let units =
                u128::from(hash.units) * u128::from(amount) / u128::from(hash.amount.max(1));
            (amount > 0).then(|| TalliedHash {
                amount,
                units: u64::try_from(units).unwrap_or(u64::MAX),
                ..hash.clone()
            })
        };
        Self(self.0.iter().filter_map(rest).collect())
    }

    /// So many times as much of every kind.
    #[must_use]
    pub fn times(&self, times: usize) -> Self {
        let times = times as u64;
        let each = self.0.iter().map(|hash| TalliedHash {
            amount: hash.amount.saturating_mul(times),
            units: hash.units.saturating_mul(times),
            ..hash.clone()
        });
        Self(each.collect())
    }

    /// The kinds that are chosen.
    #[must_use]
    pub fn only(&self, chosen: impl Fn(HashKind) -> bool) -> Self {
        let each = self.0.iter().filter(|hash| chosen(hash.kind));
        Self(each.cloned().collect())
    }
}

impl FromIterator<TalliedHash> for HashTally {
    fn from_iter<I: IntoIterator<Item = TalliedHash>>(hashes: I) -> Self {
        let mut tally = Self::default();
        for hash in hashes {
            tally.add(hash);
        }
        tally
    }
}

impl HashKind {
    /// The memory of one hash in KiB; 0 where it is next to nothing, or not known.
    fn memory_kib(self) -> u64 {
        match self {
            Self::Argon2 { memory_kib, .. } => memory_kib.into(),
            // 128·N·r bytes.
            Self::Scrypt { log_n, r, .. } => (u64::from(r) << log_n.min(32)) / 8,
            Self::Bcrypt | Self::Pbkdf2 { .. } | Self::Own { .. } => 0,
        }
    }
}

/// Blind: a setting holds a salt.
impl fmt::Debug for TalliedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {:?}", self.amount, self.kind)
    }
}

/// For people: the function and its parameters.
impl fmt::Display for TalliedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = self.amount;
        match self.kind {
            HashKind::Argon2 {
                variant,
                version,
                memory_kib,
                iterations,
                parallelism,
            } => {
                let name = match variant {
                    Argon2Variant::D => "argon2d",
                    Argon2Variant::I => "argon2i",
                    Argon2Variant::Id => "argon2id",
                };
                write!(f, "{name} m={memory_kib},t={iterations},p={parallelism}")?;
                if version != 19 {
                    f.write_str(" of version 1.0")?;
                }
            }
            HashKind::Bcrypt if amount.is_power_of_two() => {
                return write!(f, "bcrypt of cost {}", amount.ilog2());
            }
            HashKind::Bcrypt => return write!(f, "bcrypt of {amount} rounds"),
            HashKind::Pbkdf2 { digest } => {
                return write!(f, "pbkdf2 over {digest} with {amount} iterations");
            }
            HashKind::Scrypt { log_n, r, p } => write!(f, "scrypt N=2^{log_n},r={r},p={p}")?,
            HashKind::Own { scheme, rounds, .. } => match rounds {
                // More than 32 bits are several parameters.
                1..=0xffff_ffff => write!(f, "{scheme} with {rounds} rounds")?,
                _ => write!(f, "{scheme}")?,
            },
        }
        if amount > 1 {
            write!(f, " ({amount} times)")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(kind: HashKind, amount: u64) -> TalliedHash {
        TalliedHash {
            kind,
            amount,
            units: amount * 10,
            setting: Vec::new(),
        }
    }

    const SHA256: HashKind = HashKind::Pbkdf2 { digest: "sha256" };

    #[test]
    fn what_is_owed_is_what_is_missing_of_each_kind() {
        let mut all: HashTally = [hash(HashKind::Bcrypt, 1024)].into_iter().collect();
        all.raise_to(
            &[hash(SHA256, 600), hash(HashKind::Bcrypt, 256)]
                .into_iter()
                .collect(),
        );
        assert_eq!(
            (all.amount(HashKind::Bcrypt), all.amount(SHA256)),
            (1024, 600)
        );
        let own: HashTally = [hash(HashKind::Bcrypt, 256)].into_iter().collect();
        assert!(all.covers(&own) && !own.covers(&all));
        let owed = all.less(&own);
        assert_eq!(
            (owed.amount(HashKind::Bcrypt), owed.amount(SHA256)),
            (768, 600)
        );
        assert_eq!(owed.units(), 10 * (768 + 600));
        assert!(all.less(&all).is_empty());
        assert!(all.less(&all.times(2)).is_empty());
        assert_eq!(all.times(2).less(&all), all);
    }
}
