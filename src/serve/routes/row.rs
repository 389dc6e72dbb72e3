//! The row that a login names, and the limit on how often one login is asked for.

use crate::serve::event::SidecarEvent;
use crate::serve::http::ApiRefusal;
use crate::serve::limit::LoginLimits;
use crate::serve::work::{App, LoginCredential};
use crate::store::Row;

/// Counts an attempt against a limit, and refuses it beyond the limit.
pub(super) fn count_attempt(
    app: &App,
    limits: Option<&LoginLimits>,
    credential: &LoginCredential,
    login: &str,
) -> Result<(), ApiRefusal> {
    match limits.map(|limits| limits.take(&credential.name, login)) {
        Some(Err(seconds)) => {
            app.metrics.limited.add();
            Err(ApiRefusal::Limited { seconds })
        }
        _ => Ok(()),
    }
}

/// Finds the only row that has this login. Where two rows have it, nobody can log in by it.
pub(super) async fn find_row(
    app: &App,
    credential: &LoginCredential,
    login: &str,
) -> Result<Option<Row>, ApiRefusal> {
    let found = app.database.find(&credential.column, login).await;
    let mut rows = found.map_err(|_| {
        app.metrics.database_errors.add();
        ApiRefusal::Database
    })?;
    let row = rows.pop();
    if rows.is_empty() {
        return Ok(row);
    }
    app.metrics.ambiguous.add();
    if credential.notices.ambiguous.is_due() {
        app.observer.on(&SidecarEvent::Ambiguous {
            credential: credential.name.clone(),
        });
    }
    Ok(None)
}
