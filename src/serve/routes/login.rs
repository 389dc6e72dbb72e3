//! Logins: by our own route and by the hook of Ory Kratos.
//!
//! Whatever stands in the row, a login that fails looks the same and costs the same.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use zeroize::Zeroizing;

use super::attempt::{CountedAttempt, Lane, count_client};
use super::password::{PasswordCheck, Value, admit, check};
use super::row::find_row;
use super::shared::{AppState, lists_for, named_credential, run_detached};
use crate::auth::{AuthError, Replacement};
use crate::secret::{Password, StoredHash};
use crate::serve::event::SidecarEvent;
use crate::serve::http::{
    ApiRefusal, KratosAnswer, KratosRequest, LoginAnswer, LoginRequest, PasswordOutcome, client,
    json, read, read_form,
};
use crate::serve::work::{App, LoginCredential};
use crate::store::{KeptVerdict as Kept, Row, Storage, Swap};

/// How a login ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LoggedIn {
    outcome: PasswordOutcome,
    /// Whether the row holds the better hash now.
    upgraded: bool,
    /// Whether the password is known; none where it was wrong, or where nobody is told.
    known_password: Option<bool>,
}

/// What was typed, and what it counts as.
struct LoginTry {
    login: Zeroizing<String>,
    password: Password,
    lane: Lane,
}

/// Log a user in
///
#[doc = " Finds the row by its login, checks the password against whatever is stored there, and \
         replaces it by a plain strong hash if it is"]
/// weaker than the target.
#[utoipa::path(
    post,
    path = "/v1/login",
    params(("status" = Option<u8>, Query, description = "1: the status is the answer, and the body of the request may be a form")),
    request_body(content(
        (LoginRequest = "application/json"),
        (LoginRequest = "application/x-www-form-urlencoded")
    )),
    responses(
        (status = 200, description = "The password was checked", body = LoginAnswer),
        (status = 204, description = "With `status=1`: it is the password"),
        (status = 403, description = "With `status=1`: it is not, or another one must be chosen first"),
        ApiRefusal
    )
)]
pub(in crate::serve) async fn login(
    State(app): AppState,
    request: Request,
) -> Result<Response, ApiRefusal> {
    // Whoever asks for a status and gets 200 takes a wrong password for the right one.
    let by_status = match request.uri().query() {
        None => false,
        Some("status=1") => true,
        Some(_) => {
            return Err(ApiRefusal::BadRequest(
                "the query of this route is `status=1` or none",
            ));
        }
    };
    let request: LoginRequest = if by_status {
        read_form(app.body, request).await?
    } else {
        read(app.body, request).await?
    };
    let credential = named_credential(&app, &request.credential)?;
    if !credential.has_login {
        return Err(ApiRefusal::Unprocessable("the credential names no login"));
    }
    count_client(&app, client(request.client.as_ref())?)?;
    let lane = if request.seen_before {
        Lane::SeenBefore
    } else {
        Lane::Login
    };
    let (login, password) = request.into_login()?;
    let typed = LoginTry {
        login,
        password,
        lane,
    };
    let answer = log_in(&app, credential, typed).await?;
    if by_status {
        return Ok(match answer.outcome {
            PasswordOutcome::Match => StatusCode::NO_CONTENT.into_response(),
            PasswordOutcome::Mismatch | PasswordOutcome::ResetRequired => {
                StatusCode::FORBIDDEN.into_response()
            }
        });
    }
    Ok(json(
        StatusCode::OK,
        &LoginAnswer {
            outcome: answer.outcome,
            upgraded: answer.upgraded,
            known_password: answer.known_password,
        },
    ))
}

/// Ory Kratos' password migration hook
///
#[doc = " 200 and `password_match` for the right password; 403 for anything else. The row is \
         upgraded as by `/v1/login`."]
#[utoipa::path(
    post,
    path = "/v1/kratos/password-migration",
    request_body = KratosRequest,
    responses(
        (status = 200, description = "It is the password", body = KratosAnswer),
        (status = 403, description = "It is not"),
        ApiRefusal
    )
)]
pub(in crate::serve) async fn kratos(
    State(app): AppState,
    request: Request,
) -> Result<Response, ApiRefusal> {
    let request: KratosRequest = read(app.body, request).await?;
    let credential = app.for_kratos().ok_or(ApiRefusal::Unprocessable(
        "kratos_credential in [serve] names no credential",
    ))?;
    let (login, password) = request.into_login()?;
    let typed = LoginTry {
        login,
        password,
        lane: Lane::Login,
    };
    let answer = log_in(&app, credential, typed).await?;
    Ok(match answer.outcome {
        PasswordOutcome::Match => json(
            StatusCode::OK,
            &KratosAnswer {
                status: "password_match",
            },
        ),
        PasswordOutcome::Mismatch | PasswordOutcome::ResetRequired => {
            StatusCode::FORBIDDEN.into_response()
        }
    })
}

/// Logs a user in on a task of its own.
///
/// A client that goes away then leaves no swap half done and no connection in an unknown state.
async fn log_in(
    app: &Arc<App>,
    credential: &Arc<LoginCredential>,
    typed: LoginTry,
) -> Result<LoggedIn, ApiRefusal> {
    let (app, credential) = (Arc::clone(app), Arc::clone(credential));
    run_detached(async move { check_and_upgrade(&app, &credential, typed).await }).await
}

/// Finds the row of a login, checks the password, and writes a better hash where there is one.
async fn check_and_upgrade(
    app: &App,
    credential: &LoginCredential,
    typed: LoginTry,
) -> Result<LoggedIn, ApiRefusal> {
    let began = Instant::now();
    let ticket = admit(app)?;
    let LoginTry {
        login,
        password,
        lane,
    } = typed;
    // The database says which texts are one login, so it is asked before the attempt is counted.
    let name = find_row(app, credential, &login).await?;
    let attempt = CountedAttempt {
        lane,
        credential,
        names: &name.classes,
    };
    attempt.count(app)?;
    let (credential, row) = match &name.found {
        Some(found) => (&*found.credential, Some(&found.row)),
        None => (credential, None),
    };
    let mut value = row.map_or_else(|| Value::none(credential), |row| Value::of(credential, row));
    value.meet(app, credential);
    value.owe_spellings(app, credential, &password);
    let column = credential.auth;
    let what = PasswordCheck {
        column,
        value,
        password,
        name: Some(name.classes.concat()),
        lists: lists_for(app, &column).filter(|_| app.reveals_known),
    };
    let checked = check(app, &ticket, what)
        .await
        .inspect_err(|_| attempt.not_checked(app))?;
    if let Some(error) = checked.error {
        report_unverifiable(app, credential, error);
    }
    if let (PasswordOutcome::Match, Some(found)) = (checked.outcome, &name.found) {
        let row = (&*found.credential, &found.row.key);
        let own = Some(&*found.class).filter(|class| !name.is_others(class, row));
        attempt.succeeded(app, own);
    }
    // Only a user who knows the password is told that it must be changed.
    let must_change = row.is_some_and(|row| row.must_change);
    let outcome = match checked.outcome {
        PasswordOutcome::Match if must_change => PasswordOutcome::ResetRequired,
        other => other,
    };
    let known_password = match (app.reveals_known, checked.outcome, row) {
        (true, PasswordOutcome::Match, Some(row)) => {
            Some(is_known(app, credential, (row, checked.listed)).await)
        }
        _ => None,
    };
    let upgraded = match (&checked.replacement, row) {
        (Some(better), Some(row)) => upgrade(app, credential, row.clone(), better).await,
        _ => false,
    };
    match outcome {
        PasswordOutcome::Match => app.metrics.matched.add(),
        PasswordOutcome::Mismatch => app.metrics.mismatched.add(),
        PasswordOutcome::ResetRequired => app.metrics.reset_required.add(),
    }
    app.metrics.login_seconds.add(began.elapsed());
    Ok(LoggedIn {
        outcome,
        upgraded,
        known_password,
    })
}

/// Whether a list has the password, or the ledger says so of the row's value.
async fn is_known(
    app: &App,
    credential: &LoginCredential,
    (row, listed): (&Row, Option<Result<bool, String>>),
) -> bool {
    if let Some(Err(why)) = &listed
        && app.notices.list.is_due()
    {
        let why = why.clone();
        app.observer.on(&SidecarEvent::ListUnreadable { why });
    }
    if matches!(listed, Some(Ok(true))) {
        return true;
    }
    // The password was right, and what can't be read is no reason to refuse it.
    match app.database.is_known(&credential.column, row).await {
        Ok(is_known) => is_known,
        Err(_) => {
            app.metrics.database_errors.add();
            false
        }
    }
}

/// Counts a value that can't be checked, and tells the operator of it.
fn report_unverifiable(app: &App, credential: &LoginCredential, error: AuthError) {
    app.metrics.unverifiable.add();
    if credential.notices.unverifiable.is_due() {
        let why = match error {
            AuthError::Verify(why) => why.to_string(),
            other => other.to_string(),
        };
        app.observer.on(&SidecarEvent::Unverifiable {
            credential: credential.name.clone(),
            why,
        });
    }
}

/// Writes the better hash if the row still holds the old value, and says whether it was written.
///
/// An error here is counted and told, and fails no login: the password was right.
async fn upgrade(app: &App, credential: &LoginCredential, row: Row, better: &Replacement) -> bool {
    // A numeric column has lost leading zeros, so the old value can't be compared byte for byte.
    if !credential.may_write || row.excepted || row.storage == Storage::Number {
        return false;
    }
    let Some(old) = row.stored else { return false };
    let swap = Swap {
        key: row.key,
        old,
        storage: row.storage,
        new: StoredHash::new(better.as_str()),
        // The password stays the same, so what lists say of it stays true.
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
            if credential.notices.not_upgraded.is_due() {
                app.observer.on(&SidecarEvent::NotUpgraded {
                    credential: credential.name.clone(),
                    why: error.to_string(),
                });
            }
            false
        }
    }
}
