//! Before the first page: an unfinished run is found and goes on, or a new one is made.

use super::find::{Unclosed, find_unfinished};
use super::new::{begin, create, start_clocks};
use super::prepared::{Beginning, Prepared};
use super::resume::{Unfinished, resume};
use super::site::keep_site_checks;
use crate::engine::error::EngineError;
use crate::engine::hash::calibrate::{MeasuredRate, measure};
use crate::engine::page_limits::{PAGE_ROWS_MAX, PAGE_SECONDS};
use crate::engine::plan::reset_limit::ResetLimits;
use crate::engine::run::context::RunRequest;
use crate::engine::run::locks::keep_locks;
use crate::engine::scan::waiting::record;
use crate::engine::session::Session;
use crate::store::Link;

/// Finds the run that goes on, or makes a new one where there is something to do.
///
/// # Errors
/// Whatever the database says, and every refusal of a run.
pub(crate) async fn prepare(
    control: &mut Link,
    session: &mut Session<'_>,
    request: &RunRequest<'_>,
) -> Result<Beginning, EngineError> {
    let names = session.names.clone();
    let found = match find_unfinished(control, session, request).await? {
        Unclosed::Run(run) => Some(*run),
        Unclosed::Nothing => None,
        Unclosed::LeaseLost => return Ok(Beginning::LeaseLost),
    };
    let measured = if request.job.hashes {
        measure(session, request.budget, request.observer).await?
    } else {
        MeasuredRate {
            budget: request.budget.clone(),
            rate: PAGE_ROWS_MAX as f64 / PAGE_SECONDS,
        }
    };
    if let Some(run) = found {
        let unfinished = Unfinished { run, measured };
        let resumed = resume(control, session, request, unfinished).await?;
        keep_site_checks(control, session, &resumed.basis.proven).await?;
        return Ok(Beginning::Run(Box::new(resumed)));
    }
    // A large table takes longer to read than a lock lasts.
    let draft = tokio::select! {
        draft = begin(session, measured.rate, request.options, request.observer) => draft?,
        never = keep_locks(control, &names, request.me) => match never {},
    };
    if request.job.asks_every_rule {
        // Here already, for a run that finds nothing to do. Another counts again at its end.
        record(control, &names, session.now_ms, &draft.waits).await?;
    }
    if draft.candidates == 0 {
        start_clocks(control, &names, &draft.clocks).await?;
        return Ok(Beginning::Nothing {
            uncovered: draft.uncovered,
        });
    }
    if request.job.hashes {
        keep_site_checks(control, session, &draft.basis.proven).await?;
    }
    let Some(run) = create(control, session, request, &draft).await? else {
        return Ok(Beginning::LeaseLost);
    };
    Ok(Beginning::Run(Box::new(Prepared {
        run,
        resumed: false,
        basis: draft.basis,
        as_of_ms: session.now_ms,
        reset_limits: ResetLimits::new(&session.settings.rules, &[]),
        measured,
    })))
}
