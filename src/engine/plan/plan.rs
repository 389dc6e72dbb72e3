//! What a run would do and how long it would take. Writes nothing.

use std::time::Duration;

use super::preflight::{LabelWidth, preflight_whole};
use super::refusals::{refusals, warnings};
use super::site::compare;
use crate::config::{canonical, digest_of};
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::hash::budget::{Budget, budget};
use crate::engine::hash::calibrate::{Calibration, calibrate, tune};
use crate::engine::hash::kernel::{choose_kernel, plan_for};
use crate::engine::refusal::Refusal;
use crate::engine::request::PlanOptions;
use crate::engine::scan::column::{ColumnScan, Purpose};
use crate::engine::scan::scan::scan_columns;
use crate::engine::session::Session;
use crate::machine::Machine;
use crate::policy::{Estimate, HashingCapacity, estimate};

/// A plan.
#[derive(Debug)]
pub struct RunPlan {
    /// The columns, in the order of the configuration.
    pub columns: Vec<ColumnScan>,
    /// The digest of what was asked for.
    pub digest: String,
    /// How many hashes it takes.
    pub hashes: u64,
    /// What was measured here.
    pub calibration: Calibration,
    /// Threads, lockstep and memory.
    pub budget: Budget,
    /// How long it takes; none where nothing is to be hashed.
    pub estimate: Option<Estimate>,
    /// What would make `run --execute` refuse, each with what to do.
    pub refusals: Vec<Refusal>,
    /// What the operator should know.
    pub warnings: Vec<String>,
}

/// Makes a plan.
///
/// # Errors
/// Whatever the database says; too little memory for one hash.
pub async fn plan(
    session: &mut Session<'_>,
    options: &PlanOptions,
    observer: &dyn Observer,
) -> Result<RunPlan, EngineError> {
    let outer = session.settings.target.outer;
    let kernel = choose_kernel(options.kernel, &outer, observer);
    let budget = budget(
        &Machine::detect(),
        &plan_for(&outer, kernel)?,
        options.threads,
    )?;
    let columns = scan_columns(session, Purpose::Plan, observer).await?;
    observer.on(
        None,
        &Event::Preparing {
            what: "measuring this machine".to_owned(),
        },
    );
    let budget = tune(&budget)?;
    let calibration = calibrate(outer, &budget, Duration::from_millis(1500)).await?;
    let other_files = compare(session, observer).await?;
    let findings = preflight_whole(session, LabelWidth::Seen(&columns), observer).await?;
    let hashes = columns.iter().map(ColumnScan::hashes).sum();
    let machine = HashingCapacity {
        hashes_per_second: calibration.hashes_per_second,
        threads: budget.threads,
        lockstep: budget.plan.lockstep(),
        hash_bytes: (budget.plan.arena_bytes() / budget.plan.lockstep().max(1)) as u64,
    };
    Ok(RunPlan {
        digest: digest_of(&canonical(session.settings)),
        estimate: (hashes > 0).then(|| estimate(hashes, &machine)).flatten(),
        refusals: findings
            .refusals
            .into_iter()
            .chain(other_files)
            .chain(refusals(session, &columns))
            .collect(),
        warnings: findings
            .warnings
            .into_iter()
            .chain(warnings(session, &columns))
            .collect(),
        columns,
        hashes,
        calibration,
        budget,
    })
}
