//! A dry run: says what would be done, and writes nothing.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use super::preflight::{LabelWidth, preflight_whole};
use super::refusals::{kept_words, refusals};
use super::relabel_count::count;
use super::reset::plan_reset;
use crate::census::ListVerdicts;
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Finished, Observer, to_i64};
use crate::engine::judge::judge::{Judge, Moment};
use crate::engine::judge::parts::Proven;
use crate::engine::judge::row_event::row_event;
use crate::engine::judge::work::Disposition;
use crate::engine::key_list::parse_keys;
use crate::engine::page_limits::PAGE_ROWS_MAX;
use crate::engine::patient::patiently;
use crate::engine::relabel::Relabel;
use crate::engine::request::{Job, RunOptions, Selection};
use crate::engine::scan::column::{ColumnKnown, ColumnScan, Purpose};
use crate::engine::scan::scan::scan_columns;
use crate::engine::session::Session;
use crate::store::ledger::Accounts;
use crate::store::{Bounds, Key, read_keys, read_page};

/// Says what would be done.
pub(crate) async fn dry_run(
    session: &mut Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<Finished, EngineError> {
    let begun = Instant::now();
    if let Job::Relabel(relabel) = &options.job {
        return dry_run_relabel(session, relabel, options, observer).await;
    }
    if matches!(options.job, Job::Reset(_)) {
        let plan = plan_reset(session, options, observer).await?;
        let accounts = Accounts {
            seen: to_i64(plan.columns.iter().map(|column| column.seen).sum()),
            candidates: to_i64(plan.rows()),
            ..Accounts::default()
        };
        let finished = Finished::dry(accounts, begun.elapsed());
        observer.on(None, &Event::Finished(finished.clone()));
        return Ok(finished);
    }
    let scans = scan_columns(session, Purpose::Plan, observer).await?;
    let unfit = preflight_whole(session, LabelWidth::Seen(&scans), observer)
        .await?
        .refusals;
    for refusal in unfit.into_iter().chain(refusals(session, &scans)) {
        let text = format!(
            "run --execute would refuse: {}; {}",
            refusal.what, refusal.hint
        );
        observer.on(None, &Event::Warning { text });
    }
    for text in kept_words(session, &scans) {
        observer.on(None, &Event::Warning { text });
    }
    let mut accounts = Accounts::default();
    for (i, seen) in scans.iter().enumerate() {
        accounts.seen += to_i64(seen.census.rows + seen.excepted);
        accounts.candidates += to_i64(seen.candidates());
        if options.print {
            let printed = PrintedColumn {
                at: i,
                proven: seen.proven.clone(),
                known: seen.known.as_ref().map(ColumnKnown::asked),
            };
            print_rows(session, printed, options, observer).await?;
        }
    }
    if let Selection::Keys(lines) = &options.selection {
        tell_missing(session, lines, observer).await?;
    }
    let waiting = scans.iter().map(ColumnScan::waiting).sum();
    let finished = Finished {
        waiting: to_i64(waiting),
        uncovered: to_i64(scans.iter().map(ColumnScan::uncovered).sum()),
        ..Finished::dry(accounts, begun.elapsed())
    };
    observer.on(None, &Event::Finished(finished.clone()));
    Ok(finished)
}

/// Tells of the keys that no row has. A key of a divided credential is that of a row in one of its
/// parts.
pub(crate) async fn tell_missing(
    session: &mut Session<'_>,
    lines: &[String],
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    let mut keys = parse_keys(&session.columns, lines)?;
    let (mut found, mut missing) = (HashSet::new(), Vec::new());
    for (at, credential) in session.settings.credentials.iter().enumerate() {
        let asked = keys.remove(&credential.name).unwrap_or_default();
        let rows = patiently(session, observer, async |session| {
            Ok(read_keys(&mut session.conn, &session.columns[at], &asked).await?)
        });
        let rows = rows.await?;
        for (key, row) in asked.into_iter().zip(rows) {
            let named = (credential.file_name().to_owned(), key.to_string());
            match row {
                Some(_) => found.extend([named]),
                None if missing.contains(&named) => {}
                None => missing.push(named),
            }
        }
    }
    for named in missing.iter().filter(|named| !found.contains(*named)) {
        let (credential, key) = named;
        let text = format!("credential {credential}: there is no row with the key {key}");
        observer.on(None, &Event::Warning { text });
    }
    Ok(())
}

/// Says how many labels would be rewritten.
async fn dry_run_relabel(
    session: &mut Session<'_>,
    relabel: &Relabel,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<Finished, EngineError> {
    let begun = Instant::now();
    let unfit = preflight_whole(session, LabelWidth::Of(relabel), observer)
        .await?
        .refusals;
    for refusal in unfit {
        let text = format!(
            "relabel --execute would refuse: {}; {}",
            refusal.what, refusal.hint
        );
        observer.on(None, &Event::Warning { text });
    }
    let mut accounts = Accounts::default();
    for (i, counted) in count(session, relabel, observer).await?.iter().enumerate() {
        accounts.seen += to_i64(counted.rows);
        accounts.candidates += to_i64(counted.candidates);
        if options.print {
            let printed = PrintedColumn {
                at: i,
                proven: Proven::default(),
                known: None,
            };
            print_rows(session, printed, options, observer).await?;
        }
    }
    let finished = Finished::dry(accounts, begun.elapsed());
    observer.on(None, &Event::Finished(finished.clone()));
    Ok(finished)
}

/// A column whose rows are printed, and what they are judged by.
struct PrintedColumn {
    /// Its place among the session's columns.
    at: usize,
    proven: Proven,
    known: Option<Arc<ListVerdicts>>,
}

/// Emits an event for every row that a run would do something to.
async fn print_rows(
    session: &mut Session<'_>,
    printed: PrintedColumn,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    let PrintedColumn { at, proven, known } = printed;
    let credential = &session.settings.credentials[at];
    let column = session.columns[at]
        .with_salts()?
        .with_dividers_of(credential, proven.dividers())?;
    let deadlines = session.deadlines.clone();
    let moment = Moment {
        now_ms: session.now_ms,
        deadlines: &deadlines,
    };
    let judge = Judge::new(session.settings, credential, proven, moment)
        .with_known(known)
        .for_job(&options.job);
    let mut left = match &options.selection {
        Selection::Canary(n) => *n,
        _ => u64::MAX,
    };
    if let Selection::Keys(lines) = &options.selection {
        let keys = parse_keys(&session.columns, lines)?
            .remove(&credential.name)
            .unwrap_or_default();
        let rows = patiently(session, observer, async |session| {
            Ok(read_keys(&mut session.conn, &column, &keys).await?)
        });
        for row in rows.await?.into_iter().flatten() {
            observer.on(None, &row_event(&credential.name, &row, &judge.judge(&row)));
        }
        return Ok(());
    }
    let mut after: Option<Key> = None;
    loop {
        let rows = patiently(session, observer, async |session| {
            let bounds = Bounds {
                after: after.as_ref(),
                up_to: None,
                limit: PAGE_ROWS_MAX,
            };
            Ok(read_page(&mut session.conn, &column, bounds).await?)
        });
        let rows = rows.await?;
        for row in &rows {
            let judged = judge.judge(row);
            if matches!(judged.disposition, Disposition::Keep | Disposition::Waits) {
                continue;
            }
            if left == 0 {
                return Ok(());
            }
            left -= 1;
            observer.on(None, &row_event(&credential.name, row, &judged));
        }
        if rows.len() < PAGE_ROWS_MAX {
            return Ok(());
        }
        after = rows.last().map(|r| r.key.clone());
    }
}
