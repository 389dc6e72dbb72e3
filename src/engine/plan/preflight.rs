//! The preflight of every column: a plan tells what it says, and a run is refused by it.
//!
//! What is checked is the store's business. `saltern doctor` shows all of it.

use super::clock_skew::{TimeBasis, check_clocks};
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::patient::patiently;
use crate::engine::refusal::Refusal;
use crate::engine::relabel::Relabel;
use crate::engine::request::Job;
use crate::engine::scan::column::ColumnScan;
use crate::engine::session::Session;
use crate::store::preflight::{
    Finding, Severity, Want, examine_ledger, is_about_the_server, preflight,
};

/// What is known of the labels that would be written, and so of the width that they need.
#[derive(Clone, Copy)]
pub(crate) enum LabelWidth<'a> {
    /// What the configuration says: no row has been read yet.
    Configured,
    /// They are these labels.
    Of(&'a Relabel),
    /// Nothing is labelled: dead values alone are written.
    Dead(TimeBasis),
    /// The columns were scanned: a row may need a longer one than the configuration says.
    Seen(&'a [ColumnScan]),
}

/// What the preflight says against a run.
#[derive(Debug, Default)]
pub(crate) struct PreflightFindings {
    /// Why it would be refused.
    pub(crate) refusals: Vec<Refusal>,
    /// What is to be known first.
    pub(crate) warnings: Vec<String>,
}

/// The preflight of every column, on the connection that reads: one that writes can't even begin on
/// a standby.
///
/// # Errors
/// Only where the database could not be asked for a minute.
pub(crate) async fn preflight_columns(
    session: &mut Session<'_>,
    width: LabelWidth<'_>,
    observer: &dyn Observer,
) -> Result<PreflightFindings, EngineError> {
    patiently(session, observer, async |session| {
        preflight_once(session, width).await
    })
    .await
}

/// The same, and what stands against the ledger: what is told before a run. A run itself meets it
/// where it makes the ledger.
///
/// # Errors
/// Only where the database could not be asked for a minute.
pub(crate) async fn preflight_whole(
    session: &mut Session<'_>,
    width: LabelWidth<'_>,
    observer: &dyn Observer,
) -> Result<PreflightFindings, EngineError> {
    patiently(session, observer, async |session| {
        let mut findings = preflight_once(session, width).await?;
        for finding in examine_ledger(&mut session.conn, &session.names).await? {
            findings.take(finding.what.clone(), finding);
        }
        Ok(findings)
    })
    .await
}

impl PreflightFindings {
    fn take(&mut self, what: String, finding: Finding) {
        match finding.severity {
            Severity::Refuse => self.refusals.push(Refusal {
                what,
                hint: format!(
                    "{}; `saltern doctor` shows everything that was found",
                    finding.todo.trim_end_matches(';')
                ),
            }),
            Severity::Warn => self.warnings.push(format!("{what}; {}", finding.todo)),
            Severity::Info => {}
        }
    }
}

async fn preflight_once(
    session: &mut Session<'_>,
    width: LabelWidth<'_>,
) -> Result<PreflightFindings, EngineError> {
    let mut findings = PreflightFindings::default();
    if let (Some(host_ms), false) = (session.host_ms, matches!(width, LabelWidth::Of(_))) {
        let by = match width {
            LabelWidth::Dead(by) => by,
            _ => TimeBasis::Rules,
        };
        let refusal = check_clocks(&session.settings.rules, by, session.now_ms, host_ms);
        findings.refusals.extend(refusal);
    }
    let mut told: Vec<&str> = Vec::new();
    for (i, credential) in session.settings.credentials.iter().enumerate() {
        let column = &session.columns[i];
        let mut want = Want::of_run(session.settings, credential);
        match width {
            LabelWidth::Configured | LabelWidth::Dead(_) => {}
            LabelWidth::Of(relabel) => want.longest_label = relabel.longest_label(),
            LabelWidth::Seen(scans) => want.has_seen(scans[i].longest_label),
        }
        if matches!(width, LabelWidth::Dead(_)) {
            want.resets_alone();
        }
        for finding in preflight(&mut session.conn, column, &want).await? {
            // What is said of the server is said once.
            let what = if is_about_the_server(finding.code) {
                if told.contains(&finding.code) {
                    continue;
                }
                told.push(finding.code);
                finding.what.clone()
            } else {
                format!("credential {}: {}", credential.name, finding.what)
            };
            findings.take(what, finding);
        }
    }
    Ok(findings)
}

/// What refuses ends the command before anything is written, what warns is told.
///
/// # Errors
/// The first refusal.
pub(crate) async fn require_preflight(
    session: &mut Session<'_>,
    width: LabelWidth<'_>,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    let findings = preflight_columns(session, width, observer).await?;
    if let Some(refusal) = findings.refusals.into_iter().next() {
        return Err(EngineError::refused(refusal.what, refusal.hint));
    }
    for text in findings.warnings {
        observer.on(None, &Event::Warning { text });
    }
    Ok(())
}

impl<'a> LabelWidth<'a> {
    /// What is known of a job before a row was read.
    pub(crate) fn of_job(job: &'a Job) -> Self {
        match job {
            Job::Rules => Self::Configured,
            Job::Relabel(relabel) => Self::Of(relabel),
            Job::Reset(request) => Self::Dead(match request.wrapped_before {
                Some(_) => TimeBasis::Age,
                None => TimeBasis::Rules,
            }),
        }
    }
}
