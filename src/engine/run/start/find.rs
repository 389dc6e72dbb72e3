//! Looks in the ledger for an unfinished run of the same plan.

use super::ledger::require_agreement;
use crate::config::differences;
use crate::engine::error::EngineError;
use crate::engine::judge::spec::read;
use crate::engine::process;
use crate::engine::retry::retry;
use crate::engine::run::context::RunRequest;
use crate::engine::session::Session;
use crate::store::ledger::{RunRow, RunState, abandon_run, lock, run as runs};
use crate::store::{Link, StoreError};

/// What was found.
pub(crate) enum Unclosed {
    /// An unfinished run, which goes on.
    Run(Box<RunRow>),
    /// None. A new one is to be made.
    Nothing,
    /// This worker has lost a lock meanwhile.
    LeaseLost,
}

/// The unfinished run that goes on, or none where a new one is to be made. With `--new-run` an
/// unfinished run of another plan is closed here, and one of which the ledger does not agree.
///
/// # Errors
/// An unfinished run of another plan; a run that another process works on.
pub(crate) async fn find_unfinished(
    control: &mut Link,
    session: &Session<'_>,
    request: &RunRequest<'_>,
) -> Result<Unclosed, EngineError> {
    let names = &session.names;
    let active = retry(control, async |conn| runs::active(conn, names).await).await?;
    let Some(run) = active else {
        return Ok(Unclosed::Nothing);
    };
    // A run of another plan is nothing to go on with: another process may be writing it.
    if run.digest == request.job.digest {
        let agrees = require_agreement(control, names, &run).await;
        let is_damaged = matches!(agrees, Err(EngineError::Store(StoreError::Ledger { .. })));
        if !is_damaged || !request.options.new_run {
            agrees?;
            return Ok(Unclosed::Run(Box::new(run)));
        }
    } else if !request.options.new_run {
        let old = read(&run.spec)?.plan;
        let named = differences(&old, &request.job.text).join("; ");
        return Err(EngineError::refused(
            format!(
                "an unfinished run ({}) was begun with another plan: {named}",
                run.id
            ),
            "put the configuration back to finish that run, or close it with --new-run",
        ));
    }
    // A run that somebody works on is not closed behind their back.
    let me = request.me;
    let holders = retry(control, async |conn| lock::holders(conn, names).await).await?;
    let holder = holders
        .into_iter()
        .find(|h| h.run == run.id && h.owner != request.holder.id && !process::is_gone(h, me));
    if let Some(holder) = holder {
        return Err(EngineError::Held {
            holder: Box::new(holder),
        });
    }
    let closed = retry(control, async |conn| {
        abandon_run(conn, names, &run.id, session.lock_owner(request.holder)).await
    });
    match closed.await {
        Ok(true) => {}
        Ok(false) => return Ok(Unclosed::LeaseLost),
        Err(e) => {
            let by_id = retry(control, async |conn| {
                runs::by_id(conn, names, &run.id).await
            });
            let now = by_id.await?;
            // It has ended since it was looked for.
            if now.is_none_or(|run| run.state == RunState::Active) {
                return Err(e.into());
            }
        }
    }
    Ok(Unclosed::Nothing)
}
