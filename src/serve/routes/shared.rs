//! What every handler begins with: the state that requests share, and work that outlives its client.

use std::sync::Arc;

use axum::extract::State;

use crate::auth::Column;
use crate::scheme::Declared;
use crate::serve::http::{Refusal, Secret};
use crate::serve::work::App;

pub(super) type Shared = State<Arc<App>>;

/// Work that goes on to its end whether its client waits or not.
pub(super) async fn on_its_own<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::spawn(work).await.unwrap_or(Err(Refusal::Broken))
}

/// What a stateless route knows of a column.
pub(super) fn column(app: &App, credential: Option<&Secret>) -> Result<Column, Refusal> {
    match credential {
        Some(name) => app
            .credential(name.as_str())
            .map(|credential| credential.auth)
            .ok_or(Refusal::Unprocessable(
                "there is no credential of that name",
            )),
        None => Ok(Column {
            declared: Declared::Auto,
            outer: app.target.outer,
            dialect: app.target.dialect,
            normalize: None,
            dearest: None,
        }),
    }
}
