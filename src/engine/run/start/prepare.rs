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
use crate::engine::retry::retry;
use crate::engine::run::context::RunRequest;
use crate::engine::run::locks::keep_locks;
use crate::engine::run::pass_no::PassNo;
use crate::engine::scan::waiting::record;
use crate::engine::session::Session;
use crate::store::Link;
use crate::store::ledger::{LockOwner, RunRow, Step, chunk, joined};

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
    if let Some(run) = found {
        let begun = go_on(control, session, request, run).await?;
        return match adopt(control, session, request, &begun).await? {
            true => Ok(begun),
            false => Ok(Beginning::LeaseLost),
        };
    }
    let measured = measured(session, request).await?;
    // A large table takes longer to read than a lock lasts.
    let draft = tokio::select! {
        draft = begin(session, measured.rate, request.options, request.observer) => draft?,
        never = keep_locks(control, &names, request) => match never {},
    };
    if request.job.asks_every_rule {
        // Here already, for a run that finds nothing to do. Another counts again at its end.
        record(control, &names, session.now_ms, &draft.waits).await?;
    }
    if draft.candidates == 0 {
        start_clocks(control, &names, &draft.clocks).await?;
        if let Some(owner) = duty_owner(session, request) {
            let is_closed = retry(control, async |conn| {
                joined::close_empty(conn, &names, owner, draft.uncovered).await
            });
            if !is_closed.await? {
                return Ok(Beginning::LeaseLost);
            }
        }
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

/// Goes on with a run that stands in the ledger.
///
/// # Errors
/// Whatever the database says, and every refusal of a run.
pub(crate) async fn go_on(
    control: &mut Link,
    session: &mut Session<'_>,
    request: &RunRequest<'_>,
    run: RunRow,
) -> Result<Beginning, EngineError> {
    let measured = measured(session, request).await?;
    let unfinished = Unfinished { run, measured };
    let resumed = resume(control, session, request, unfinished).await?;
    keep_site_checks(control, session, &resumed.basis.proven).await?;
    Ok(Beginning::Run(Box::new(resumed)))
}

/// How fast this machine hashes.
async fn measured(
    session: &Session<'_>,
    request: &RunRequest<'_>,
) -> Result<MeasuredRate, EngineError> {
    if request.job.hashes {
        return measure(session, request.budget, request.observer).await;
    }
    Ok(MeasuredRate {
        budget: request.budget.clone(),
        rate: PAGE_ROWS_MAX as f64 / PAGE_SECONDS,
    })
}

/// The duty by which a joined run is prepared; none where a process works alone.
fn duty_owner<'a>(session: &Session<'_>, request: &RunRequest<'a>) -> Option<LockOwner<'a>> {
    let duty = request.duty?;
    Some(LockOwner {
        duty: Some(duty),
        ..session.lock_owner(request.holder)
    })
}

/// Has the other members go on with a run that stands in the ledger too; false where the duty was
/// lost.
async fn adopt(
    control: &mut Link,
    session: &Session<'_>,
    request: &RunRequest<'_>,
    begun: &Beginning,
) -> Result<bool, EngineError> {
    let (Some(owner), Beginning::Run(prepared)) = (duty_owner(session, request), begun) else {
        return Ok(true);
    };
    let (names, run) = (&session.names, &prepared.run.id);
    let chunks = retry(control, async |conn| chunk::list(conn, names, run).await).await?;
    let passes = chunks.iter().map(|c| PassNo::from_ledger(c.pass));
    let begin = Step::Begin {
        run,
        pass: passes.max().unwrap_or_default().number().max(0),
    };
    Ok(retry(control, async |conn| {
        joined::adopt(conn, names, owner, begin).await
    })
    .await?)
}
