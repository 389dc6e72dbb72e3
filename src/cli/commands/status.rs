//! `saltern status`: shows a run. It reads the ledger only.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::args::StatusArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::setup::{self, Setup};
use crate::config::Settings;
use crate::engine::{Steering, is_known_to_have_ended, names, retry};
use crate::policy::Deadlines;
use crate::report::{
    ControlStatus, LockLine, PassLine, QuarantineCount, RuleClockLine, RunStatusLine, StatusReport,
    WORKER_SILENT_MS, WaitLine, WorkerStatus,
};
use crate::store::ledger::{
    Accounts, ChunkRow, ChunkState, ControlLine, Names, RuleClock, RunRow, WaitingLine, chunk,
    clock, control, joined, lock, migrate, quarantine, run, waiting, worker,
};
use crate::store::{Conn, Link, Role, StoreError, now_ms_of};

pub(super) fn status(args: &StatusArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { settings, url } = setup::load_for_ledger(config)?;
    let names = names(&settings, &url)?;
    let report = setup::block_on(async {
        let mut link = Link::open(url.clone(), Role::Read).await?;
        let report = retry(&mut link, async |conn| {
            read(conn, &names, &settings, args.run.as_deref()).await
        })
        .await;
        link.close().await;
        report
    })??;
    let Some(report) = report else {
        output::out(&if args.json {
            format!("{}\n", StatusReport::nothing().json())
        } else {
            format!(
                "there is no ledger in {} yet: `saltern run --execute` makes it\n",
                url.redacted()
            )
        });
        return Ok(Exit::Done);
    };
    if let (Some(id), None) = (&args.run, &report.run) {
        return Err(Failure::usage(
            format!("the ledger has no run {id:?}"),
            "`saltern status` shows the newest".to_owned(),
        ));
    }
    output::out(&if args.json {
        format!("{}\n", report.json())
    } else {
        report.text()
    });
    Ok(match args.stalled {
        Some(most)
            if report
                .silent_ms()
                .is_some_and(|ms| u128::from(ms) >= most.as_millis()) =>
        {
            Exit::Stalled
        }
        _ => Exit::Done,
    })
}

/// So many of the orders are shown, beside those that stand.
const ORDERS_SHOWN: usize = 20;

/// What the ledger says. None where there is no ledger.
async fn read(
    conn: &mut Conn,
    names: &Names,
    settings: &Settings,
    id: Option<&str>,
) -> Result<Option<StatusReport>, StoreError> {
    if migrate::version(conn, names).await?.is_none() {
        return Ok(None);
    }
    let row = match id {
        Some(id) => run::by_id(conn, names, id).await?,
        None => run::newest(conn, names).await?,
    };
    let mut report = StatusReport {
        now_ms: now_ms_of(conn).await?,
        ..StatusReport::nothing()
    };
    report.control = orders(conn, names, row.as_ref()).await?;
    let clocks = clock::all(conn, names).await?;
    report.waiting = waits(settings, &clocks, waiting::all(conn, names).await?);
    report.clocks = clocks
        .into_iter()
        .map(|clock| deadline(settings, clock))
        .collect();
    let Some(row) = row else {
        return Ok(Some(report));
    };
    report.passes = passes(&chunk::list(conn, names, &row.id).await?);
    report.workers = worker::list(conn, names, &row.id)
        .await?
        .into_iter()
        .map(|w| {
            let has_ended = w.state == worker::ENDED || is_known_to_have_ended(&w.who);
            let is_gone = has_ended || report.now_ms - w.seen_ms > WORKER_SILENT_MS;
            WorkerStatus {
                threads: w.threads,
                state: match has_ended {
                    true => worker::ENDED.to_owned(),
                    false => w.state,
                },
                worker_name: match w.name.as_str() {
                    "" => w.who.host.clone(),
                    name => name.to_owned(),
                },
                host: w.who.host,
                pid: w.who.pid,
                reason: w.reason,
                per_minute: if is_gone { 0 } else { w.per_minute },
                seen_ms: w.seen_ms,
                gone: is_gone,
                chunk: w.chunk,
                last_commit_ms: w.commit_ms,
                outcome: w.outcome,
            }
        })
        .collect();
    let joined = joined::name_of(conn, names, &row.id).await?;
    report.locks = lock::holders(conn, names)
        .await?
        .into_iter()
        .map(|h| LockLine {
            column: h.name,
            host: h.host,
            pid: h.pid,
            run: h.run,
            left_ms: h.left_ms,
        })
        .collect();
    report.quarantine = quarantine::counts(conn, names, &row.id)
        .await?
        .into_iter()
        .map(|(credential, reason, rows)| QuarantineCount {
            credential,
            reason,
            rows,
        })
        .collect();
    let mut line = run_line(row);
    line.joined = joined.map(|joined| joined.name);
    line.per_minute = report.workers.iter().map(|w| w.per_minute).sum();
    report.run = Some(line);
    report.take_time_to_go();
    Ok(Some(report))
}

/// The last orders that are for the run or for every run, and all that stand.
async fn orders(
    conn: &mut Conn,
    names: &Names,
    run: Option<&RunRow>,
) -> Result<Vec<ControlStatus>, StoreError> {
    let all = control::all_of(conn, names, run.map(|run| run.id.as_str())).await?;
    let steering = Steering::of(&all);
    // A stop for every run stands for each of them, whatever was ordered for one alone.
    let of_all = all.iter().filter(|order| order.run.is_none());
    let of_all = Steering::of(&of_all.cloned().collect::<Vec<ControlLine>>());
    let standing: Vec<i64> = steering
        .standing()
        .chain(of_all.stop())
        .map(|order| order.no)
        .collect();
    let lines: Vec<ControlStatus> = all
        .iter()
        .map(|order| ControlStatus {
            verb: order.verb.as_str(),
            amount: order.amount,
            run: order.run.clone(),
            reason: order.reason.clone(),
            who: order.who.clone(),
            at_ms: order.at_ms,
            stands: standing.contains(&order.no),
        })
        .collect();
    let from = lines.len().saturating_sub(ORDERS_SHOWN);
    let (early, late) = lines.split_at(from);
    let early = early.iter().filter(|order| order.stands);
    Ok(early.chain(late).cloned().collect())
}

fn run_line(row: RunRow) -> RunStatusLine {
    RunStatusLine {
        id: row.id,
        digest: row.digest,
        state: row.state.as_str(),
        version: row.version,
        created_ms: row.created_ms,
        finished_ms: row.finished_ms,
        estimate: row.estimate,
        stopped: row.stopped,
        joined: None,
        per_minute: 0,
        seconds_left: None,
    }
}

/// Sums of the chunks by pass and credential. Passes come in their order, credentials in the order
/// of their first chunks.
fn passes(chunks: &[ChunkRow]) -> Vec<PassLine> {
    let mut order: BTreeMap<&str, usize> = BTreeMap::new();
    for chunk in chunks {
        let next = order.len();
        order.entry(&chunk.credential).or_insert(next);
    }
    let mut lines: BTreeMap<(i64, usize), (PassLine, Accounts)> = BTreeMap::new();
    for chunk in chunks {
        let place = (chunk.pass, order[chunk.credential.as_str()]);
        let (line, accounts) = lines.entry(place).or_insert_with(|| {
            let line = PassLine {
                credential: chunk.credential.clone(),
                pass: chunk.pass,
                chunks: 0,
                chunks_done: 0,
                accounts: Accounts::default().into(),
                open: 0,
                last_commit_ms: chunk.updated_ms,
            };
            (line, Accounts::default())
        });
        line.chunks += 1;
        line.chunks_done += usize::from(chunk.state == ChunkState::Done);
        line.last_commit_ms = line.last_commit_ms.max(chunk.updated_ms);
        *accounts += chunk.accounts;
    }
    lines
        .into_values()
        .map(|(line, a)| PassLine {
            accounts: a.into(),
            open: a.candidates - a.done - a.superseded - a.deleted - a.quarantined,
            ..line
        })
        .collect()
}

/// Every rule of the configuration for which rows may wait, with the last count. Rules that only
/// the ledger knows come last.
fn waits(settings: &Settings, clocks: &[RuleClock], counts: Vec<WaitingLine>) -> Vec<WaitLine> {
    let mut deadlines = Deadlines::new();
    for clock in clocks {
        deadlines.start(&clock.credential, &clock.rule, clock.since_ms);
    }
    let mut lines: Vec<WaitLine> = Vec::new();
    for credential in &settings.credentials {
        for (number, rule) in settings.rules.waited_for(&credential.name) {
            let label = settings.rules.label(number);
            lines.push(WaitLine::new(&credential.name, label, rule, &deadlines));
        }
    }
    let known = clocks.iter().map(|clock| (&clock.credential, &clock.rule));
    let counted = counts
        .iter()
        .map(|line| (&line.credential, &line.count.rule));
    for (credential, rule) in known.chain(counted) {
        let is_there = |line: &WaitLine| line.credential == *credential && line.rule == *rule;
        if !lines.iter().any(is_there) {
            lines.push(WaitLine::forgotten(credential, rule));
        }
    }
    for counted in counts {
        let of_it = |line: &&mut WaitLine| {
            line.credential == counted.credential && line.rule == counted.count.rule
        };
        if let Some(line) = lines.iter_mut().find(of_it) {
            line.rows = Some(counted.count.rows);
            line.counted_ms = Some(counted.at_ms);
        }
    }
    lines
}

fn deadline(settings: &Settings, clock: RuleClock) -> RuleClockLine {
    let named = settings
        .rules
        .iter()
        .find(|(_, rule)| rule.name.as_deref() == Some(clock.rule.as_str()));
    let due_ms = named
        .and_then(|(_, rule)| Some(clock.since_ms.saturating_add(rule.deadline?.after.millis())));
    RuleClockLine {
        credential: clock.credential,
        rule: clock.rule,
        since_ms: clock.since_ms,
        due_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(no: i64, credential: &str, pass: i64, done: i64) -> ChunkRow {
        ChunkRow {
            no,
            credential: credential.to_owned(),
            pass,
            state: if done > 0 {
                ChunkState::Done
            } else {
                ChunkState::Pending
            },
            accounts: Accounts {
                seen: done,
                candidates: done,
                done,
                ..Accounts::default()
            },
            updated_ms: no,
        }
    }

    #[test]
    fn chunks_are_added_up_by_pass_and_credential() {
        let lines = passes(&[
            chunk(0, "b", 0, 5),
            chunk(1, "b", 0, 0),
            chunk(2, "a", 0, 7),
            chunk(3, "b", 1, 1),
        ]);
        let shown: Vec<_> = lines
            .iter()
            .map(|l| {
                (
                    l.credential.as_str(),
                    l.pass,
                    l.chunks,
                    l.chunks_done,
                    l.accounts.done,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [("b", 0, 2, 1, 5), ("a", 0, 1, 1, 7), ("b", 1, 1, 1, 1)]
        );
        assert_eq!(lines[0].last_commit_ms, 1);
    }
}
