//! The row that a login names.

use std::sync::Arc;

use crate::serve::event::SidecarEvent;
use crate::serve::http::ApiRefusal;
use crate::serve::work::{App, FoundRows, LoginCredential};
use crate::store::{CredentialColumn, Row};

/// A user's row, and the credential that it belongs to.
pub(super) struct FoundRow {
    pub(super) credential: Arc<LoginCredential>,
    pub(super) row: Row,
}

/// What was found for a login.
pub(super) struct FoundName {
    /// The only row that has it; none where two rows have it.
    pub(super) found: Option<FoundRow>,
    /// The same for every text that the database takes for the same login, whether any row has it
    /// or not. Limits go by it.
    pub(super) class: Vec<u8>,
}

/// Finds the only row that has this login, in whichever half of the credential's column it is.
/// Where two rows have it, nobody can log in by it.
pub(super) async fn find_row(
    app: &App,
    credential: &LoginCredential,
    login: &str,
) -> Result<FoundName, ApiRefusal> {
    let halves = app.halves(credential);
    let columns: Vec<&CredentialColumn> = halves.iter().map(|half| &half.column).collect();
    let found = app.database.find(&columns, login).await;
    let FoundRows { mut rows, class } = found.map_err(|_| {
        app.metrics.database_errors.add();
        ApiRefusal::Database
    })?;
    let found = rows.pop();
    if rows.is_empty() {
        let found = found.map(|(half, row)| FoundRow {
            credential: Arc::clone(halves[half]),
            row,
        });
        return Ok(FoundName { found, class });
    }
    app.metrics.ambiguous.add();
    if credential.notices.ambiguous.is_due() {
        app.observer.on(&SidecarEvent::Ambiguous {
            credential: credential.file_name.clone(),
        });
    }
    Ok(FoundName { found: None, class })
}
