//! The routes. Each has what the OpenAPI document says of it above it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Refusal, json};
use super::app::{App, Credential};
use super::login::{self, Checked, LoggedIn, Value, Verdict};
use super::openapi;
use super::request::{
    FinishRequest, HashRequest, KratosRequest, LoginRequest, Secret, StartRequest, VerifyRequest,
    read,
};
use super::reset;
use crate::auth::{AuthError, Column};
use crate::scheme::{Declared, Scheme, VerifyError};

type Shared = State<Arc<App>>;

/// How a password was found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It is the password.
    Match,
    /// It is not, or nobody has this login, or nobody can log in by it: nothing tells these apart.
    Mismatch,
    /// The password was reset and its user has to choose another. Only with `reveal_reset = true`.
    ResetRequired,
}

/// A login's answer.
#[derive(Serialize, ToSchema)]
pub(super) struct LoginAnswer {
    outcome: Outcome,
    /// Whether the row holds a better hash now. False also where somebody else wrote the row meanwhile: theirs stands.
    upgraded: bool,
}

/// The answer for a stored value.
#[derive(Serialize, ToSchema)]
pub(super) struct VerifyAnswer {
    outcome: Outcome,
    /// What to store instead, where the value is weaker than the target or wrapped. It is plain ASCII.
    replacement: Option<String>,
    /// The condition under which the application may write it.
    write_if: Option<Condition>,
}

/// A condition for a write.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Condition {
    /// Only where the column still holds the value that was checked, byte for byte, in one statement:
    /// `UPDATE … SET password = :replacement WHERE id = :id AND password = :stored`. If that hits no row, leave it: somebody changed
    /// the password meanwhile, and theirs must win.
    StoredIsUnchanged,
}

/// A new hash.
#[derive(Serialize, ToSchema)]
pub(super) struct HashAnswer {
    /// What to store. It is plain ASCII.
    stored: String,
}

/// A token for whoever has the login, if anybody does.
#[derive(Serialize, ToSchema)]
pub(super) struct StartAnswer {
    /// What to put into the link. It is to be sent to the address that stands in the user's row and nowhere else; where nobody has the
    /// login it opens nothing.
    #[schema(example = "3p3Nqk0-nCg7Ls2zX4d8vT0rY1uW6bHfJ5mKaQeSoDc")]
    token: String,
    /// How long it is good.
    expires_in_seconds: u64,
}

/// What became of a new password.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum FinishOutcome {
    /// It is the password now.
    Changed,
    /// The token was used, is too old, is another user's, was followed by a later one, or the password was changed since: nothing tells
    /// these apart.
    VoidToken,
    /// It is the password that the user has already. The token is still good.
    OldPassword,
    /// It stands in a list of passwords that everybody has who guesses. The token is still good.
    KnownPassword,
}

/// The answer to a new password.
#[derive(Serialize, ToSchema)]
pub(super) struct FinishAnswer {
    outcome: FinishOutcome,
}

/// What Ory Kratos wants to hear of a right password.
#[derive(Serialize, ToSchema)]
pub(super) struct KratosAnswer {
    /// Always `password_match`.
    #[schema(example = "password_match")]
    status: &'static str,
}

/// Whether it can serve.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// All routes, with their document.
pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(openapi::head())
        .routes(routes!(login))
        .routes(routes!(verify))
        .routes(routes!(hash))
        .routes(routes!(reset_start))
        .routes(routes!(reset_finish))
        .routes(routes!(kratos))
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(metrics))
        .routes(routes!(openapi_json))
}

/// What answers.
pub(super) fn router(app: &Arc<App>) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .fallback(|| async { Refusal::NotFound })
        .method_not_allowed_fallback(|| async { Refusal::Method })
        .layer(from_fn_with_state(Arc::clone(app), around))
        .with_state(Arc::clone(app))
}

/// Round every request: the token before it, the count behind it.
async fn around(State(app): Shared, request: Request, next: Next) -> Response {
    // A path that is none of ours is nobody's business.
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
    let response = if may_in {
        next.run(request).await
    } else {
        Refusal::Unauthorized.into_response()
    };
    app.metrics.answered(&route, response.status().as_u16());
    response
}

/// Log a user in
///
/// Finds the row by its login, checks the password against whatever is stored there, and replaces it by a plain strong hash if it is
/// weaker than the target.
#[utoipa::path(
    post,
    path = "/v1/login",
    request_body = LoginRequest,
    responses((status = 200, description = "The password was checked", body = LoginAnswer), Refusal)
)]
async fn login(State(app): Shared, request: Request) -> Result<Response, Refusal> {
    let request: LoginRequest = read(&app, request).await?;
    let credential = app
        .credential(request.credential.as_str())
        .ok_or(Refusal::Unprocessable(
            "there is no credential of that name",
        ))?;
    let answer = log_in(&app, credential, request.login()?).await?;
    Ok(json(
        StatusCode::OK,
        &LoginAnswer {
            outcome: answer.verdict.into(),
            upgraded: answer.upgraded,
        },
    ))
}

/// Check a password against a stored value
///
/// Reads no database and writes nothing: the application does both, under the condition in the answer.
#[utoipa::path(
    post,
    path = "/v1/verify",
    request_body = VerifyRequest,
    responses((status = 200, description = "The password was checked", body = VerifyAnswer), Refusal)
)]
async fn verify(State(app): Shared, request: Request) -> Result<Response, Refusal> {
    let request: VerifyRequest = read(&app, request).await?;
    let mut column = column(&app, request.credential.as_ref())?;
    if let Some(scheme) = &request.scheme {
        let known = Scheme::parse(scheme.as_str())
            .map_err(|_| Refusal::Unprocessable("there is no scheme of that name"))?;
        column.declared = Declared::Scheme(known);
    }
    let given = request.given()?;
    let value = Value {
        stored: Some(given.stored),
        salt: given.salt,
        salt2: given.salt2,
        username: given.username,
        user_id: given.user_id,
        charset: given.charset,
    };
    let ticket = login::admit(&app)?;
    let checked = login::check(&app, &ticket, column, value, given.password).await?;
    match checked.error {
        // The application's own omission, which it must see before its users do.
        Some(AuthError::Verify(VerifyError::Missing { .. })) => {
            return Err(Refusal::Unprocessable(
                "the scheme needs a salt, a username or a user_id that was not given",
            ));
        }
        Some(_) => app.metrics.unverifiable.add(),
        None => {}
    }
    Ok(json(StatusCode::OK, &VerifyAnswer::of(&checked)))
}

/// Hash a new password
#[utoipa::path(
    post,
    path = "/v1/hash",
    request_body = HashRequest,
    responses((status = 200, description = "What to store", body = HashAnswer), Refusal)
)]
async fn hash(State(app): Shared, request: Request) -> Result<Response, Refusal> {
    let request: HashRequest = read(&app, request).await?;
    let column = column(&app, request.credential.as_ref())?;
    let password = request.password()?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| Refusal::Broken)?;
    let ticket = login::admit(&app)?;
    let made = app
        .hashers
        .compute(&ticket, column.memory_kib(None), move || {
            column.hash(&password, &salt)
        })
        .await
        .map_err(|_| Refusal::Broken)?;
    match made {
        Ok(made) => Ok(json(
            StatusCode::OK,
            &HashAnswer {
                stored: made.as_str().to_owned(),
            },
        )),
        Err(AuthError::AnswerBlank | AuthError::AnswerUndecodable) => Err(Refusal::Unprocessable(
            "nothing is left of the answer when it is normalised",
        )),
        Err(_) => Err(Refusal::Broken),
    }
}

/// Make a token for a new password
///
/// The answer is the same, and costs the same, whether anybody has the login or not.
#[utoipa::path(
    post,
    path = "/v1/reset/start",
    request_body = StartRequest,
    responses((status = 200, description = "The token", body = StartAnswer), Refusal)
)]
async fn reset_start(State(app): Shared, request: Request) -> Result<Response, Refusal> {
    let request: StartRequest = read(&app, request).await?;
    let credential = Arc::clone(resettable(&app, &request.credential)?);
    if !credential.has_login {
        return Err(Refusal::Unprocessable("the credential names no login"));
    }
    let login = request.login()?;
    let expires_in_seconds = app.reset_time.as_secs();
    let token = on_its_own(async move { reset::start(&app, &credential, &login).await }).await?;
    let token = std::str::from_utf8(token.as_bytes()).map_err(|_| Refusal::Broken)?;
    Ok(json(
        StatusCode::OK,
        &StartAnswer {
            token: token.to_owned(),
            expires_in_seconds,
        },
    ))
}

/// Choose a new password by a token
///
/// A hash at the target is made whatever the token is worth. The new password's hash is written if the value for which the token was made
/// still stands there, and every token of the user is void from then on.
#[utoipa::path(
    post,
    path = "/v1/reset/finish",
    request_body = FinishRequest,
    responses((status = 200, description = "What became of it", body = FinishAnswer), Refusal)
)]
async fn reset_finish(State(app): Shared, request: Request) -> Result<Response, Refusal> {
    let request: FinishRequest = read(&app, request).await?;
    let credential = Arc::clone(resettable(&app, &request.credential)?);
    let chosen = request.chosen()?;
    let outcome = on_its_own(async move { reset::finish(&app, &credential, chosen).await }).await?;
    Ok(json(StatusCode::OK, &FinishAnswer { outcome }))
}

/// Ory Kratos' password migration hook
///
/// 200 and `password_match` for the right password; 403 for anything else. The row is upgraded as by `/v1/login`.
#[utoipa::path(
    post,
    path = "/v1/kratos/password-migration",
    request_body = KratosRequest,
    responses(
        (status = 200, description = "It is the password", body = KratosAnswer),
        (status = 403, description = "It is not"),
        Refusal
    )
)]
async fn kratos(State(app): Shared, request: Request) -> Result<Response, Refusal> {
    let request: KratosRequest = read(&app, request).await?;
    let credential = app.for_kratos().ok_or(Refusal::Unprocessable(
        "kratos_credential in [serve] names no credential",
    ))?;
    let answer = log_in(&app, credential, request.login()?).await?;
    Ok(match answer.verdict {
        Verdict::Match => json(
            StatusCode::OK,
            &KratosAnswer {
                status: "password_match",
            },
        ),
        Verdict::Mismatch | Verdict::ResetRequired => StatusCode::FORBIDDEN.into_response(),
    })
}

/// Whether the process is alive
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "It is", body = Health)), security(()))]
async fn healthz() -> Response {
    json(StatusCode::OK, &Health { status: "ok" })
}

/// Whether the database answers
#[utoipa::path(
    get,
    path = "/readyz",
    responses((status = 200, description = "It does", body = Health), (status = 503, description = "The database is gone or slow")),
    security(())
)]
async fn readyz(State(app): Shared) -> Result<Response, Refusal> {
    app.database.ping().await.map_err(|_| Refusal::Database)?;
    Ok(json(StatusCode::OK, &Health { status: "ok" }))
}

/// Counts for Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    responses((status = 200, description = "Prometheus' text format", body = String, content_type = "text/plain"))
)]
async fn metrics(State(app): Shared) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (headers, app.metrics.page(&app.hashers)).into_response()
}

/// This document
#[utoipa::path(
    get,
    path = "/openapi.json",
    responses((status = 200, description = "The OpenAPI document", body = Object, content_type = "application/json"))
)]
async fn openapi_json() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, openapi::document()).into_response()
}

/// A login, on a task of its own: a client that goes away leaves no swap half done and no connection in an unknown state.
async fn log_in(
    app: &Arc<App>,
    credential: &Arc<Credential>,
    (name, password): (zeroize::Zeroizing<String>, crate::secret::Password),
) -> Result<LoggedIn, Refusal> {
    let (app, credential) = (Arc::clone(app), Arc::clone(credential));
    on_its_own(async move { login::login(&app, &credential, &name, password).await }).await
}

/// Work that goes on to its end whether its client waits or not.
async fn on_its_own<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::spawn(work).await.unwrap_or(Err(Refusal::Broken))
}

/// The credential of that name, where new hashes may be written.
fn resettable<'a>(app: &'a App, name: &Secret) -> Result<&'a Arc<Credential>, Refusal> {
    let credential = app.credential(name.as_str()).ok_or(Refusal::Unprocessable(
        "there is no credential of that name",
    ))?;
    if !credential.may_write {
        return Err(Refusal::Unprocessable(
            "readers_ready is not true, so no new hash may be written",
        ));
    }
    Ok(credential)
}

/// What a stateless route knows of a column.
fn column(app: &App, credential: Option<&Secret>) -> Result<Column, Refusal> {
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

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Match => Self::Match,
            Verdict::Mismatch => Self::Mismatch,
            Verdict::ResetRequired => Self::ResetRequired,
        }
    }
}

impl VerifyAnswer {
    fn of(checked: &Checked) -> Self {
        let replacement = checked.replacement.as_ref();
        Self {
            outcome: checked.verdict.into(),
            replacement: replacement.map(|better| better.as_str().to_owned()),
            write_if: replacement.map(|_| Condition::StoredIsUnchanged),
        }
    }
}
