//! What every login makes where none may be told apart by its time.
//!
//! It is counted in hashes of each kind, as many as any row of the column costs. A row that costs
//! less owes the rest, and each kind is paid by its own function.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::hashers::PoolSize;
use crate::auth;
use crate::scheme::{Context, HashKind, HashTally, LoginWorkMax, WeighedValue, Weigher, recognise};
use crate::secret::SiteSalts;
use crate::store::{Conn, CredentialColumn, Order, StoreError, scan};

/// How many kinds of hashes a login makes at most. More than that are no users' but somebody's who
/// wants logins to be slow.
pub(in crate::serve) const KINDS_MAX: usize = 16;

/// No column has so many different costs. What comes beyond is not told apart.
const COSTS_MAX: usize = 1_000;

/// What a login may cost here.
#[derive(Clone, Copy)]
pub(in crate::serve) struct PadBounds {
    pub(in crate::serve) memory_kib: u64,
    pub(in crate::serve) work: LoginWorkMax,
}

impl PadBounds {
    pub(in crate::serve) fn new(size: PoolSize, work: LoginWorkMax) -> Self {
        Self {
            memory_kib: size.memory_kib,
            work,
        }
    }
}

/// The rows of a column by the hashes that a login makes for them.
#[derive(Default)]
pub(in crate::serve) struct RowCosts {
    costs: HashMap<Vec<(HashKind, u64)>, RowCost>,
    /// The rows that cost more than a login may.
    pub(in crate::serve) beyond: u64,
}

/// Rows that cost the same.
pub(in crate::serve) struct RowCost {
    pub(in crate::serve) hashes: Arc<HashTally>,
    pub(in crate::serve) rows: u64,
}

/// What every login of a credential makes. Halves of one column share it.
pub(in crate::serve) struct LoginPad {
    hashes: RwLock<Arc<HashTally>>,
    bounds: PadBounds,
}

impl RowCosts {
    /// Reads a whole column.
    pub(in crate::serve) async fn read(
        conn: &mut Conn,
        column: &CredentialColumn,
        auth: &auth::Column,
        (site, work_max): (Option<&SiteSalts>, LoginWorkMax),
    ) -> Result<Self, StoreError> {
        let context = Context {
            site,
            work_max,
            ..Context::default()
        };
        let mut costs = Self::default();
        let mut weigher = Weigher::new(auth.declared, context);
        scan(conn, column, Order::Any, &mut |row| {
            if let Some(value) = row.value {
                costs.add(weigher.weigh(value, &recognise(Some(value), auth.declared)));
            }
            Ok::<(), StoreError>(())
        })
        .await?;
        Ok(costs)
    }

    fn add(&mut self, value: WeighedValue) {
        let hashes = match value {
            WeighedValue::Fast => return,
            WeighedValue::Beyond => {
                self.beyond += 1;
                return;
            }
            WeighedValue::Slow(hashes) => hashes,
        };
        let each = hashes.hashes().iter();
        let mut key: Vec<(HashKind, u64)> = each.map(|hash| (hash.kind, hash.amount)).collect();
        key.sort_unstable();
        if let Some(cost) = self.costs.get_mut(&key) {
            cost.rows += 1;
        } else if self.costs.len() < COSTS_MAX {
            self.costs.insert(key, RowCost { hashes, rows: 1 });
        }
    }

    /// The costs, those of most rows first.
    pub(in crate::serve) fn by_rows(&self) -> Vec<&RowCost> {
        let mut costs: Vec<&RowCost> = self.costs.values().collect();
        costs.sort_by_key(|cost| std::cmp::Reverse((cost.rows, cost.hashes.units())));
        costs
    }

    /// Whether this machine has the memory for every one.
    pub(in crate::serve) fn all_fit(&self, bounds: PadBounds) -> bool {
        let mut costs = self.costs.values();
        costs.all(|cost| cost.hashes.memory_kib() <= bounds.memory_kib)
    }

    /// As much of each kind as any row costs, of rows that can be checked here.
    pub(in crate::serve) fn most(&self, bounds: PadBounds) -> HashTally {
        let mut all = HashTally::default();
        for cost in self.by_rows() {
            if cost.hashes.memory_kib() <= bounds.memory_kib {
                all.raise_to(&cost.hashes);
            }
        }
        all
    }
}

impl LoginPad {
    pub(in crate::serve) fn new(hashes: HashTally, bounds: PadBounds) -> Self {
        Self {
            hashes: RwLock::new(Arc::new(hashes)),
            bounds,
        }
    }

    /// What a login makes from now on.
    pub(in crate::serve) fn now(&self) -> Arc<HashTally> {
        let hashes = self.hashes.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&hashes)
    }

    /// Meets a row with these hashes. Where no row had as much of a kind before, every login makes
    /// as much from now on, this one too. Says whether it is so.
    pub(in crate::serve) fn meet(&self, own: &HashTally) -> bool {
        let is_admitted =
            own.memory_kib() <= self.bounds.memory_kib && own.units() <= self.bounds.work.units();
        if self.now().covers(own) || !is_admitted {
            return false;
        }
        let mut hashes = self.hashes.write().unwrap_or_else(PoisonError::into_inner);
        let mut raised = HashTally::clone(&hashes);
        raised.raise_to(own);
        // Another login may have met it meanwhile.
        if raised == **hashes || raised.hashes().len() > KINDS_MAX {
            return false;
        }
        *hashes = Arc::new(raised);
        true
    }
}
