//! A password against a value, on a hashing thread. Whatever the value is, a mismatch looks the same and costs the same.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::auth::{AuthError, Column, Outcome, Replacement};
use crate::scheme::Context;
use crate::secret::{InnerSalt, Password, StoredHash};
use crate::serve::http::{self, Refusal};
use crate::serve::work::{App, Credential, NotComputed, Ticket};
use crate::store::Row;

/// What became of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum Verdict {
    Match,
    Mismatch,
    ResetRequired,
}

/// What a password was checked against, and what came out.
pub(in crate::serve) struct Checked {
    pub(in crate::serve) verdict: Verdict,
    pub(in crate::serve) replacement: Option<Replacement>,
    /// Why the stored value could not be checked.
    pub(in crate::serve) error: Option<AuthError>,
}

/// A value with what stands beside it.
pub(in crate::serve) struct Value {
    pub(in crate::serve) stored: Option<StoredHash>,
    pub(in crate::serve) salt: Option<InnerSalt>,
    pub(in crate::serve) salt2: Option<InnerSalt>,
    pub(in crate::serve) username: Option<Zeroizing<String>>,
    pub(in crate::serve) user_id: Option<Zeroizing<String>>,
    pub(in crate::serve) charset: Option<crate::text::Charset>,
}

/// A place among those who are served, or the refusal.
pub(in crate::serve) fn admit(app: &App) -> Result<Ticket, Refusal> {
    app.hashers.admit().ok_or_else(|| {
        app.metrics.overloaded.add();
        Refusal::Overloaded
    })
}

/// Checks a password on a hashing thread; without a value it costs what a failed login costs.
pub(in crate::serve) async fn check(
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

impl Value {
    /// Of a user who is not there.
    pub(in crate::serve) fn none() -> Self {
        Self {
            stored: None,
            salt: None,
            salt2: None,
            username: None,
            user_id: None,
            charset: None,
        }
    }

    pub(in crate::serve) fn of(credential: &Credential, row: &Row) -> Self {
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

    pub(in crate::serve) fn context(&self) -> Context<'_> {
        Context {
            salt: self.salt.as_ref(),
            salt2: self.salt2.as_ref(),
            username: self.username.as_ref().map(|name| name.as_str()),
            user_id: self.user_id.as_ref().map(|id| id.as_str()),
            charset: self.charset,
        }
    }
}

impl From<Verdict> for http::Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Match => Self::Match,
            Verdict::Mismatch => Self::Mismatch,
            Verdict::ResetRequired => Self::ResetRequired,
        }
    }
}
