//! Refusals: a status and a fixed text each, which repeats nothing that was sent.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// Why a request got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum ApiRefusal {
    /// The body is not what the route takes.
    BadRequest(&'static str),
    /// The token is missing or wrong.
    Unauthorized,
    /// There is no such route.
    NotFound,
    /// The route has another method.
    Method,
    /// The body did not come in time.
    TooSlow,
    /// The body is too long.
    TooLarge,
    /// A field is too long, or something that the scheme needs is missing.
    Unprocessable(&'static str),
    /// This login was tried too often.
    Limited {
        /// Seconds until it may be tried again.
        seconds: u64,
    },
    /// A fault of saltern itself.
    Broken,
    /// Saltern's own tables are missing.
    NoLedger,
    /// The new hash can't be written to the row.
    NotWritten,
    /// The queue is full.
    Overloaded,
    /// The database is gone or too slow.
    Database,
}

/// The body of a refusal.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(in crate::serve) struct RefusalBody {
    /// A word for programs.
    #[schema(example = "overloaded")]
    error: &'static str,
    /// A sentence for people. It repeats nothing of the request.
    message: &'static str,
}

impl ApiRefusal {
    /// One of each, for the OpenAPI document.
    const ALL: [Self; 13] = [
        Self::BadRequest("the body is no JSON object with the fields of this route"),
        Self::Unauthorized,
        Self::NotFound,
        Self::Method,
        Self::TooSlow,
        Self::TooLarge,
        Self::Unprocessable("a field is too long, or the context lacks what the scheme needs"),
        Self::Limited { seconds: 0 },
        Self::Broken,
        Self::NoLedger,
        Self::NotWritten,
        Self::Overloaded,
        Self::Database,
    ];

    fn about(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadRequest(message) => (StatusCode::BAD_REQUEST, "bad_request", message),
            Self::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "the token is missing or wrong",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "there is no such route"),
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "the route takes another method",
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "too_slow",
                "the body did not come in time",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "the body is too long",
            ),
            Self::Unprocessable(message) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", message)
            }
            Self::Limited { .. } => (
                StatusCode::TOO_MANY_REQUESTS,
                "limited",
                "this login was tried too often; Retry-After says when it may be tried again",
            ),
            Self::Broken => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "broken",
                "a fault of saltern",
            ),
            Self::NoLedger => (
                StatusCode::NOT_IMPLEMENTED,
                "no_ledger",
                "saltern's own tables can't be used; its log says what to do",
            ),
            Self::NotWritten => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "not_written",
                "the new hash can't be written; the log says why",
            ),
            Self::Overloaded => (
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "too many wait already; try again after Retry-After",
            ),
            Self::Database => (
                StatusCode::SERVICE_UNAVAILABLE,
                "database",
                "the database is gone or slow; try again after Retry-After",
            ),
        }
    }

    fn retry_after(self) -> Option<u64> {
        match self {
            Self::Limited { seconds } => Some(seconds),
            Self::Overloaded | Self::Database => Some(1),
            _ => None,
        }
    }
}

impl IntoResponse for ApiRefusal {
    fn into_response(self) -> Response {
        let (status, error, message) = self.about();
        let mut response = json(status, &RefusalBody { error, message });
        if let Some(seconds) = self.retry_after() {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self == Self::Unauthorized {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The refusals as the OpenAPI document lists them, one a status.
impl IntoResponses for ApiRefusal {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let mut texts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (status, _, message) in Self::ALL.map(Self::about) {
            texts
                .entry(status.as_u16().to_string())
                .or_default()
                .push(message);
        }
        let body = || {
            ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build()
        };
        texts
            .into_iter()
            .map(|(status, texts)| {
                let response = ResponseBuilder::new()
                    .description(texts.join("; or "))
                    .content("application/json", body())
                    .build();
                (status, RefOr::T(response))
            })
            .collect()
    }
}

/// A response with a JSON body. The body may hold a hash, so no cache on the way may keep it.
pub(in crate::serve) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let text = serde_json::to_vec(body).expect("our own bodies can always be written as JSON");
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, text).into_response()
}
