//! Finds the dearest hash of a column when the sidecar starts.
//!
//! With `pad = "dearest"` a failed login costs as much.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::auth;
use crate::scheme::{Context, Declared, LoginWorkMax, Strength, specimen, weigh};
use crate::serve::dear::DearestCost;
use crate::store::{Conn, CredentialColumn, Order, StoreError, scan};

/// No column has so many different parameters. What comes beyond is left out.
const DIFFERENT_MAX: usize = 1_000;

/// What a login may cost here.
#[derive(Clone, Copy)]
pub(in crate::serve) struct DearestBounds {
    pub(in crate::serve) memory_kib: u64,
    pub(in crate::serve) work: LoginWorkMax,
}

/// Reads the whole column for its dearest hash.
pub(in crate::serve) async fn dearest(
    conn: &mut Conn,
    column: &CredentialColumn,
    auth: &auth::Column,
    bounds: DearestBounds,
) -> Result<DearestCost, StoreError> {
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
        .position(|cost| cost.memory_kib() <= bounds.memory_kib && is_checked(cost, bounds.work));
    Ok(DearestCost {
        matched: at.map(|at| seen[at]),
        is_surpassed: at.unwrap_or(seen.len()) > 0,
    })
}

/// Whether a login would hash with these parameters at all: they lie within its bounds.
fn is_checked(cost: &Strength, work_max: LoginWorkMax) -> bool {
    let weighed = |value| weigh(&value, Declared::Auto, &Context::default());
    match specimen(cost).map(weighed) {
        Some(Ok(work)) => !work_max.is_exceeded_by(&work),
        _ => false,
    }
}
