//! All routes, the router that answers them, and the OpenAPI document made from the handlers.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Version, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shared::AppState;
use super::{hash, health, login, reset, verify};
use crate::serve::http::{ApiRefusal, RefusalBody};
use crate::serve::place::ClientPlace;
use crate::serve::work::App;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "saltern serve",
        description = "Checks passwords against whatever is stored, and replaces weak hashes by strong ones."
    ),
    components(schemas(RefusalBody)),
    modifiers(&Bearer),
    security((), ("token" = []))
)]
struct Head;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
    }
}

/// The document in JSON.
pub fn document() -> String {
    let (_, document) = routes().split_for_parts();
    let mut text = document
        .to_pretty_json()
        .expect("the document can always be written as JSON");
    text.push('\n');
    text
}

/// All routes, with their document.
pub(in crate::serve) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Head::openapi())
        .routes(routes!(login::login))
        .routes(routes!(verify::verify))
        .routes(routes!(hash::hash))
        .routes(routes!(reset::reset_start))
        .routes(routes!(reset::reset_finish))
        .routes(routes!(login::kratos))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .routes(routes!(openapi_json))
}

/// The router that answers them.
pub(in crate::serve) fn router(app: &Arc<App>) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .fallback(|| async { ApiRefusal::NotFound })
        .method_not_allowed_fallback(|| async { ApiRefusal::Method })
        .layer(from_fn_with_state(Arc::clone(app), guard))
        .with_state(Arc::clone(app))
}

/// Checks the token before a request, and counts the request after it.
async fn guard(State(app): AppState, request: Request, next: Next) -> Response {
    // A client chooses an unknown path, so no metric may show it.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    let open = matches!(route.as_str(), "/healthz" | "/readyz");
    let authorization = request.headers().get(header::AUTHORIZATION);
    let may_in = match &app.token {
        Some(token) if !open => token.is_in(authorization.map(HeaderValue::as_bytes)),
        _ => true,
    };
    let place = request.extensions().get::<Arc<ClientPlace>>().cloned();
    let has_shown = may_in && !open && app.token.is_some();
    let has_place = match &place {
        Some(place) if has_shown => place.token_shown().await.is_ok(),
        _ => true,
    };
    let mut response = if let Some(why) = malformed(&request) {
        ApiRefusal::BadRequest(why).into_response()
    } else if !may_in {
        ApiRefusal::Unauthorized.into_response()
    } else if has_place {
        next.run(request).await
    } else {
        app.metrics.overloaded.add();
        ApiRefusal::Overloaded.into_response()
    };
    if !has_place || place.is_some_and(|place| place.is_last_request()) {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    app.metrics.answered(&route, response.status().as_u16());
    response
}

/// What is wrong with the head of a request, where a proxy before us may read it otherwise.
fn malformed(request: &Request) -> Option<&'static str> {
    let headers = request.headers();
    let hosts = headers.get_all(header::HOST).iter().count();
    // RFC 9112, 3.2.
    if hosts > 1 || hosts == 0 && request.version() == Version::HTTP_11 {
        return Some("a request of HTTP/1.1 has one Host");
    }
    // RFC 9112, 6.1: a coding that is not understood is refused, and none but the last is ours.
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let is_chunked = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    let is_ours = match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => is_chunked(coding),
        (Some(_), Some(_)) => false,
    };
    (!is_ours).then_some("the only transfer coding is chunked")
}

/// This document
#[utoipa::path(
    get,
    path = "/openapi.json",
    responses((status = 200, description = "The OpenAPI document", body = Object, content_type = "application/json"))
)]
async fn openapi_json() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, document()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_names_are_not_those_of_the_types() {
        let document: serde_json::Value = serde_json::from_str(&document()).expect("JSON");
        let schemas = &document["components"]["schemas"];
        let is_there = |name: &str| schemas.get(name).is_some();
        assert!(["Problem", "Outcome", "FinishOutcome"].map(is_there) == [true; 3]);
        assert!(!is_there("RefusalBody") && !is_there("PasswordOutcome"));
    }

    #[test]
    fn no_line_of_a_description_begins_with_a_blank() {
        fn check(value: &serde_json::Value) {
            match value {
                serde_json::Value::Object(fields) => fields.values().for_each(check),
                serde_json::Value::Array(items) => items.iter().for_each(check),
                serde_json::Value::String(text) => {
                    assert!(text.lines().all(|line| !line.starts_with(' ')), "{text}");
                }
                _ => {}
            }
        }
        check(&serde_json::from_str(&document()).expect("JSON"));
    }
}
