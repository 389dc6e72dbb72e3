//! A run that goes on: what it was begun with stands in the ledger, and what it has done belongs
//! to it.

use std::collections::HashMap;
use std::sync::Arc;

use super::ledger::tell_of_older_rows;
use super::new::cohorts;
use super::prepared::{Basis, Prepared};
use crate::census::ListVerdicts;
use crate::engine::error::EngineError;
use crate::engine::event::Observer;
use crate::engine::hash::calibrate::MeasuredRate;
use crate::engine::judge::parts::Proven;
use crate::engine::judge::spec::{Kept, read};
use crate::engine::plan::refusals::check_ready;
use crate::engine::plan::reset::check_confirmed;
use crate::engine::plan::reset_count::{Grounds, count as count_resets};
use crate::engine::plan::reset_limit::ResetLimits;
use crate::engine::plan::reset_selection::resolve;
use crate::engine::request::{Job, ResetRequest};
use crate::engine::retry::retry;
use crate::engine::run::context::RunRequest;
use crate::engine::run::locks::keep_locks;
use crate::engine::run::pass_no::PassNo;
use crate::engine::scan::known::{self, KnownQuestion};
use crate::engine::session::Session;
use crate::store::Link;
use crate::store::ledger::{Names, RunRow, chunk, lock, reset};

/// An unfinished run, and how fast this machine hashes for it.
pub(crate) struct Unfinished {
    pub(crate) run: RunRow,
    pub(crate) measured: MeasuredRate,
}

/// Prepares an unfinished run to go on.
///
/// # Errors
/// Whatever the database says; readers that aren't ready; a reset that was begun otherwise.
pub(crate) async fn resume(
    control: &mut Link,
    session: &mut Session<'_>,
    request: &RunRequest<'_>,
    unfinished: Unfinished,
) -> Result<Prepared, EngineError> {
    let Unfinished { run, measured } = unfinished;
    let names = session.names.clone();
    let observer = request.observer;
    let Kept {
        proven,
        rewritten,
        as_of_ms,
        ..
    } = read(&run.spec)?;
    check_ready(session, request.options, &rewritten)?;
    // What it counted it goes on with, and nothing that has fallen due since.
    session.now_ms = as_of_ms.unwrap_or(session.now_ms);
    if let Job::Reset(reset) = &request.options.job {
        check_limit(control, &names, &run, reset).await?;
    }
    tell_of_older_rows(control, session, &run, observer).await?;
    let before = retry(control, async |conn| {
        reset::by_rule(conn, &names, &run.id).await
    })
    .await?;
    retry(control, async |conn| {
        lock::note_run(conn, &names, &request.holder.id, &run.id).await
    })
    .await?;
    // Lists are asked anew: of what is written already, the ledger says whether it was known.
    let known = match request.options.job {
        Job::Relabel(_) => HashMap::new(),
        Job::Rules | Job::Reset(_) => tokio::select! {
            known = ask_lists(session, &proven, observer) => known?,
            never = keep_locks(control, &names, request) => match never {},
        },
    };
    let basis = Basis {
        proven,
        known,
        ..Basis::default()
    };
    let basis = match &request.options.job {
        Job::Reset(reset) => {
            let done = before.iter().map(|(_, rows)| rows).sum();
            let reset = ResetLeft { reset, done };
            tokio::select! {
                basis = count_again(session, reset, basis, observer) => basis?,
                never = keep_locks(control, &names, request) => match never {},
            }
        }
        Job::Rules | Job::Relabel(_) => basis,
    };
    Ok(Prepared {
        run,
        resumed: true,
        basis,
        as_of_ms: session.now_ms,
        reset_limits: ResetLimits::new(&session.settings.rules, &before),
        measured,
    })
}

/// A reset that was stopped, and how many rows it had reset by then.
struct ResetLeft<'a> {
    reset: &'a ResetRequest,
    done: u64,
}

/// Counts what is left of a reset. What was reset before it was stopped belongs to its limit and
/// to what was confirmed.
async fn count_again(
    session: &mut Session<'_>,
    left: ResetLeft<'_>,
    basis: Basis,
    observer: &dyn Observer,
) -> Result<Basis, EngineError> {
    let ResetLeft { reset, done } = left;
    let selection = resolve(session, reset, observer).await?;
    let grounds = Grounds {
        proven: basis.proven,
        known: basis.known,
        limit: reset.limit.map(|limit| limit.saturating_sub(done)),
    };
    let counted = count_resets(session, &grounds, &selection, observer).await?;
    let rows = counted.iter().map(|column| column.rows).sum();
    check_confirmed(reset.confirm, rows, done, observer)?;
    Ok(Basis {
        proven: grounds.proven,
        known: grounds.known,
        selection: Some(Arc::new(selection)),
        cohort: reset.limit.map(|_| cohorts(counted)),
    })
}

/// Refuses a reset that goes on with `--limit` where it was begun without, or the other way round.
async fn check_limit(
    control: &mut Link,
    names: &Names,
    run: &RunRow,
    reset: &ResetRequest,
) -> Result<(), EngineError> {
    let chunks = retry(control, async |conn| {
        chunk::list(conn, names, &run.id).await
    })
    .await?;
    let was_whole = chunks
        .iter()
        .any(|chunk| PassNo::from_ledger(chunk.pass) != PassNo::Keys);
    if was_whole != reset.limit.is_some() {
        return Ok(());
    }
    let how = if was_whole { "without" } else { "with" };
    Err(EngineError::refused(
        format!("an unfinished reset ({}) was begun {how} --limit", run.id),
        "go on as it was begun, or close it with --new-run",
    ))
}

/// What the lists of known passwords say of every column.
async fn ask_lists(
    session: &mut Session<'_>,
    proven: &HashMap<String, Proven>,
    observer: &dyn Observer,
) -> Result<HashMap<String, Arc<ListVerdicts>>, EngineError> {
    let mut out = HashMap::new();
    let none = Proven::default();
    let mut time = session.proof.time;
    for at in 0..session.columns.len() {
        let credential = &session.settings.credentials[at].name;
        let question = KnownQuestion {
            proven: proven.get(credential).unwrap_or(&none),
            time,
        };
        let (known, took) = known::judge(session, at, question, observer).await?;
        time = time.saturating_sub(took);
        out.extend(known.map(|known| (credential.clone(), known)));
    }
    Ok(out)
}
