//! A new password that comes with a token: checked, hashed, and written together with the token's
//! end.
//!
//! A hash at the target is made whatever the token is worth.

use std::borrow::Cow;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::attempt::{CountedAttempt, Lane};
use super::password::{Value, admit};
use super::row::{FoundRow, find_row};
use super::shared::lists_for;
use super::token_ledger::{make_sure_of_ledger, may_choose, refusal_of};
use crate::auth::{AuthError, Column, Replacement};
use crate::reset::{TokenBinding, is_bound, token_hash};
use crate::secret::{Password, StoredHash, Token};
use crate::serve::event::SidecarEvent;
use crate::serve::http::{ApiRefusal, FinishOutcome, NewPassword};
use crate::serve::work::{
    App, DatabaseError, HashNeeds, KnownLists, LoginCredential, NotComputed, Ticket,
};
use crate::store::{KeptVerdict as Kept, Key, Row, Swap};

/// What a hashing thread made of a new password.
struct HashedPassword {
    replacement: Replacement,
    /// Whether it is the password that the user has already.
    is_old: bool,
    /// Whether a list of known passwords has it.
    is_known: bool,
    /// Why a list could not be read.
    unread_list: Option<String>,
}

/// A new password and the value whose user chose it.
struct PasswordChoice {
    column: Column,
    value: Value,
    password: Password,
}

/// Takes a new password if its token is good.
pub(super) async fn finish(
    app: &App,
    credential: &LoginCredential,
    new: NewPassword,
) -> Result<FinishOutcome, ApiRefusal> {
    let ticket = admit(app)?;
    let NewPassword {
        token,
        password,
        login,
    } = new;
    // With a good token nobody may guess the old password faster than by logins.
    let attempt = CountedAttempt {
        lane: Lane::Token,
        credential,
        names: &[token.as_bytes().to_vec()],
    };
    attempt.count(app)?;
    make_sure_of_ledger(app).await?;
    let bound = bound_row(app, credential, &token).await?;
    let bound = match (bound, login) {
        (Some(bound), Some(login)) => {
            let theirs = find_row(app, credential, &login).await?.found;
            let is_same = theirs.is_some_and(|theirs| {
                theirs.credential.name == bound.credential.name && theirs.row.key == bound.row.key
            });
            // The row that the token was checked against is the one that is swapped. The one that
            // was read just now may hold another password.
            is_same.then_some(bound)
        }
        (bound, _) => bound,
    };
    let (half, row) = match bound {
        Some(FoundRow {
            credential, row, ..
        }) => (Some(credential), Some(row)),
        None => (None, None),
    };
    let credential = half.as_deref().unwrap_or(credential);
    let choice = PasswordChoice {
        column: credential.auth,
        value: row
            .as_ref()
            .map_or_else(|| Value::none(credential), |row| Value::of(credential, row)),
        password,
    };
    // Without a row nothing is written, so no list is asked.
    let lists = row.as_ref().and_then(|_| lists_for(app, &credential.auth));
    let hashed = hash_and_compare(app, &ticket, choice, lists).await?;
    let outcome = match row {
        None => FinishOutcome::VoidToken,
        Some(_) if hashed.is_old => FinishOutcome::OldPassword,
        Some(_) if hashed.is_known => FinishOutcome::KnownPassword,
        Some(row) => {
            let (logins, key) = (logins_of(&row), row.key.clone());
            let swap = swap_of(row, &hashed.replacement);
            let outcome = write_and_use_up(app, credential, swap, &token).await?;
            if matches!(outcome, FinishOutcome::Changed) {
                for login in logins {
                    forget_failures(app, (credential, &key), &login).await;
                }
            }
            outcome
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

/// The user's names: what stands in the row's columns of logins.
fn logins_of(row: &Row) -> Vec<Zeroizing<String>> {
    let text = |bytes: Cow<'_, [u8]>| Some(std::str::from_utf8(&bytes).ok()?.to_owned());
    row.logins().filter_map(text).map(Zeroizing::new).collect()
}

/// What was wrong with the old password says nothing of the new one. In another column the same
/// text may be somebody else's name, and by `login_match` in the same one. There all counts on.
async fn forget_failures(app: &App, row: (&LoginCredential, &Key), login: &str) {
    let (credential, _) = row;
    // The new password is written. If the name can't be read now, its failures stay.
    let Ok(name) = find_row(app, credential, login).await else {
        return;
    };
    let classes = name.classes.iter();
    let own: Vec<Vec<u8>> = classes
        .filter(|class| !name.is_others(class, row))
        .cloned()
        .collect();
    for lane in [Lane::Login, Lane::SeenBefore] {
        let attempt = CountedAttempt {
            lane,
            credential,
            names: &own,
        };
        attempt.forget(app);
    }
}

/// The row that a good token stands for; none where the row's value is no longer the one for which
/// the token was made.
async fn bound_row(
    app: &App,
    credential: &LoginCredential,
    token: &Token,
) -> Result<Option<FoundRow>, ApiRefusal> {
    let failed = |error| refusal_of(app, &error);
    let kept = app
        .database
        .token(&token_hash(token))
        .await
        .map_err(failed)?;
    let halves = app.halves(credential);
    let half = kept.and_then(|kept| {
        let half = halves.iter().find(|half| half.name == kept.credential)?;
        Some((kept, Arc::clone(half)))
    });
    let Some((kept, half)) = half else {
        return Ok(None);
    };
    let credential = &*half;
    let Ok(key) = Key::from_ledger(&kept.row_key, &credential.column.key_kinds()) else {
        return Ok(None);
    };
    let row = app
        .database
        .row(&credential.column, &key)
        .await
        .map_err(failed)?;
    let row = row.filter(|row| {
        let login = row.bound_login();
        let is_bound = |stored: &StoredHash| {
            let to = TokenBinding {
                stored,
                login: login.as_ref().map(|login| login.as_slice()),
            };
            is_bound(token, to, &kept.value_mac)
        };
        may_choose(credential, row) && row.stored.as_ref().is_some_and(is_bound)
    });
    Ok(row.map(|row| FoundRow {
        credential: Arc::clone(&half),
        row,
        class: Vec::new(),
    }))
}

/// Hashes the new password at the target, and compares it with the old one and with the lists.
async fn hash_and_compare(
    app: &App,
    ticket: &Ticket,
    choice: PasswordChoice,
    lists: Option<Arc<KnownLists>>,
) -> Result<HashedPassword, ApiRefusal> {
    let column = choice.column;
    let choice = Arc::new(choice);
    let hashed = {
        let needs = choice.value.needs(&column);
        let (choice, lists) = (Arc::clone(&choice), lists.clone());
        let work = move || compute(&choice, &choice.value, lists.as_deref());
        app.hashers.compute(ticket, needs, work).await
    };
    let hashed = match hashed {
        // This machine has too little memory for the old value, so no password can be compared with
        // it.
        Err(NotComputed::TooMuchMemory) => {
            let least = HashNeeds::least(&column);
            let work = move || compute(&choice, &choice.value.absent(), lists.as_deref());
            app.hashers.compute(ticket, least, work).await
        }
        other => other,
    };
    let hashed = hashed.map_err(|_| ApiRefusal::Broken)??;
    if let Some(why) = &hashed.unread_list
        && app.notices.list.is_due()
    {
        app.observer
            .on(&SidecarEvent::ListUnreadable { why: why.clone() });
    }
    Ok(hashed)
}

/// The work on a hashing thread. The hash is made first and in every case.
fn compute(
    choice: &PasswordChoice,
    value: &Value,
    lists: Option<&KnownLists>,
) -> Result<HashedPassword, ApiRefusal> {
    let PasswordChoice {
        column, password, ..
    } = choice;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| ApiRefusal::Broken)?;
    let replacement = column.hash(password, &salt).map_err(|error| match error {
        AuthError::AnswerBlank | AuthError::AnswerUndecodable => {
            ApiRefusal::Unprocessable("nothing is left of the answer when it is normalised")
        }
        _ => ApiRefusal::Broken,
    })?;
    let opens = |stored| column.opens(stored, password, &value.context());
    let is_old = value.stored.as_ref().is_some_and(opens);
    let (is_known, unread_list) = match lists.map(|lists| lists.has(password)) {
        None => (false, None),
        Some(Ok(is_known)) => (is_known, None),
        Some(Err(error)) => (false, Some(error.to_string())),
    };
    Ok(HashedPassword {
        replacement,
        is_old,
        is_known,
        unread_list,
    })
}

/// The swap that writes the new hash; none where the row holds no value.
fn swap_of(row: Row, replacement: &Replacement) -> Option<Swap> {
    Some(Swap {
        key: row.key,
        old: row.stored?,
        storage: row.storage,
        new: StoredHash::new(replacement.as_str()),
        verdict: Kept::None,
    })
}

/// Writes the new hash and uses the token up, in one transaction. The token is void where the row
/// or the token has changed meanwhile.
async fn write_and_use_up(
    app: &App,
    credential: &LoginCredential,
    swap: Option<Swap>,
    token: &Token,
) -> Result<FinishOutcome, ApiRefusal> {
    let Some(swap) = swap else {
        return Ok(FinishOutcome::VoidToken);
    };
    let column = &credential.column;
    match app.database.choose(column, &swap, &token_hash(token)).await {
        Ok(true) => Ok(FinishOutcome::Changed),
        Ok(false) => Ok(FinishOutcome::VoidToken),
        Err(error) => Err(refusal_of_write(app, credential, &error)),
    }
}

/// The refusal for a new hash that could not be written.
fn refusal_of_write(app: &App, credential: &LoginCredential, error: &DatabaseError) -> ApiRefusal {
    app.metrics.database_errors.add();
    let passes = match error {
        DatabaseError::Slow(_) => true,
        DatabaseError::Store(error) => error.is_transient(),
    };
    if passes {
        return ApiRefusal::Database;
    }
    if credential.notices.not_chosen.is_due() {
        app.observer.on(&SidecarEvent::NotChosen {
            credential: credential.name.clone(),
            why: error.to_string(),
        });
    }
    ApiRefusal::NotWritten
}
