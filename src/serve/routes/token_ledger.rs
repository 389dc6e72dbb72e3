//! Tokens and the ledger that keeps them: which rows may have one, and refusals where it can't be
//! used.

use crate::serve::event::SidecarEvent;
use crate::serve::http::ApiRefusal;
use crate::serve::work::{App, DatabaseError, LoginCredential};
use crate::store::{ErrorClass, Row, Storage, StoreError};

/// Whether the row's user may choose a new password by a token.
pub(super) fn may_choose(credential: &LoginCredential, row: &Row) -> bool {
    let key = row.key.to_ledger();
    !row.excepted
        // A numeric column has lost leading zeros, so the old value can't be compared byte for
        // byte.
        && row.storage != Storage::Number
        && credential.auth.may_choose(row.stored.as_ref())
        // The ledger cuts a key that is too long, and can't find the row by it again.
        && key == row.key.to_ledger_line()
}

/// Makes sure that the ledger's tables are there.
pub(super) async fn make_sure_of_ledger(app: &App) -> Result<(), ApiRefusal> {
    let made = app.database.ledger().await;
    made.map_err(|error| refusal_of(app, &error))
}

/// The refusal for a ledger or a row that could not be read or written.
pub(super) fn refusal_of(app: &App, error: &DatabaseError) -> ApiRefusal {
    app.metrics.database_errors.add();
    let why = match error {
        DatabaseError::Store(StoreError::Refused { what, hint }) => format!("{what}; {hint}"),
        DatabaseError::Store(error)
            if matches!(error.class(), ErrorClass::Missing | ErrorClass::Denied) =>
        {
            error.to_string()
        }
        _ => return ApiRefusal::Database,
    };
    if app.notices.no_ledger.is_due() {
        app.observer.on(&SidecarEvent::NoLedger { why });
    }
    ApiRefusal::NoLedger
}
