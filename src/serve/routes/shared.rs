//! What every handler begins with: the shared state, the credential, and work that outlives a
//! client.

use std::sync::Arc;

use axum::extract::State;

use crate::auth::Column;
use crate::scheme::Declared;
use crate::serve::http::{ApiRefusal, SecretText};
use crate::serve::presence::Presence;
use crate::serve::work::{App, KnownLists, LoginCredential};

pub(super) type AppState = State<Arc<App>>;

/// Runs work on a task of its own, to its end. For a client that has left it begins no hash.
pub(super) async fn run_detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiRefusal>> + Send + 'static,
) -> Result<T, ApiRefusal> {
    let (_here, presence) = Presence::new();
    tokio::spawn(presence.scope(work))
        .await
        .unwrap_or(Err(ApiRefusal::Broken))
}

/// The credential of that name.
pub(super) fn named_credential<'a>(
    app: &'a App,
    name: &SecretText,
) -> Result<&'a Arc<LoginCredential>, ApiRefusal> {
    app.credential(name.as_str())
        .ok_or(ApiRefusal::Unprocessable(
            "there is no credential of that name",
        ))
}

/// The column for a route that reads no database: that of a credential, or one with the target
/// alone.
pub(super) fn column(app: &App, credential: Option<&Arc<LoginCredential>>) -> Column {
    match credential {
        Some(credential) => credential.auth,
        None => Column {
            declared: Declared::Auto,
            outer: app.target.outer,
            dialect: app.target.dialect,
            normalize: None,
        },
    }
}

/// The lists that a new password of the column must not stand in; none for secret answers, which
/// are words of a language and stand in lists of passwords by nature.
pub(super) fn lists_for(app: &App, column: &Column) -> Option<Arc<KnownLists>> {
    column.normalize.is_none().then(|| Arc::clone(&app.known))
}
