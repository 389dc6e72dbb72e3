//! The row that a login names, and the limit of how often it is asked for.

use crate::serve::event::Event;
use crate::serve::http::Refusal;
use crate::serve::limit::Limits;
use crate::serve::work::{App, Credential};
use crate::store::Row;

/// Counts a try against a limit.
pub(in crate::serve) fn limited(
    app: &App,
    limits: Option<&Limits>,
    credential: &Credential,
    login: &str,
) -> Result<(), Refusal> {
    match limits.map(|limits| limits.take(&credential.name, login)) {
        Some(Err(seconds)) => {
            app.metrics.limited.add();
            Err(Refusal::Limited { seconds })
        }
        _ => Ok(()),
    }
}

/// The only row that has this login.
pub(in crate::serve) async fn row_of(
    app: &App,
    credential: &Credential,
    login: &str,
) -> Result<Option<Row>, Refusal> {
    let mut rows = app
        .database
        .find(&credential.column, login)
        .await
        .map_err(|_| {
            app.metrics.database_errors.add();
            Refusal::Database
        })?;
    let row = rows.pop();
    if rows.is_empty() {
        return Ok(row);
    }
    app.metrics.ambiguous.add();
    if credential.told.ambiguous.is_due() {
        app.observer.on(&Event::Ambiguous {
            credential: credential.name.clone(),
        });
    }
    // The row of one of them would be anybody's guess.
    Ok(None)
}
