//! Before the first page: the run in the ledger, found or made.

use std::collections::HashMap;
use std::sync::Arc;

use super::new::{begin, cohorts, create};
use super::prepared::Prepared;
use super::resume::ask_lists;
use crate::config::differences;
use crate::engine::error::EngineError;
use crate::engine::event::to_i64;
use crate::engine::hash::calibrate::{MeasuredRate, measure};
use crate::engine::page_limits::{PAGE_ROWS_MAX, PAGE_SECONDS};
use crate::engine::plan::refusals::check_ready;
use crate::engine::plan::reset::check_confirmed;
use crate::engine::plan::reset_count::{Grounds, count as count_resets};
use crate::engine::plan::reset_limit::ResetLimits;
use crate::engine::plan::reset_selection::resolve;
use crate::engine::process;
use crate::engine::request::Job;
use crate::engine::retry::retry;
use crate::engine::run::context::StartRequest;
use crate::engine::run::locks::keep_locks;
use crate::engine::run::spec::{Kept, read, spec_of};
use crate::engine::scan::waiting::record;
use crate::engine::session::Session;
use crate::failpoint::hit;
use crate::store::Link;
use crate::store::ledger::{NewRun, RunState, RunStep, chunk, clock, lock, reset, run as runs};

/// Finds the run that goes on, or makes a new one; none where there is nothing to do.
pub(crate) async fn prepare(
    control: &mut Link,
    session: &mut Session<'_>,
    asked: &StartRequest<'_>,
) -> Result<Option<Prepared>, EngineError> {
    let StartRequest {
        me,
        new_id,
        options,
        observer,
        digest,
        budget,
    } = *asked;
    let names = session.names.clone();
    let text = options.job.canonical(session.settings);
    let active = retry(control, async |conn| runs::active(conn, &names).await).await?;
    let active = match active {
        Some(run) if run.digest == digest => Some(run),
        Some(run) if options.new_run => {
            // A run that somebody works on is not closed behind their back.
            let holders = retry(control, async |conn| lock::holders(conn, &names).await).await?;
            let holder = holders
                .into_iter()
                .find(|h| h.run == run.id && h.owner != me.id && !process::is_gone(h, me));
            if let Some(holder) = holder {
                return Err(EngineError::Held {
                    holder: Box::new(holder),
                });
            }
            retry(control, async |conn| {
                let step = RunStep {
                    from: RunState::Active,
                    to: RunState::Abandoned,
                };
                runs::set_state(conn, &names, &run.id, step).await
            })
            .await?;
            None
        }
        Some(run) => {
            let old = read(&run.spec)?.plan;
            let named = differences(&old, &text).join("; ");
            return Err(EngineError::refused(
                format!(
                    "an unfinished run ({}) was begun with another plan: {named}",
                    run.id
                ),
                "put the configuration back to finish that run, or close it with --new-run",
            ));
        }
        None => None,
    };
    let measured = match options.job {
        Job::Rules => measure(session, budget, observer).await?,
        // Nothing is hashed: the pages are as large as pages may be.
        Job::Relabel(_) | Job::Reset(_) => MeasuredRate {
            budget: budget.clone(),
            rate: PAGE_ROWS_MAX as f64 / PAGE_SECONDS,
        },
    };
    if let Some(run) = active {
        let Kept {
            proven,
            rewritten,
            as_of_ms,
            ..
        } = read(&run.spec)?;
        check_ready(session, options, &rewritten)?;
        // What it counted it goes on with, and nothing that has fallen due since.
        session.now_ms = as_of_ms.unwrap_or(session.now_ms);
        if let Job::Reset(request) = &options.job {
            let chunks = retry(control, async |conn| {
                chunk::list(conn, &names, &run.id).await
            })
            .await?;
            let was_whole = chunks.iter().any(|chunk| chunk.pass >= 0);
            if was_whole == request.limit.is_some() {
                let how = if was_whole { "without" } else { "with" };
                return Err(EngineError::refused(
                    format!("an unfinished reset ({}) was begun {how} --limit", run.id),
                    "go on as it was begun, or close it with --new-run",
                ));
            }
        }
        let before = retry(control, async |conn| {
            reset::by_rule(conn, &names, &run.id).await
        })
        .await?;
        retry(control, async |conn| {
            lock::note_run(conn, &names, &me.id, &run.id).await
        })
        .await?;
        // Lists are asked anew: of what is written already, the ledger says whether it was known.
        let known = match options.job {
            Job::Relabel(_) => HashMap::new(),
            Job::Rules | Job::Reset(_) => tokio::select! {
                known = ask_lists(session, &proven, observer) => known?,
                never = keep_locks(control, &names, me) => match never {},
            },
        };
        let (selection, cohort) = match &options.job {
            Job::Reset(request) => {
                let grounds = Grounds {
                    proven: proven.clone(),
                    known: known.clone(),
                };
                let done: u64 = before.iter().map(|(_, rows)| rows).sum();
                let counting = async {
                    let selection = resolve(session, request, observer).await?;
                    // What was reset before it was stopped belongs to it.
                    let left = request.limit.map(|limit| limit.saturating_sub(done));
                    let counted =
                        count_resets(session, &grounds, &selection, left, observer).await?;
                    let rows: u64 = counted.iter().map(|column| column.rows).sum();
                    check_confirmed(request.confirm, rows, done, observer)?;
                    let cohort = request.limit.map(|_| cohorts(counted));
                    Ok::<_, EngineError>((Some(Arc::new(selection)), cohort))
                };
                tokio::select! {
                    counted = counting => counted?,
                    never = keep_locks(control, &names, me) => match never {},
                }
            }
            Job::Rules | Job::Relabel(_) => (None, None),
        };
        return Ok(Some(Prepared {
            run,
            resumed: true,
            selection,
            cohort,
            proven,
            known,
            as_of_ms: session.now_ms,
            reset_limits: ResetLimits::new(&session.settings.rules, &before),
            measured,
        }));
    }
    // A large table takes longer to read than a lock lasts.
    let begun = tokio::select! {
        begun = begin(session, measured.rate, options, observer) => begun?,
        never = keep_locks(control, &names, me) => match never {},
    };
    if let Job::Rules = options.job {
        // Here already, for a run that finds nothing to do; one that has something counts again at its end.
        record(control, &names, session.now_ms, &begun.waits).await?;
    }
    if begun.candidates == 0 {
        for rule in &begun.clocks {
            retry(control, async |conn| clock::start(conn, &names, rule).await).await?;
        }
        return Ok(None);
    }
    let new = NewRun {
        id: new_id.to_owned(),
        digest: digest.to_owned(),
        spec: spec_of(&text, &begun.proven, begun.rewritten, session.now_ms),
        estimate: to_i64(begun.candidates),
    };
    hit("before-create");
    create(control, &names, &new, &begun.chunks, &begun.clocks).await?;
    hit("after-create");
    let run = retry(control, async |conn| runs::active(conn, &names).await)
        .await?
        .ok_or_else(|| {
            EngineError::refused(
                "the run that was just created is gone",
                "look at the ledger",
            )
        })?;
    Ok(Some(Prepared {
        run,
        resumed: false,
        selection: begun.selection,
        cohort: begun.cohort,
        proven: begun.proven,
        known: begun.known,
        as_of_ms: session.now_ms,
        reset_limits: ResetLimits::new(&session.settings.rules, &[]),
        measured,
    }))
}
