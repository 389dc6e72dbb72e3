//! The row that a login names.

use std::sync::Arc;

use crate::serve::event::SidecarEvent;
use crate::serve::http::ApiRefusal;
use crate::serve::work::{App, ClassOwner, FoundRows, LoginCredential};
use crate::store::{CredentialColumn, Key, LoginRow, Row};

/// A user's row, and the credential that it belongs to.
pub(super) struct FoundRow {
    pub(super) credential: Arc<LoginCredential>,
    pub(super) row: Row,
    /// The class of the name by which it was found; empty where it was found by a token.
    pub(super) class: Vec<u8>,
}

/// What was found for a login.
pub(super) struct FoundName {
    /// The only row that has it; none where two rows have it.
    pub(super) found: Option<FoundRow>,
    /// The same for every text that the database takes for the same login, whether any row has it
    /// or not: at least one for each column of logins. Limits go by them.
    pub(super) classes: Vec<Vec<u8>>,
    /// Whose they are.
    owners: Vec<ClassOwner>,
    /// The credential's halves.
    halves: Vec<Arc<LoginCredential>>,
}

impl FoundName {
    /// Whether a row other than this one has the class. Then what is counted in it may be tries for
    /// that row.
    pub(super) fn is_others(&self, class: &[u8], (half, key): (&LoginCredential, &Key)) -> bool {
        let mut owners = self.owners.iter().filter(|owner| owner.class == class);
        owners.any(|owner| self.halves[owner.half].name != half.name || owner.key != *key)
    }
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
    let FoundRows {
        mut rows,
        owners,
        classes,
    } = found.map_err(|_| {
        app.metrics.database_errors.add();
        ApiRefusal::Database
    })?;
    let found = rows.pop();
    if rows.is_empty() {
        let found = found.map(|(half, LoginRow { class, row, .. })| FoundRow {
            credential: Arc::clone(halves[half]),
            row,
            class,
        });
        return Ok(FoundName {
            found,
            classes,
            owners,
            halves: halves.into_iter().cloned().collect(),
        });
    }
    app.metrics.ambiguous.add();
    if credential.notices.ambiguous.is_due() {
        app.observer.on(&SidecarEvent::Ambiguous {
            credential: credential.file_name.clone(),
        });
    }
    Ok(FoundName {
        found: None,
        classes,
        owners,
        halves: halves.into_iter().cloned().collect(),
    })
}
