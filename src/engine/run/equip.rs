//! What a run is equipped with before its first page: the pool, its counts so far, and what each
//! column's rows are judged by.

use std::collections::HashMap;

use super::accounts::count_run;
use super::context::RunRequest;
use super::progress::RunCounts;
use super::start::prepared::Prepared;
use crate::engine::error::EngineError;
use crate::engine::hash::budget::threads_max;
use crate::engine::hash::pool::Hasher;
use crate::engine::judge::judge::{Judge, Moment};
use crate::engine::session::Session;
use crate::machine::Machine;
use crate::store::{CredentialColumn, Link, StoreError};

/// What a run is equipped with.
pub(crate) struct Equipment<'a> {
    pub(crate) hasher: Hasher,
    pub(crate) counts: RunCounts,
    pub(crate) judges: HashMap<String, Judge<'a>>,
    /// With the salts and names that a judge looks at.
    pub(crate) columns: Vec<CredentialColumn>,
}

/// Starts the pool, reads the counts, makes the judges.
///
/// # Errors
/// A system that gives no threads; whatever the database says.
pub(crate) async fn equip<'s>(
    control: &mut Link,
    session: &'s Session<'s>,
    request: &RunRequest<'_>,
    prepared: &Prepared,
) -> Result<Equipment<'s>, EngineError> {
    let budget = &prepared.measured.budget;
    let dialect = session.settings.target.dialect;
    // An order may let more threads hash than the run was begun with.
    let room = match request.job.hashes {
        true => threads_max(&Machine::detect(), budget),
        false => budget.threads,
    };
    let hasher = Hasher::start_with_room(request.job.outer, dialect, budget, room)?;
    hasher.tune(prepared.measured.rate / budget.threads as f64);
    let counts = count_run(control, &session.names, &prepared.run.id).await?;
    let basis = &prepared.basis;
    let moment = Moment {
        now_ms: prepared.as_of_ms,
        deadlines: &session.deadlines,
    };
    let mut judges = HashMap::new();
    for credential in &session.settings.credentials {
        let name = &credential.name;
        let proven = basis.proven.get(name).cloned().unwrap_or_default();
        let judge = Judge::new(session.settings, credential, proven, moment)
            .with_known(basis.known.get(name).cloned())
            .for_job(&request.options.job)
            .with_selection(basis.selection.clone());
        judges.insert(name.clone(), judge);
    }
    let columns = session.columns.iter();
    let columns = columns
        .zip(&session.settings.credentials)
        .map(|(column, credential)| {
            let judge: &Judge<'_> = &judges[&column.credential];
            let column = column.with_dividers_of(credential, judge.dividers())?;
            match judge.beside() {
                [] => Ok(column),
                companions => column.with_companions(companions),
            }
        });
    let columns = columns.collect::<Result<Vec<CredentialColumn>, StoreError>>()?;
    Ok(Equipment {
        hasher,
        counts,
        judges,
        columns,
    })
}
