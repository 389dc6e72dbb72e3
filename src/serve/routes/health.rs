//! Whether the sidecar is alive, whether it can serve, and its counts.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::shared::AppState;
use crate::serve::http::{Health, Unready, json};
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
    responses(
        (status = 200, description = "It does", body = Health),
        (status = 503, description = "The database is gone or slow", body = Unready)
    ),
    security(())
)]
pub(in crate::serve) async fn readyz(
    State(app): AppState,
    place: Option<Extension<Arc<ClientPlace>>>,
) -> Response {
    let is_up = match place {
        // Anybody may ask, and as often as they like.
        Some(Extension(place)) if place.is_strangers() => app.database.was_up().await,
        _ => app.database.is_up().await,
    };
    if is_up {
        return json(StatusCode::OK, &Health { status: "ok" });
    }
    let gone = app.database.gone();
    let unready = Unready {
        error: "database",
        message: "the database is gone or slow; try again after Retry-After",
        reason: gone.map_or("busy", |gone| gone.reason),
        waited_seconds: gone.map_or(0, |gone| gone.since.elapsed().as_secs()),
    };
    let mut response = json(StatusCode::SERVICE_UNAVAILABLE, &unready);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
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
