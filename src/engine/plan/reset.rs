//! What `saltern reset` would do. Writes nothing.

use super::job::JobPlan;
use super::preflight::{LabelWidth, preflight_whole};
use super::reset_count::{ResetCount, count, grounds};
use super::reset_selection::resolve;
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::refusal::Refusal;
use crate::engine::request::{Job, ResetRequest, RunOptions};
use crate::engine::session::Session;

/// What would be reset.
#[derive(Debug)]
pub struct ResetPlan {
    /// The digest of what was asked for.
    pub digest: String,
    /// The columns, in the order of the configuration.
    pub columns: Vec<ResetCount>,
    /// What would make `reset --execute` refuse.
    pub refusals: Vec<Refusal>,
    /// What the operator should know.
    pub warnings: Vec<String>,
}

impl ResetPlan {
    /// How many rows are meant.
    pub fn rows(&self) -> u64 {
        self.columns.iter().map(|column| column.rows).sum()
    }
}

/// Says what would be reset. Writes nothing.
///
/// # Errors
/// Whatever the database says; a list with a line that is wrong; settings that the request was not
/// applied to ([`ResetRequest::apply_to`]).
pub async fn plan_reset(
    session: &mut Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<ResetPlan, EngineError> {
    let Job::Reset(request) = &options.job else {
        return Err(EngineError::refused("this is no reset", "report it"));
    };
    ResetRequest::check_applied(session.settings)?;
    let findings = preflight_whole(session, LabelWidth::of_job(&options.job), observer).await?;
    let selection = resolve(session, request, observer).await?;
    let grounds = grounds(session, observer).await?;
    let columns = count(session, &grounds, &selection, observer).await?;
    Ok(ResetPlan {
        digest: JobPlan::new(&options.job, session.settings).digest,
        columns,
        refusals: findings.refusals,
        warnings: findings.warnings,
    })
}

/// More rows than the operator counts on, or fewer; `done` were reset before the run was stopped.
pub(crate) fn check_confirmed(
    confirm: Option<u64>,
    rows: u64,
    done: u64,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    let Some(confirmed) = confirm else {
        return Ok(());
    };
    let rows = rows.saturating_add(done);
    if rows > confirmed {
        let before = if done > 0 {
            format!(", with the {done} that this unfinished run has reset already")
        } else {
            String::new()
        };
        return Err(EngineError::refused(
            format!("{rows} rows would be reset{before}, and --confirm says {confirmed}"),
            "look at what `saltern reset` prints without --execute; if it is as many as you mean, confirm as many",
        ));
    }
    if rows < confirmed {
        observer.on(
            None,
            &Event::Warning {
                text: format!(
                    "{rows} rows are to be reset, {} fewer than --confirm says",
                    confirmed - rows
                ),
            },
        );
    }
    Ok(())
}
