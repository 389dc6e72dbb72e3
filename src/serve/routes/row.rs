//! The row that a login names, and the limit on how often one login is asked for.

use std::sync::Arc;

use crate::serve::event::SidecarEvent;
use crate::serve::http::ApiRefusal;
use crate::serve::limit::LoginLimits;
use crate::serve::work::{App, LoginCredential};
use crate::store::{CredentialColumn, Row};

/// Counts an attempt against a limit, and refuses it beyond the limit.
pub(super) fn count_attempt(
    app: &App,
    limits: Option<&LoginLimits>,
    credential: &LoginCredential,
    login: &str,
) -> Result<(), ApiRefusal> {
    // One login is one login, whichever half its row is in.
    let name = &app.credentials[credential.first_half].name;
    match limits.map(|limits| limits.take(name, login)) {
        Some(Err(seconds)) => {
            app.metrics.limited.add();
            Err(ApiRefusal::Limited { seconds })
        }
        _ => Ok(()),
    }
}

/// A user's row, and the credential that it belongs to.
pub(super) struct FoundRow {
    pub(super) credential: Arc<LoginCredential>,
    pub(super) row: Row,
}

/// Finds the only row that has this login, in whichever half of the credential's column it is.
/// Where two rows have it, nobody can log in by it.
pub(super) async fn find_row(
    app: &App,
    credential: &LoginCredential,
    login: &str,
) -> Result<Option<FoundRow>, ApiRefusal> {
    let halves = app.halves(credential);
    let columns: Vec<&CredentialColumn> = halves.iter().map(|half| &half.column).collect();
    let found = app.database.find(&columns, login).await;
    let mut rows = found.map_err(|_| {
        app.metrics.database_errors.add();
        ApiRefusal::Database
    })?;
    let found = rows.pop();
    if rows.is_empty() {
        return Ok(found.map(|(half, row)| FoundRow {
            credential: Arc::clone(halves[half]),
            row,
        }));
    }
    app.metrics.ambiguous.add();
    if credential.notices.ambiguous.is_due() {
        app.observer.on(&SidecarEvent::Ambiguous {
            credential: credential.file_name.clone(),
        });
    }
    Ok(None)
}
