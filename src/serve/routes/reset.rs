//! A new password by a token: who asks for one, and who comes back with it. Whatever a login or a token is worth, the work is the same.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::password::{Value, admit};
use super::row::{limited, row_of};
use super::shared::{Shared, on_its_own};
use crate::auth::{AuthError, Column, Replacement};
use crate::reset::{TOKEN_BYTES, is_bound, keep, token, token_hash};
use crate::secret::{Password, StoredHash, Token};
use crate::serve::event::Event;
use crate::serve::http::{
    Chosen, FinishAnswer, FinishOutcome, FinishRequest, Refusal, Secret, StartAnswer, StartRequest,
    json, read,
};
use crate::serve::work::{App, Credential, DatabaseError, KnownLists, NotComputed, Ticket};
use crate::store::ledger::NewToken;
use crate::store::{Key, Row, Storage, StoreError, Swap, Trouble, Verdict as Kept};

/// Tokens for nobody take one of so many places in the ledger: whoever asks for many leaves no more lines than that.
const NOBODYS_PLACES: u16 = 256;

/// Make a token for a new password
///
/// The answer is the same, and costs the same, whether anybody has the login or not.
#[utoipa::path(
    post,
    path = "/v1/reset/start",
    request_body = StartRequest,
    responses((status = 200, description = "The token", body = StartAnswer), Refusal)
)]
pub(in crate::serve) async fn reset_start(
    State(app): Shared,
    request: Request,
) -> Result<Response, Refusal> {
    let request: StartRequest = read(app.body, request).await?;
    let credential = Arc::clone(resettable(&app, &request.credential)?);
    if !credential.has_login {
        return Err(Refusal::Unprocessable("the credential names no login"));
    }
    let login = request.login()?;
    let expires_in_seconds = app.reset_time.as_secs();
    let token = on_its_own(async move { start(&app, &credential, &login).await }).await?;
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
pub(in crate::serve) async fn reset_finish(
    State(app): Shared,
    request: Request,
) -> Result<Response, Refusal> {
    let request: FinishRequest = read(app.body, request).await?;
    let credential = Arc::clone(resettable(&app, &request.credential)?);
    let chosen = request.chosen()?;
    let outcome = on_its_own(async move { finish(&app, &credential, chosen).await }).await?;
    Ok(json(StatusCode::OK, &FinishAnswer { outcome }))
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

/// A token for the user of that login. One for nobody is made and kept in the same way.
async fn start(app: &App, credential: &Credential, login: &str) -> Result<Token, Refusal> {
    let _ticket = admit(app)?;
    limited(app, app.reset_limits.as_ref(), credential, login)?;
    make_sure_of_ledger(app).await?;
    let row = row_of(app, credential, login).await?;
    let row = row.filter(|row| may_choose(credential, row));
    let mut random = [0; TOKEN_BYTES];
    let mut place = [0; 2];
    getrandom::fill(&mut random).map_err(|_| Refusal::Broken)?;
    getrandom::fill(&mut place).map_err(|_| Refusal::Broken)?;
    let token = token(&random);
    let (row_key, stored) = match row {
        Some(Row {
            key,
            stored: Some(stored),
            ..
        }) => (key.to_ledger(), stored),
        // No key has this form.
        _ => {
            let place = u16::from_le_bytes(place) % NOBODYS_PLACES;
            (format!("nobody {place}"), StoredHash::new(""))
        }
    };
    let new = NewToken {
        kept: &keep(&token, &stored),
        credential: &credential.name,
        row_key: &row_key,
        life_ms: i64::try_from(app.reset_time.as_millis()).unwrap_or(i64::MAX),
    };
    app.database
        .issue(&new)
        .await
        .map_err(|error| unavailable(app, &error))?;
    app.metrics.reset_started.add();
    if app.told.forgot.is_due() {
        // What is not forgotten now is forgotten next time.
        app.database.forget_expired().await.ok();
    }
    Ok(token)
}

/// A new password.
async fn finish(
    app: &App,
    credential: &Credential,
    chosen: Chosen,
) -> Result<FinishOutcome, Refusal> {
    let ticket = admit(app)?;
    let Chosen {
        token,
        password,
        login,
    } = chosen;
    // A token that is good must not be a way to guess the old password faster than a login is.
    let text = String::from_utf8_lossy(token.as_bytes());
    limited(app, app.limits.as_ref(), credential, &text)?;
    make_sure_of_ledger(app).await?;
    let row = bound_row(app, credential, &token).await?;
    let row = match (row, login) {
        (Some(row), Some(login)) => {
            let theirs = row_of(app, credential, &login).await?;
            theirs.filter(|theirs| theirs.key == row.key)
        }
        (row, _) => row,
    };
    let made = make(app, &ticket, credential, row.as_ref(), password).await?;
    let outcome = match (row, made) {
        (None, _) => FinishOutcome::VoidToken,
        (Some(_), Made { is_old: true, .. }) => FinishOutcome::OldPassword,
        (Some(_), Made { is_known: true, .. }) => FinishOutcome::KnownPassword,
        (Some(row), Made { replacement, .. }) => {
            if write(app, credential, row, &replacement, &token).await? {
                FinishOutcome::Changed
            } else {
                FinishOutcome::VoidToken
            }
        }
    };
    match outcome {
        FinishOutcome::Changed => app.metrics.chosen.add(),
        FinishOutcome::VoidToken => app.metrics.void_token.add(),
        FinishOutcome::OldPassword => app.metrics.old_password.add(),
        FinishOutcome::KnownPassword => app.metrics.known_password.add(),
    }
    Ok(outcome)
}

/// Whether the row's user may choose a new password by a token.
fn may_choose(credential: &Credential, row: &Row) -> bool {
    let key = row.key.to_ledger();
    !row.excepted
        // A number has lost what was written: it is nobody's to swap.
        && row.storage != Storage::Number
        && credential.auth.may_choose(row.stored.as_ref())
        // What the ledger has to cut can't be found again.
        && key == row.key.to_ledger_line()
}

/// The row that a good token stands for, with the value for which it was made.
async fn bound_row(
    app: &App,
    credential: &Credential,
    token: &Token,
) -> Result<Option<Row>, Refusal> {
    let failed = |error| unavailable(app, &error);
    let kept = app
        .database
        .token(&token_hash(token))
        .await
        .map_err(failed)?;
    let Some(kept) = kept.filter(|kept| kept.credential == credential.name) else {
        return Ok(None);
    };
    let Ok(key) = Key::from_ledger(&kept.row_key, &credential.column.key_kinds()) else {
        return Ok(None);
    };
    let row = app
        .database
        .row(&credential.column, &key)
        .await
        .map_err(failed)?;
    Ok(row.filter(|row| {
        let is_bound = |stored: &StoredHash| is_bound(token, stored, &kept.value_mac);
        may_choose(credential, row) && row.stored.as_ref().is_some_and(is_bound)
    }))
}

/// What the hashing thread made of a new password.
struct Made {
    replacement: Replacement,
    is_old: bool,
    is_known: bool,
}

/// Hashes the new password at the target, and compares it with the old one and the lists where there is a row to be written.
async fn make(
    app: &App,
    ticket: &Ticket,
    credential: &Credential,
    row: Option<&Row>,
    password: Password,
) -> Result<Made, Refusal> {
    let column = credential.auth;
    let value = Arc::new(row.map_or_else(Value::none, |row| Value::of(credential, row)));
    let password = Arc::new(password);
    let lists = row.map(|_| Arc::clone(&app.known));
    let memory_kib = column.memory_kib(value.stored.as_ref());
    let work = |value: &Arc<Value>| {
        let (value, password, lists) = (Arc::clone(value), Arc::clone(&password), lists.clone());
        move || compare(column, &value, &password, lists.as_deref())
    };
    let made = match app.hashers.compute(ticket, memory_kib, work(&value)).await {
        // What can't be checked on this machine can't be compared with either.
        Err(NotComputed::TooMuchMemory) => {
            let none = Arc::new(Value::none());
            let least_kib = column.memory_kib(None);
            app.hashers.compute(ticket, least_kib, work(&none)).await
        }
        other => other,
    };
    let (made, unread) = made.map_err(|_| Refusal::Broken)??;
    if let Some(why) = unread
        && app.told.list.is_due()
    {
        app.observer.on(&Event::ListUnreadable { why });
    }
    Ok(made)
}

/// The work itself, with why a list could not be read. The hash comes first, and always.
fn compare(
    column: Column,
    value: &Value,
    password: &Password,
    lists: Option<&KnownLists>,
) -> Result<(Made, Option<String>), Refusal> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| Refusal::Broken)?;
    let replacement = column.hash(password, &salt).map_err(|error| match error {
        AuthError::AnswerBlank | AuthError::AnswerUndecodable => {
            Refusal::Unprocessable("nothing is left of the answer when it is normalised")
        }
        _ => Refusal::Broken,
    })?;
    let opens = |stored| column.opens(stored, password, &value.context());
    let is_old = value.stored.as_ref().is_some_and(opens);
    let (is_known, unread) = match lists.map(|lists| lists.has(password)) {
        None => (false, None),
        Some(Ok(is_known)) => (is_known, None),
        Some(Err(error)) => (false, Some(error.to_string())),
    };
    let made = Made {
        replacement,
        is_old,
        is_known,
    };
    Ok((made, unread))
}

/// Writes the new hash and uses the token up; false where the row or the token is no longer what it was.
async fn write(
    app: &App,
    credential: &Credential,
    row: Row,
    replacement: &Replacement,
    token: &Token,
) -> Result<bool, Refusal> {
    let Some(old) = row.stored else {
        return Ok(false);
    };
    let swap = Swap {
        key: row.key,
        old,
        storage: row.storage,
        new: StoredHash::new(replacement.as_str()),
        verdict: Kept::None,
    };
    let chosen = app
        .database
        .choose(&credential.column, &swap, &token_hash(token))
        .await;
    chosen.map_err(|error| {
        app.metrics.database_errors.add();
        let passes = match &error {
            DatabaseError::Slow(_) => true,
            DatabaseError::Store(error) => error.is_transient(),
        };
        if passes {
            return Refusal::Database;
        }
        if credential.told.not_chosen.is_due() {
            app.observer.on(&Event::NotChosen {
                credential: credential.name.clone(),
                why: error.to_string(),
            });
        }
        Refusal::NotWritten
    })
}

async fn make_sure_of_ledger(app: &App) -> Result<(), Refusal> {
    let made = app.database.ledger().await;
    made.map_err(|error| unavailable(app, &error))
}

/// The refusal where the ledger or a row could not be read or written.
fn unavailable(app: &App, error: &DatabaseError) -> Refusal {
    app.metrics.database_errors.add();
    let why = match error {
        DatabaseError::Store(StoreError::Refused { what, hint }) => format!("{what}; {hint}"),
        DatabaseError::Store(error)
            if matches!(error.trouble(), Trouble::Missing | Trouble::Denied) =>
        {
            error.to_string()
        }
        _ => return Refusal::Database,
    };
    if app.told.no_ledger.is_due() {
        app.observer.on(&Event::NoLedger { why });
    }
    Refusal::NoLedger
}
