//! What a run would do and how long it would take. Writes nothing.

use crate::config::{canonical, digest_of};
use crate::policy::{Estimate, Machine as EstimateMachine, estimate};

use super::calibrate::{Calibration, calibrate};
use super::error::EngineError;
use super::event::{Event, Observer};
use super::hasher::plan_for;
use super::limits::{Budget, Machine, budget};
use super::look::{ColumnLook, Purpose, look};
use super::session::Session;

/// A plan.
#[derive(Debug)]
pub struct Plan {
    /// The columns, in the order of the configuration.
    pub columns: Vec<ColumnLook>,
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

/// Why `run --execute` would refuse.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What.
    pub what: String,
    /// What to do.
    pub hint: String,
}

/// Makes a plan.
///
/// # Errors
/// Whatever the database says; too little memory for one hash.
pub async fn plan(
    session: &mut Session<'_>,
    threads: Option<usize>,
    observer: &dyn Observer,
) -> Result<Plan, EngineError> {
    let outer = session.settings.target.outer;
    let budget = budget(&Machine::look(), &plan_for(&outer)?, threads)?;
    let columns = look(session, Purpose::Count, observer).await?;
    observer.on(
        None,
        &Event::Preparing {
            what: "measuring this machine".to_owned(),
        },
    );
    let calibration = calibrate(outer, &budget).await?;
    let hashes = columns.iter().map(ColumnLook::hashes).sum();
    let machine = EstimateMachine {
        hashes_per_second: calibration.hashes_per_second,
        threads: budget.threads,
        lockstep: budget.plan.lockstep(),
        hash_bytes: (budget.plan.arena_bytes() / budget.plan.lockstep().max(1)) as u64,
    };
    Ok(Plan {
        digest: digest_of(&canonical(session.settings)),
        estimate: (hashes > 0).then(|| estimate(hashes, &machine)).flatten(),
        refusals: refusals(session, &columns),
        warnings: warnings(session, &columns),
        columns,
        hashes,
        calibration,
        budget,
    })
}

/// What would make `run --execute` refuse, beyond the preflight.
pub(crate) fn refusals(session: &Session<'_>, columns: &[ColumnLook]) -> Vec<Refusal> {
    let mut out = Vec::new();
    for (look, credential) in columns.iter().zip(&session.settings.credentials) {
        let unproven = look.unproven();
        if unproven > 0 {
            out.push(Refusal {
                what: format!("credential {}: {unproven} rows are bare digests whose scheme is neither declared nor proven", credential.name),
                hint: "name the credential's `scheme` in the configuration once you know it: a wrong guess locks the whole table out".to_owned(),
            });
        }
        if look.wraps() > 0 && !credential.readers_ready {
            out.push(not_ready(&credential.name));
        }
    }
    out
}

/// A credential whose readers can't read what a wrap writes.
pub(crate) fn not_ready(credential: &str) -> Refusal {
    Refusal {
        what: format!(
            "credential {credential}: its rows would be wrapped, and `readers_ready` is not true"
        ),
        hint: format!(
            "deploy login code that reads wrapped values, try it with `saltern run --execute --canary 10`, log in as one of these users, then set \
             readers_ready = true for {credential}"
        ),
    }
}

fn warnings(session: &Session<'_>, columns: &[ColumnLook]) -> Vec<String> {
    let mut out = Vec::new();
    if columns.iter().any(|c| c.wraps() > 0) {
        out.push("a wrap can't be undone, except from a backup".to_owned());
    }
    if let Some(below) = session.settings.target.owasp_warning() {
        out.push(below.to_string());
    }
    out
}
