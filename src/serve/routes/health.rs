//! Whether the sidecar is alive, whether it can serve, and its counts.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::shared::AppState;
use crate::serve::http::{ApiRefusal, Health, json};
use crate::serve::place::ClientPlace;

/// Whether the process is alive
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "It is", body = Health)), security(()))]
pub(in crate::serve) async fn healthz() -> Response {
    json(StatusCode::OK, &Health { status: "ok" })
}

/// Whether the database answers
#[utoipa::path(
    get,
    path = "/readyz",
    responses((status = 200, description = "It does", body = Health), (status = 503, description = "The database is gone or slow")),
    security(())
)]
pub(in crate::serve) async fn readyz(
    State(app): AppState,
    place: Option<Extension<Arc<ClientPlace>>>,
) -> Result<Response, ApiRefusal> {
    let is_up = match place {
        // Anybody may ask, and as often as they like.
        Some(Extension(place)) if place.is_strangers() => app.database.was_up().await,
        _ => app.database.is_up().await,
    };
    if !is_up {
        return Err(ApiRefusal::Database);
    }
    Ok(json(StatusCode::OK, &Health { status: "ok" }))
}

/// Counts for Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    responses((status = 200, description = "Prometheus' text format", body = String, content_type = "text/plain"))
)]
pub(in crate::serve) async fn metrics(State(app): AppState) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (headers, app.metrics.page(app.hashers.gauges())).into_response()
}
