//! A new password by a token: a user asks for a token, and comes back with it.
//!
//! Whatever a login or a token is worth, the work is the same.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::attempt::{CountedAttempt, Lane, count_client};
use super::new_password::finish;
use super::password::admit;
use super::row::find_row;
use super::shared::{AppState, named_credential, run_detached};
use super::token_ledger::{make_sure_of_ledger, may_choose, refusal_of};
use crate::reset::{TOKEN_BYTES, TokenBinding, keep, token};
use crate::secret::{StoredHash, Token};
use crate::serve::http::{
    ApiRefusal, FinishAnswer, FinishRequest, ResetStartRequest, SecretText, StartAnswer, client,
    json, read,
};
use crate::serve::work::{App, LoginCredential};
use crate::store::Row;
use crate::store::ledger::NewToken;

/// Tokens for nobody take one of so many places in the ledger, so that many requests for them
/// leave no more lines than that.
const NOBODYS_PLACES: u16 = 256;

/// Make a token for a new password
///
/// The answer is the same, and costs the same, whether anybody has the login or not.
#[utoipa::path(
    post,
    path = "/v1/reset/start",
    request_body = ResetStartRequest,
    responses((status = 200, description = "The token", body = StartAnswer), ApiRefusal)
)]
pub(in crate::serve) async fn reset_start(
    State(app): AppState,
    request: Request,
) -> Result<Response, ApiRefusal> {
    let request: ResetStartRequest = read(app.body, request).await?;
    let credential = Arc::clone(writable_credential(&app, &request.credential)?);
    if !credential.has_login {
        return Err(ApiRefusal::Unprocessable("the credential names no login"));
    }
    count_client(&app, client(request.client.as_ref())?)?;
    let login = request.into_login()?;
    let expires_in_seconds = app.reset_time.as_secs();
    let token = run_detached(async move { start(&app, &credential, &login).await }).await?;
    let token = std::str::from_utf8(token.as_bytes()).map_err(|_| ApiRefusal::Broken)?;
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
#[doc = " A hash at the target is made whatever the token is worth. The new password's hash is \
         written if the value for which the token was made"]
/// still stands there, and every token of the user is void from then on.
#[utoipa::path(
    post,
    path = "/v1/reset/finish",
    request_body = FinishRequest,
    responses((status = 200, description = "What became of it", body = FinishAnswer), ApiRefusal)
)]
pub(in crate::serve) async fn reset_finish(
    State(app): AppState,
    request: Request,
) -> Result<Response, ApiRefusal> {
    let request: FinishRequest = read(app.body, request).await?;
    let credential = Arc::clone(writable_credential(&app, &request.credential)?);
    count_client(&app, client(request.client.as_ref())?)?;
    let new = request.into_new_password()?;
    let outcome = run_detached(async move { finish(&app, &credential, new).await }).await?;
    Ok(json(StatusCode::OK, &FinishAnswer { outcome }))
}

/// The credential of that name, if new hashes may be written to its column.
fn writable_credential<'a>(
    app: &'a App,
    name: &SecretText,
) -> Result<&'a Arc<LoginCredential>, ApiRefusal> {
    let credential = named_credential(app, name)?;
    if !credential.may_write {
        return Err(ApiRefusal::Unprocessable(
            "readers_ready is not true, so no new hash may be written",
        ));
    }
    Ok(credential)
}

/// Makes a token for the user of a login. Where there is no such user, a token for nobody is made
/// and kept in the same way.
async fn start(app: &App, credential: &LoginCredential, login: &str) -> Result<Token, ApiRefusal> {
    let _ticket = admit(app)?;
    let name = find_row(app, credential, login).await?;
    let attempt = CountedAttempt {
        lane: Lane::Reset,
        credential,
        names: &name.classes,
    };
    attempt.count(app)?;
    make_sure_of_ledger(app).await?;
    let (credential, row) = match &name.found {
        Some(found) => (&*found.credential, Some(&found.row)),
        None => (credential, None),
    };
    let row = row.filter(|row| may_choose(credential, row)).cloned();
    let mut random = [0; TOKEN_BYTES];
    let mut place = [0; 2];
    getrandom::fill(&mut random).map_err(|_| ApiRefusal::Broken)?;
    getrandom::fill(&mut place).map_err(|_| ApiRefusal::Broken)?;
    let token = token(&random);
    let beside = row.as_ref().and_then(Row::bound_login);
    let nothing = StoredHash::new("");
    let (row_key, stored) = match &row {
        Some(Row {
            key,
            stored: Some(stored),
            ..
        }) => (key.to_ledger(), stored),
        // No key has this form.
        _ => {
            let place = u16::from_le_bytes(place) % NOBODYS_PLACES;
            (format!("nobody {place}"), &nothing)
        }
    };
    let binding = TokenBinding {
        stored,
        login: beside.as_ref().map(|login| login.as_slice()),
    };
    let new = NewToken {
        kept: &keep(&token, binding),
        credential: &credential.name,
        row_key: &row_key,
        life_ms: i64::try_from(app.reset_time.as_millis()).unwrap_or(i64::MAX),
    };
    let issued = app.database.issue(&new).await;
    issued.map_err(|error| refusal_of(app, &error))?;
    app.metrics.reset_started.add();
    if app.notices.forgot.is_due() {
        // Tokens that an error keeps here are forgotten at the next occasion.
        app.database.forget_expired().await.ok();
    }
    Ok(token)
}
