//! A login: the row, the password, the swap. Whatever stands in the row, a login that fails looks the same and costs the same.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use zeroize::Zeroizing;

use super::password::{Value, Verdict, admit, check};
use super::row::{limited, row_of};
use super::shared::{Shared, on_its_own};
use crate::auth::{AuthError, Replacement};
use crate::secret::{Password, StoredHash};
use crate::serve::event::Event;
use crate::serve::http::{
    KratosAnswer, KratosRequest, LoginAnswer, LoginRequest, Refusal, json, read,
};
use crate::serve::work::{App, Credential};
use crate::store::{Row, Storage, Swap, Verdict as Kept};

/// How a login ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LoggedIn {
    verdict: Verdict,
    /// Whether the better hash stands in the row now.
    upgraded: bool,
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
pub(in crate::serve) async fn login(
    State(app): Shared,
    request: Request,
) -> Result<Response, Refusal> {
    let request: LoginRequest = read(app.body, request).await?;
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
pub(in crate::serve) async fn kratos(
    State(app): Shared,
    request: Request,
) -> Result<Response, Refusal> {
    let request: KratosRequest = read(app.body, request).await?;
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

/// A login, on a task of its own: a client that goes away leaves no swap half done and no connection in an unknown state.
async fn log_in(
    app: &Arc<App>,
    credential: &Arc<Credential>,
    (name, password): (Zeroizing<String>, Password),
) -> Result<LoggedIn, Refusal> {
    let (app, credential) = (Arc::clone(app), Arc::clone(credential));
    on_its_own(async move { by_name(&app, &credential, &name, password).await }).await
}

/// A login by its name.
async fn by_name(
    app: &App,
    credential: &Arc<Credential>,
    login: &str,
    password: Password,
) -> Result<LoggedIn, Refusal> {
    let began = Instant::now();
    let ticket = admit(app)?;
    limited(app, app.limits.as_ref(), credential, login)?;
    let row = row_of(app, credential, login).await?;
    let value = row
        .as_ref()
        .map_or_else(Value::none, |row| Value::of(credential, row));
    let checked = check(app, &ticket, credential.auth, value, password).await?;
    if let Some(error) = checked.error {
        unverifiable(app, credential, error);
    }
    // Only whoever has the password hears of it.
    let must_change = row.as_ref().is_some_and(|row| row.must_change);
    let verdict = match checked.verdict {
        Verdict::Match if must_change => Verdict::ResetRequired,
        other => other,
    };
    let upgraded = match (&checked.replacement, row) {
        (Some(better), Some(row)) => upgrade(app, credential, row, better).await,
        _ => false,
    };
    match verdict {
        Verdict::Match => app.metrics.matched.add(),
        Verdict::Mismatch => app.metrics.mismatched.add(),
        Verdict::ResetRequired => app.metrics.reset_required.add(),
    }
    app.metrics.login_seconds.add(began.elapsed());
    Ok(LoggedIn { verdict, upgraded })
}

/// Counts a value that can't be checked, and tells of it.
fn unverifiable(app: &App, credential: &Credential, error: AuthError) {
    app.metrics.unverifiable.add();
    if credential.told.unverifiable.is_due() {
        let why = match error {
            AuthError::Verify(why) => why.to_string(),
            other => other.to_string(),
        };
        app.observer.on(&Event::Unverifiable {
            credential: credential.name.clone(),
            why,
        });
    }
}

/// Writes the better hash if nothing else was written meanwhile. Whatever goes wrong here, the password was right.
async fn upgrade(app: &App, credential: &Credential, row: Row, better: &Replacement) -> bool {
    // A number has lost what was written: it is nobody's to swap.
    if !credential.may_write || row.excepted || row.storage == Storage::Number {
        return false;
    }
    let Some(old) = row.stored else { return false };
    let swap = Swap {
        key: row.key,
        old,
        storage: row.storage,
        new: StoredHash::new(better.as_str()),
        // The password is the one that it was: whether a list has it stays true.
        verdict: Kept::Follows,
    };
    match app.database.swap(&credential.column, &swap).await {
        Ok(true) => {
            app.metrics.upgraded.add();
            true
        }
        Ok(false) => {
            app.metrics.upgrade_lost.add();
            false
        }
        Err(error) => {
            app.metrics.upgrade_failed.add();
            if credential.told.not_upgraded.is_due() {
                app.observer.on(&Event::NotUpgraded {
                    credential: credential.name.clone(),
                    why: error.to_string(),
                });
            }
            false
        }
    }
}
