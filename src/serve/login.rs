//! A login: the row, the password, the swap. Whatever stands in the row, a login that fails looks the same and costs the same.

use std::sync::Arc;
use std::time::Instant;

use zeroize::Zeroizing;

use super::answer::Refusal;
use super::app::{App, Credential};
use super::event::Event;
use super::hashers::{NotComputed, Ticket};
use super::limit::Limits;
use crate::auth::{AuthError, Column, Outcome, Replacement};
use crate::scheme::Context;
use crate::secret::{InnerSalt, Password, StoredHash};
use crate::store::{Row, Storage, Swap, Verdict as Kept};

/// How a login ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LoggedIn {
    pub(super) verdict: Verdict,
    /// Whether the better hash stands in the row now.
    pub(super) upgraded: bool,
}

/// What became of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Match,
    Mismatch,
    ResetRequired,
}

/// What a password was checked against, and what came out.
pub(super) struct Checked {
    pub(super) verdict: Verdict,
    pub(super) replacement: Option<Replacement>,
    /// Why the stored value could not be checked.
    pub(super) error: Option<AuthError>,
}

/// A value with what stands beside it.
pub(super) struct Value {
    pub(super) stored: Option<StoredHash>,
    pub(super) salt: Option<InnerSalt>,
    pub(super) salt2: Option<InnerSalt>,
    pub(super) username: Option<Zeroizing<String>>,
    pub(super) user_id: Option<Zeroizing<String>>,
    pub(super) charset: Option<crate::text::Charset>,
}

/// A login by its name.
pub(super) async fn login(
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

/// Counts a try against a limit.
pub(super) fn limited(
    app: &App,
    limits: Option<&Limits>,
    credential: &Credential,
    login: &str,
) -> Result<(), Refusal> {
    match limits.map(|limits| limits.take(&credential.name, login)) {
        Some(Err(seconds)) => {
            app.metrics.limited.add();
            Err(Refusal::Limited { seconds })
        }
        _ => Ok(()),
    }
}

/// The only row that has this login.
pub(super) async fn row_of(
    app: &App,
    credential: &Credential,
    login: &str,
) -> Result<Option<Row>, Refusal> {
    let mut rows = app
        .database
        .find(&credential.column, login)
        .await
        .map_err(|_| {
            app.metrics.database_errors.add();
            Refusal::Database
        })?;
    let row = rows.pop();
    if rows.is_empty() {
        return Ok(row);
    }
    app.metrics.ambiguous.add();
    if credential.told.ambiguous.is_due() {
        app.observer.on(&Event::Ambiguous {
            credential: credential.name.clone(),
        });
    }
    // The row of one of them would be anybody's guess.
    Ok(None)
}

/// A place among those who are served, or the refusal.
pub(super) fn admit(app: &App) -> Result<Ticket, Refusal> {
    app.hashers.admit().ok_or_else(|| {
        app.metrics.overloaded.add();
        Refusal::Overloaded
    })
}

/// Checks a password on a hashing thread; without a value it costs what a failed login costs.
pub(super) async fn check(
    app: &App,
    ticket: &Ticket,
    column: Column,
    value: Value,
    password: Password,
) -> Result<Checked, Refusal> {
    let reveal_reset = app.reveal_reset;
    let memory_kib = column.memory_kib(value.stored.as_ref());
    let value = Arc::new(value);
    let password = Arc::new(password);
    let made = {
        let (value, password) = (Arc::clone(&value), Arc::clone(&password));
        let work = move || verify(column, &value, &password, reveal_reset);
        app.hashers.compute(ticket, memory_kib, work).await
    };
    match made {
        Ok(checked) => checked,
        Err(NotComputed::Broken) => Err(Refusal::Broken),
        // It can't be checked on this machine: the login fails as for any other such value.
        Err(NotComputed::TooMuchMemory) => {
            let work = move || {
                column.no_row(&password, &value.context());
            };
            let least_kib = column.memory_kib(None);
            app.hashers
                .compute(ticket, least_kib, work)
                .await
                .map_err(|_| Refusal::Broken)?;
            Ok(Checked {
                verdict: Verdict::Mismatch,
                replacement: None,
                error: Some(AuthError::Verify(crate::scheme::VerifyError::Parameters)),
            })
        }
    }
}

fn verify(
    column: Column,
    value: &Value,
    password: &Password,
    reveal_reset: bool,
) -> Result<Checked, Refusal> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| Refusal::Broken)?;
    let context = value.context();
    let outcome = match &value.stored {
        None => Ok(column.no_row(password, &context)),
        Some(stored) => column.verify_and_upgrade(stored, password, &context, &salt),
    };
    let is_dead = || {
        value
            .stored
            .as_ref()
            .is_some_and(|stored| column.is_dead(stored))
    };
    let (verdict, replacement, error) = match outcome {
        Ok(Outcome::Match) => (Verdict::Match, None, None),
        Ok(Outcome::MatchNeedsRehash(better)) => (Verdict::Match, Some(better), None),
        // A dead value has no right password to wait for: whoever asks is told, if anybody is.
        Ok(Outcome::Mismatch) if reveal_reset && is_dead() => (Verdict::ResetRequired, None, None),
        Ok(Outcome::Mismatch) => (Verdict::Mismatch, None, None),
        Err(error) => (Verdict::Mismatch, None, Some(error)),
    };
    Ok(Checked {
        verdict,
        replacement,
        error,
    })
}

/// Counts a value that can't be checked, and tells of it.
pub(super) fn unverifiable(app: &App, credential: &Credential, error: AuthError) {
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

impl Value {
    /// Of a user who is not there.
    pub(super) fn none() -> Self {
        Self {
            stored: None,
            salt: None,
            salt2: None,
            username: None,
            user_id: None,
            charset: None,
        }
    }

    pub(super) fn of(credential: &Credential, row: &Row) -> Self {
        use crate::scheme::{Declared, Scheme};
        // A plaintext is what a login sends: Unicode text, where the column has another charset.
        let value = if credential.auth.declared == Declared::Scheme(Scheme::PLAINTEXT) {
            row.plaintext()
        } else {
            row.value()
        };
        let [salt, salt2, username, user_id] = [0, 1, 2, 3].map(|at| row.beside(at));
        let text = |bytes: Option<&[u8]>| {
            Some(Zeroizing::new(std::str::from_utf8(bytes?).ok()?.to_owned()))
        };
        Self {
            stored: value.map(StoredHash::new),
            salt: salt.map(InnerSalt::new),
            salt2: salt2.map(InnerSalt::new),
            username: text(username),
            user_id: text(user_id),
            charset: None,
        }
    }

    pub(super) fn context(&self) -> Context<'_> {
        Context {
            salt: self.salt.as_ref(),
            salt2: self.salt2.as_ref(),
            username: self.username.as_ref().map(|name| name.as_str()),
            user_id: self.user_id.as_ref().map(|id| id.as_str()),
            charset: self.charset,
        }
    }
}
