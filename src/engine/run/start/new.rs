//! A new run: looks at every column, refuses what must not be begun, creates the run.

use std::collections::HashMap;
use std::sync::Arc;

use super::prepared::Begun;
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::plan::preflight::{LabelWidth, preflight_columns};
use crate::engine::plan::refusals::{cautions, check_ready, doubts, unjudged};
use crate::engine::plan::relabel_count::count;
use crate::engine::plan::reset::check_confirmed;
use crate::engine::plan::reset_count::{ResetCount, count as count_resets, grounds};
use crate::engine::plan::reset_selection::resolve;
use crate::engine::request::{Job, ResetRequest, RunOptions};
use crate::engine::retry::retry;
use crate::engine::scan::column::{ColumnScan, Purpose};
use crate::engine::scan::scan::scan_columns;
use crate::engine::scan::waiting::waiting_columns;
use crate::engine::session::Session;
use crate::store::ledger::{
    ChunkBounds, Names, NewRun, RuleKey, RunParts, create_run, run as runs,
};
use crate::store::{Key, Link};

/// A chunk is about so much hashing.
const CHUNK_SECONDS: f64 = 300.0;

/// Looks at every column, and refuses what must not be begun.
pub(crate) async fn begin(
    session: &mut Session<'_>,
    rate: f64,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<Begun, EngineError> {
    if let Job::Relabel(relabel) = &options.job {
        let counted = count(session, relabel, observer).await?;
        return Ok(Begun {
            candidates: counted.iter().map(|column| column.candidates).sum(),
            chunks: counted
                .iter()
                .flat_map(|column| chunks_of(&column.credential, &column.boundaries))
                .collect(),
            proven: HashMap::new(),
            known: HashMap::new(),
            rewritten: Vec::new(),
            clocks: Vec::new(),
            waits: Vec::new(),
            selection: None,
            cohort: None,
        });
    }
    if let Job::Reset(request) = &options.job {
        return begin_reset(session, request, observer).await;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a small positive number"
    )]
    let size = (rate * CHUNK_SECONDS).clamp(1_000.0, 100_000.0) as u64;
    let looks = scan_columns(session, Purpose::Chunks(size), observer).await?;
    if let Some(refusal) = doubts(session, &looks).into_iter().next() {
        return Err(EngineError::Refused {
            what: refusal.what,
            hint: refusal.hint,
        });
    }
    // How much goes behind each hash is known now.
    let fitness = preflight_columns(session, LabelWidth::Seen(&looks)).await?;
    if let Some(refusal) = fitness.refusals.into_iter().next() {
        return Err(EngineError::refused(refusal.what, refusal.hint));
    }
    let rewritten: Vec<String> = looks
        .iter()
        .filter(|look| look.hashes() > 0)
        .map(|look| look.credential.clone())
        .collect();
    check_ready(session, options, &rewritten)?;
    let unjudged = looks.iter().filter_map(|look| unjudged(session, look));
    for text in cautions(session, &looks).into_iter().chain(unjudged) {
        observer.on(None, &Event::Warning { text });
    }
    Ok(Begun {
        candidates: looks.iter().map(ColumnScan::candidates).sum(),
        chunks: looks
            .iter()
            .flat_map(|look| chunks_of(&look.credential, &look.boundaries))
            .collect(),
        proven: looks
            .iter()
            .map(|l| (l.credential.clone(), l.proven()))
            .collect(),
        known: looks
            .iter()
            .filter_map(|l| Some((l.credential.clone(), l.known.as_ref()?.asked())))
            .collect(),
        rewritten,
        clocks: clocks(session),
        waits: waiting_columns(session.settings, &looks),
        selection: None,
        cohort: None,
    })
}

/// Counts what is to be reset, and refuses where it is more than was confirmed.
async fn begin_reset(
    session: &mut Session<'_>,
    request: &ResetRequest,
    observer: &dyn Observer,
) -> Result<Begun, EngineError> {
    let selection = resolve(session, request, observer).await?;
    let grounds = grounds(session, observer).await?;
    let counted = count_resets(session, &grounds, &selection, request.limit, observer).await?;
    let rows = counted.iter().map(|column| column.rows).sum();
    check_confirmed(request.confirm, rows, 0, observer)?;
    let chunks = match request.limit {
        None => counted
            .iter()
            .flat_map(|column| chunks_of(&column.credential, &column.boundaries))
            .collect(),
        // Its pass over the keys makes its own.
        Some(_) => Vec::new(),
    };
    Ok(Begun {
        candidates: rows.min(request.limit.unwrap_or(rows)),
        chunks,
        proven: grounds.proven,
        known: grounds.known,
        rewritten: Vec::new(),
        clocks: Vec::new(),
        waits: Vec::new(),
        selection: Some(Arc::new(selection)),
        cohort: request.limit.map(|_| cohorts(counted)),
    })
}

/// The keys of a cohort by credential.
pub(crate) fn cohorts(counted: Vec<ResetCount>) -> HashMap<String, Vec<Key>> {
    counted
        .into_iter()
        .filter(|column| !column.cohort.is_empty())
        .map(|column| (column.credential, column.cohort))
        .collect()
}

/// Creates the run; where the answer to its COMMIT is lost, looks whether it is there before it is created again.
pub(crate) async fn create(
    control: &mut Link,
    names: &Names,
    new: &NewRun,
    chunks: &[ChunkBounds],
    clocks: &[RuleKey],
) -> Result<(), EngineError> {
    retry(control, async |conn| {
        if runs::active(conn, names)
            .await?
            .is_some_and(|r| r.id == new.id)
        {
            return Ok(());
        }
        create_run(conn, names, new, RunParts { chunks, clocks }).await
    })
    .await?;
    Ok(())
}

/// The rules whose deadlines need a clock.
pub(crate) fn clocks(session: &Session<'_>) -> Vec<RuleKey> {
    let mut out = Vec::new();
    for credential in &session.settings.credentials {
        for rule in session.settings.rules.clocks(&credential.name) {
            out.push(RuleKey {
                credential: credential.name.clone(),
                rule: rule.to_owned(),
            });
        }
    }
    out
}

pub(crate) fn chunks_of(credential: &str, boundaries: &[Key]) -> Vec<ChunkBounds> {
    let mut out = Vec::new();
    let mut lo: Option<String> = None;
    for boundary in boundaries {
        let hi = boundary.to_ledger();
        out.push(ChunkBounds {
            credential: credential.to_owned(),
            pass: 0,
            lo: lo.clone(),
            hi: Some(hi.clone()),
        });
        lo = Some(hi);
    }
    // The last one is open: what signs up during the run is seen too.
    out.push(ChunkBounds {
        credential: credential.to_owned(),
        pass: 0,
        lo,
        hi: None,
    });
    out
}
