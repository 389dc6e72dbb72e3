//! A new run: every column is scanned, what must not be begun is refused, the run is created.

use std::collections::HashMap;
use std::sync::Arc;

use super::prepared::{Basis, RunDraft};
use crate::config::Credential;
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer, to_i64};
use crate::engine::judge::spec::spec_of;
use crate::engine::page_limits::{PAGE_ROWS_MAX, PAGE_SECONDS};
use crate::engine::plan::dry_run::tell_missing;
use crate::engine::plan::preflight::{LabelWidth, preflight_columns};
use crate::engine::plan::refusals::{
    cautions, check_ready, computed, doubts, kept_words, unjudged,
};
use crate::engine::plan::relabel_count::count;
use crate::engine::plan::reset::check_confirmed;
use crate::engine::plan::reset_count::{Grounds, ResetCount, count as count_resets, grounds};
use crate::engine::plan::reset_selection::resolve;
use crate::engine::request::{Job, ResetRequest, RunOptions, Selection};
use crate::engine::retry::retry;
use crate::engine::run::context::RunRequest;
use crate::engine::run::pass_no::PassNo;
use crate::engine::scan::column::{ColumnScan, Purpose};
use crate::engine::scan::scan::scan_columns;
use crate::engine::scan::waiting::waiting_columns;
use crate::engine::session::Session;
use crate::failpoint::hit;
use crate::store::ledger::{
    ChunkBounds, ClockKey, LockOwner, Names, NewRun, RunParts, RunRow, RunState, clock, create_run,
    run as runs,
};
use crate::store::{CredentialColumn, Key, Link};

/// A chunk is about so much hashing.
const CHUNK_SECONDS: f64 = 300.0;

/// A run that members share has at least so many chunks, where pages allow.
const SHARED_CHUNKS_MIN: usize = 1_000;

/// One of its chunks is at most about so much hashing.
const SHARED_CHUNK_SECONDS: f64 = 60.0;

/// Scans every column, and refuses what must not be begun.
pub(crate) async fn begin(
    session: &mut Session<'_>,
    rate: f64,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<RunDraft, EngineError> {
    if let Job::Relabel(relabel) = &options.job {
        let counted = count(session, relabel, observer).await?;
        return Ok(RunDraft {
            candidates: counted.iter().map(|column| column.candidates).sum(),
            chunks: counted
                .iter()
                .flat_map(|column| chunks_of(&column.credential, &column.boundaries))
                .collect(),
            ..RunDraft::default()
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
    let size = match options.join {
        None => (rate * CHUNK_SECONDS).clamp(1_000.0, 100_000.0) as u64,
        // A page; what is more is merged when the number of chunks is known.
        Some(_) => (rate * PAGE_SECONDS).clamp(1.0, PAGE_ROWS_MAX as f64) as u64,
    };
    let scans = scan_columns(session, Purpose::Chunks(size), observer).await?;
    if let Some(refusal) = doubts(session, &scans).into_iter().next() {
        return Err(EngineError::Refused {
            what: refusal.what,
            hint: refusal.hint,
        });
    }
    // How much goes behind each hash is known now.
    let findings = preflight_columns(session, LabelWidth::Seen(&scans), observer).await?;
    if let Some(refusal) = findings.refusals.into_iter().next() {
        return Err(EngineError::refused(refusal.what, refusal.hint));
    }
    let rewritten: Vec<String> = scans
        .iter()
        .filter(|scan| scan.hashes() > 0)
        .map(|scan| scan.credential.clone())
        .collect();
    check_ready(session, options, &rewritten)?;
    // Of a divided credential the pass can't tell: the row may be in another part.
    if let Selection::Keys(lines) = &options.selection
        && session.columns.iter().any(CredentialColumn::is_part)
    {
        tell_missing(session, lines, observer).await?;
    }
    let unjudged = scans.iter().filter_map(|scan| unjudged(session, scan));
    let computed = match options.selection {
        Selection::Canary(_) | Selection::Keys(_) => computed(session, &scans),
        Selection::All => Vec::new(),
    };
    let told = cautions(session, &scans)
        .into_iter()
        .chain(computed)
        .chain(kept_words(session, &scans));
    for text in told.chain(unjudged) {
        observer.on(None, &Event::Warning { text });
    }
    Ok(RunDraft {
        candidates: scans.iter().map(ColumnScan::candidates).sum(),
        uncovered: to_i64(scans.iter().map(ColumnScan::uncovered).sum()),
        chunks: match options.join {
            None => scans
                .iter()
                .flat_map(|scan| chunks_of(&scan.credential, &scan.boundaries))
                .collect(),
            Some(_) => shared_chunks(&scans, size as f64 / rate.max(f64::MIN_POSITIVE)),
        },
        basis: Basis {
            proven: scans
                .iter()
                .map(|l| (l.credential.clone(), l.proven.clone()))
                .collect(),
            known: scans
                .iter()
                .filter_map(|l| Some((l.credential.clone(), l.known.as_ref()?.asked())))
                .collect(),
            ..Basis::default()
        },
        rewritten,
        clocks: clocks(session),
        waits: waiting_columns(session.settings, &scans),
    })
}

/// Counts what is to be reset, and refuses where it is more than was confirmed.
async fn begin_reset(
    session: &mut Session<'_>,
    request: &ResetRequest,
    observer: &dyn Observer,
) -> Result<RunDraft, EngineError> {
    let selection = resolve(session, request, observer).await?;
    let grounds = Grounds {
        limit: request.limit,
        ..grounds(session, observer).await?
    };
    let counted = count_resets(session, &grounds, &selection, observer).await?;
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
    Ok(RunDraft {
        candidates: rows.min(request.limit.unwrap_or(rows)),
        chunks,
        basis: Basis {
            proven: grounds.proven,
            known: grounds.known,
            selection: Some(Arc::new(selection)),
            cohort: request.limit.map(|_| cohorts(counted)),
        },
        ..RunDraft::default()
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

/// Creates the run; none where another worker has taken over the locks.
///
/// Where the answer to its COMMIT is lost, it is looked for before it is created again.
pub(crate) async fn create(
    control: &mut Link,
    session: &Session<'_>,
    request: &RunRequest<'_>,
    draft: &RunDraft,
) -> Result<Option<RunRow>, EngineError> {
    let names = &session.names;
    let new = NewRun {
        id: request.new_id.to_owned(),
        digest: request.job.digest.clone(),
        spec: spec_of(
            &request.job.text,
            &draft.basis.proven,
            draft.rewritten.clone(),
            session.now_ms,
        ),
        estimate: to_i64(draft.candidates),
    };
    hit("before-create");
    let is_created = retry(control, async |conn| {
        if runs::by_id(conn, names, &new.id).await?.is_some() {
            // Another member may have created a joined one, by proofs of its own: it goes on by
            // what the ledger has.
            return Ok(request.duty.is_none());
        }
        let parts = RunParts {
            chunks: &draft.chunks,
            clocks: &draft.clocks,
            owner: Some(LockOwner {
                duty: request.duty,
                ..session.lock_owner(request.holder)
            }),
        };
        create_run(conn, names, &new, parts).await
    })
    .await?;
    if !is_created {
        return Ok(None);
    }
    hit("after-create");
    let stands = retry(control, async |conn| {
        runs::by_id(conn, names, &new.id).await
    })
    .await?;
    match stands {
        Some(run) if run.state == RunState::Active => Ok(Some(run)),
        // Another worker has taken it over already, and brought it to its end.
        Some(_) => Ok(None),
        None => Err(EngineError::refused(
            "the run that was just created is gone",
            "look at the ledger",
        )),
    }
}

/// Starts the clocks of deadlines where there is no run to create.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn start_clocks(
    control: &mut Link,
    names: &Names,
    clocks: &[ClockKey],
) -> Result<(), EngineError> {
    for of in clocks {
        retry(control, async |conn| clock::start(conn, names, of).await).await?;
    }
    Ok(())
}

/// The clocks that the deadlines of the rules need.
fn clocks(session: &Session<'_>) -> Vec<ClockKey> {
    let of_credential = |credential: &Credential| {
        let rules = session.settings.rules.clocks(&credential.name);
        let key = |rule: &str| ClockKey {
            credential: credential.name.clone(),
            rule: rule.to_owned(),
        };
        rules.map(key).collect::<Vec<_>>()
    };
    let credentials = session.settings.credentials.iter();
    credentials.flat_map(of_credential).collect()
}

/// The chunks of a run that members share, where the boundaries are so many seconds of hashing
/// apart.
fn shared_chunks(scans: &[ColumnScan], seconds: f64) -> Vec<ChunkBounds> {
    let pieces = scans.iter().map(|scan| scan.boundaries.len() + 1).sum();
    let merged = merge_factor(pieces, seconds);
    let of_scan = |scan: &ColumnScan| {
        let last_of = scan.boundaries.iter().skip(merged - 1).step_by(merged);
        chunks_of(&scan.credential, &last_of.cloned().collect::<Vec<_>>())
    };
    scans.iter().flat_map(of_scan).collect()
}

/// How many pieces of a page make a chunk. The last members to end have little left to wait for
/// where chunks are small, and the ledger has little to do where they are few.
fn merge_factor(pieces: usize, seconds: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive number; the cast saturates"
    )]
    let by_time = (SHARED_CHUNK_SECONDS / seconds) as usize;
    (pieces / SHARED_CHUNKS_MIN).min(by_time).max(1)
}

/// The chunks of one column's first pass.
fn chunks_of(credential: &str, boundaries: &[Key]) -> Vec<ChunkBounds> {
    let mut out = Vec::new();
    let mut lo: Option<String> = None;
    for boundary in boundaries {
        let hi = boundary.to_ledger();
        out.push(ChunkBounds {
            credential: credential.to_owned(),
            pass: PassNo::First.number(),
            lo: lo.clone(),
            hi: Some(hi.clone()),
        });
        lo = Some(hi);
    }
    // The last one is open: what signs up during the run is seen too.
    out.push(ChunkBounds {
        credential: credential.to_owned(),
        pass: PassNo::First.number(),
        lo,
        hi: None,
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_chunks_are_many_and_none_is_much_hashing() {
        // A small table: each page is a chunk.
        assert_eq!(merge_factor(12, 2.0), 1);
        // A hundred million rows at 40 a second, of which a page has 80.
        assert_eq!(merge_factor(1_250_000, 2.0), 30);
        // The same where hashing costs nothing, and a page has 2,000.
        assert_eq!(merge_factor(50_000, 0.001), 50);
    }
}
