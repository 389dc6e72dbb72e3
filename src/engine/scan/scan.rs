//! One pass over every column that only reads: the census, what the rules say of it, and where
//! chunks may end.

use super::by_row::{RowCount, RowQuestion, count_by_row};
use super::chunker::Chunker;
use super::column::{ColumnScan, Group, Purpose, WaitCounts, census_settings, proven_of};
use super::edges::edges;
use super::known::{self, KnownQuestion};
use super::salted::{Proving, Samples, prove, prove_by_canary, samples_wanted};
use super::waiting::waits;
use crate::census::{Census, ColumnCensus, DividerValue, ObservedRow};
use crate::config::Credential;
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::judge::judge::{Judge, Moment};
use crate::engine::judge::parts::Proven;
use crate::engine::judge::work::RowFacts;
use crate::engine::patient::patiently;
use crate::engine::session::Session;
use crate::policy::{Facts, ResetMode, decide, waits_for};
use crate::scheme::{Context, Declared, Recognised, Weigher};
use crate::store::{CredentialColumn, DividerColumn, Order, StoreError, count_unlisted, scan};

/// Scans every column. Where a connection is lost the scan begins anew.
///
/// # Errors
/// Whatever the database says that does not pass in a minute.
pub async fn scan_columns(
    session: &mut Session<'_>,
    purpose: Purpose,
    observer: &dyn Observer,
) -> Result<Vec<ColumnScan>, EngineError> {
    patiently(session, observer, async |session| {
        scan_once(session, purpose, observer).await
    })
    .await
}

async fn scan_once(
    session: &mut Session<'_>,
    purpose: Purpose,
    observer: &dyn Observer,
) -> Result<Vec<ColumnScan>, EngineError> {
    known::check(session).await?;
    let is_asked = known::is_asked(session.settings);
    let mut scans = Vec::with_capacity(session.columns.len());
    let mut proof_left = session.proof.time;
    let mut canary_seen = false;
    for i in 0..session.columns.len() {
        observer.on(
            None,
            &Event::Preparing {
                what: format!("counting {}", session.columns[i].credential),
            },
        );
        // The census can't tell whether a list has the password, or whether it must be changed
        // already.
        let credential = &session.settings.credentials[i];
        let rules = &session.settings.rules;
        let by_row = is_asked || rules.resets_by(&credential.name, ResetMode::Soft);
        let first = if by_row { Purpose::Count } else { purpose };
        let seen = observe(session, i, first).await?;
        let mut census = seen.census;
        let proving = Proving {
            census: &mut census,
            samples: seen.samples,
            dividers: &seen.dividers,
            hash_keys: seen.hash_keys,
            time: proof_left,
        };
        let took = prove(session, i, proving, observer).await?;
        proof_left = proof_left.saturating_sub(took);
        if let Some(canary) = session.proof.canary.clone() {
            canary_seen |= prove_by_canary(session, i, &mut census, &canary).await?;
        }
        let proven = proven_of(&census, &session.settings.credentials[i], &seen.dividers)?;
        // Which rows are in a part that is kept, no line of the census tells.
        let by_row = by_row || !proven.kept().is_empty();
        let judging = KnownQuestion {
            proven: &proven,
            time: proof_left,
        };
        let (lists, took) = known::judge(session, i, judging, observer).await?;
        proof_left = proof_left.saturating_sub(took);
        let credential = &session.settings.credentials[i];
        let RowCount {
            groups,
            known,
            waits: counts,
            chunker,
        } = if by_row {
            let question = RowQuestion {
                proven: proven.clone(),
                known: lists,
                purpose,
            };
            count_by_row(session, i, &census, question).await?
        } else {
            let (groups, waits) = groups(session, credential, &census);
            RowCount {
                groups,
                known: None,
                waits,
                chunker: seen.chunker,
            }
        };
        let longest_label = chunker
            .labels
            .longest(session.settings, credential, &census, &groups);
        scans.push(ColumnScan {
            credential: credential.name.clone(),
            census,
            excepted: seen.excepted,
            unlisted: count_unlisted(&mut session.conn, &session.columns[i]).await?,
            proven,
            dividers: seen.dividers,
            groups,
            waits: waits(
                session.settings,
                &session.deadlines,
                &credential.name,
                &counts,
            ),
            counted_ms: session.now_ms,
            known,
            beyond_login_work: seen.beyond_login_work,
            longest_label,
            edges: Vec::new(),
            boundaries: chunker.boundaries,
        });
    }
    let found = edges(session, &scans).await?;
    for (scan, edges) in scans.iter_mut().zip(found) {
        scan.edges = edges;
    }
    if session.proof.canary.is_some() && !canary_seen {
        return Err(EngineError::refused(
            "no row of any credential has the login of --canary-login",
            "name an account that is there, as the column `login` of a credential has it",
        ));
    }
    Ok(scans)
}

/// What one pass over a column saw.
struct FirstPass {
    census: ColumnCensus,
    samples: Samples,
    excepted: u64,
    beyond_login_work: u64,
    dividers: Vec<DividerColumn>,
    hash_keys: [u64; 2],
    chunker: Chunker,
}

async fn observe(
    session: &mut Session<'_>,
    i: usize,
    purpose: Purpose,
) -> Result<FirstPass, EngineError> {
    let credential = &session.settings.credentials[i];
    let mut dividers = dividers(&session.columns[i], credential)?;
    dividers.retain(|column| !is_secret_of_another(&session.settings.credentials, i, column));
    let column = session.columns[i].with_salts()?.with_dividers(&dividers);
    let settings = census_settings(session, credential)?;
    let hash_keys = settings.hash_keys;
    let mut samples = Samples::new(hash_keys[0] ^ hash_keys[1]);
    let sampling = samples_wanted(credential);
    let divided = dividers.iter().map(|column| column.divider.clone());
    let mut census = Census::new(settings).dividing(divided.collect());
    let mut excepted = 0_u64;
    let mut beyond_login_work = 0_u64;
    let mut weigher = Weigher::new(
        credential.scheme,
        Context {
            site: credential.site.as_ref(),
            work_max: session.settings.serve.login_work_max,
            ..Context::default()
        },
    );
    let mut chunker = Chunker::new(purpose);
    let order = match purpose {
        Purpose::Chunks(_) => Order::Key,
        Purpose::Count | Purpose::Plan if sampling => Order::AnyWithKeys,
        Purpose::Count | Purpose::Plan => Order::Any,
    };
    // Nothing is proven yet: what is not proven counts as a candidate, for it may be one.
    let judge = Judge::new(
        session.settings,
        credential,
        Proven::default(),
        Moment {
            now_ms: session.now_ms,
            deadlines: &session.deadlines,
        },
    );
    scan(&mut session.conn, &column, order, &mut |row| {
        if row.excepted {
            excepted += 1;
            return Ok(());
        }
        let mut failed = None;
        let beside = (0..dividers.len()).map(|at| match row.divided(at) {
            Ok(value) => value.unwrap_or(DividerValue::Unread),
            Err(error) => {
                failed = Some(error);
                DividerValue::Unread
            }
        });
        let ObservedRow { recognised, is_hit } =
            census
                .beside(row.salt_beside()?)
                .observe_divided(row.value, row.last_login, beside);
        if let Some(error) = failed {
            return Err(error);
        }
        if let Some(value) = row.value
            && weigher.is_beyond(value, &recognised)
        {
            beyond_login_work += 1;
        }
        if sampling && let Recognised::Digest { shape, .. } = recognised {
            // What is a hit already is of that scheme.
            if !is_hit {
                samples.of(shape).offer(|| row.key())?;
            }
        }
        if !chunker.passes_over(row.value) {
            let row_facts = RowFacts {
                value: row.value,
                last_login: row.last_login,
                excepted: false,
                must_change: row.must_change,
                beside: &row,
            };
            let decided = judge.decide_recognised(&recognised, row_facts);
            chunker.row(session.settings, &row, &recognised, &decided)?;
        }
        Ok::<(), StoreError>(())
    })
    .await?;
    Ok(FirstPass {
        census: census.finish(),
        samples,
        excepted,
        beyond_login_work,
        dividers,
        hash_keys,
        chunker,
    })
}

/// The columns that divide the rows of a credential. None where it holds no digests.
fn dividers(
    column: &CredentialColumn,
    credential: &Credential,
) -> Result<Vec<DividerColumn>, StoreError> {
    match credential.scheme {
        Declared::Scheme(scheme) if scheme.shape().is_none() && credential.accept.is_empty() => {
            Ok(Vec::new())
        }
        _ => column.divider_columns(credential),
    }
}

/// Whether a column is the value or the salt of another credential of the table. Its values must be
/// in no report.
fn is_secret_of_another(all: &[Credential], own: usize, column: &DividerColumn) -> bool {
    let name = &column.divider.name;
    let others = (0..).zip(all).filter(|(at, other)| {
        *at != own && other.table == all[own].table && other.schema == all[own].schema
    });
    let mut secrets = others.flat_map(|(_, other)| {
        [
            Some(&other.column),
            other.salt.as_ref(),
            other.salt2.as_ref(),
        ]
    });
    // A credential that is divided has the salts of its parts.
    let is_own = all[own].salt.as_ref() == Some(name) || all[own].salt2.as_ref() == Some(name);
    !is_own && secrets.any(|secret| secret == Some(name))
}

/// What the rules say of every line and every stretch of last logins.
pub(crate) fn groups(
    session: &Session<'_>,
    credential: &Credential,
    census: &ColumnCensus,
) -> (Vec<Group>, WaitCounts) {
    let mut groups: Vec<Group> = Vec::new();
    let mut counts = WaitCounts::new();
    let expected = credential.expected(&session.settings.target);
    for (line_no, line) in census.lines.iter().enumerate() {
        let mut facts = Facts::new(
            &credential.name,
            &line.specimen,
            &session.settings.target,
            line.scheme,
        );
        facts.normalize = credential.normalize;
        facts.contradicts = expected.is_contradicted(&line.specimen);
        for (last_login, rows) in &line.last_logins {
            facts.last_login = *last_login;
            let (rules, now_ms) = (&session.settings.rules, session.now_ms);
            let decision = decide(rules, &facts, now_ms, &session.deadlines);
            if let Some(rule) = waits_for(rules, &facts, now_ms, &session.deadlines) {
                *counts.entry(rule).or_default() += rows;
            }
            match groups
                .iter_mut()
                .find(|g| g.line == line_no && g.decision == decision)
            {
                Some(group) => group.rows += rows,
                None => groups.push(Group {
                    line: line_no,
                    decision,
                    rows: *rows,
                }),
            }
        }
    }
    (groups, counts)
}
