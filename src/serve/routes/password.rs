//! Checks a password against a value on a hashing thread.
//!
//! Whatever the value is, a mismatch looks the same and costs the same. It reads and writes no row.

use std::sync::Arc;

use crate::auth::{AuthError, Column, Outcome, Replacement};
use crate::scheme::{
    CompanionReadings, CompanionTexts, Context, Declared, HashTally, LoginWorkMax, Scheme,
    VerifyError, recognise, spellings,
};
use crate::secret::{Password, SiteSalts, StoredHash};
use crate::serve::http::{ApiRefusal, PasswordOutcome};
use crate::serve::work::{
    App, HashNeeds, KnownLists, LoginCredential, NotComputed, ResetDisclosure, Ticket,
};
use crate::store::Row;

/// A password and the value that it is checked against.
pub(super) struct PasswordCheck {
    pub(super) column: Column,
    pub(super) value: Value,
    pub(super) password: Password,
    /// The name's class of equal texts; none where the value came without a name.
    pub(super) name: Option<Vec<u8>>,
    /// The lists that a right password is looked up in; none where nobody is told.
    pub(super) lists: Option<Arc<KnownLists>>,
}

/// The result of a check.
pub(super) struct Checked {
    pub(super) outcome: PasswordOutcome,
    /// The hash that should replace the value; none where the value is good enough.
    pub(super) replacement: Option<Replacement>,
    /// Why the stored value could not be checked.
    pub(super) error: Option<AuthError>,
    /// What the lists say of a right password; none where none was asked.
    pub(super) listed: Option<Result<bool, String>>,
}

/// A stored value with the columns that may have gone into its digest.
#[derive(Default)]
pub(super) struct Value {
    pub(super) stored: Option<StoredHash>,
    pub(super) beside: CompanionReadings,
    pub(super) site: Option<SiteSalts>,
    pub(super) charset: Option<crate::text::Charset>,
    /// The most work that a check may cost.
    pub(super) work_max: LoginWorkMax,
    /// What every login makes beside a hash at the target; none where rows may cost more.
    pub(super) pad: Option<Arc<HashTally>>,
    /// For how many spellings of the password a login makes hashes at the least.
    pub(super) spellings_min: usize,
}

/// Takes a place in the queue, or refuses the request.
pub(super) fn admit(app: &App) -> Result<Ticket, ApiRefusal> {
    app.hashers.admit().ok_or_else(|| {
        app.metrics.overloaded.add();
        ApiRefusal::Overloaded
    })
}

/// Checks a password on a hashing thread. Without a value it costs what a failed login costs.
pub(super) async fn check(
    app: &App,
    ticket: &Ticket,
    check: PasswordCheck,
) -> Result<Checked, ApiRefusal> {
    let disclosure = app.reset_disclosure;
    let column = check.column;
    let check = Arc::new(check);
    let checked = {
        let needs = check.needs();
        let check = Arc::clone(&check);
        let work = move || verify(&check, disclosure);
        app.hashers.compute(ticket, needs, work).await
    };
    match checked {
        Ok(checked) => checked,
        Err(NotComputed::Broken) => Err(ApiRefusal::Broken),
        // Nobody reads the answer.
        Err(NotComputed::Abandoned) => Err(ApiRefusal::Overloaded),
        // This machine has too little memory for the value, so the login fails as for any value
        // that can't be checked.
        Err(NotComputed::TooMuchMemory) => {
            let least = HashNeeds {
                dear: check.needs().dear,
                ..check.value.absent().needs(&column)
            };
            let work = {
                let check = Arc::clone(&check);
                move || column.no_row(&check.password, &check.value.context())
            };
            app.hashers
                .compute(ticket, least, work)
                .await
                .map_err(|_| ApiRefusal::Broken)?;
            Ok(Checked {
                outcome: PasswordOutcome::Mismatch,
                replacement: None,
                error: Some(AuthError::Verify(VerifyError::Parameters)),
                listed: None,
            })
        }
    }
}

impl PasswordCheck {
    /// What its hashes need of the machine.
    ///
    /// A login that may make a dear hash takes its name's share of the threads, whether anybody has
    /// the name or not. Otherwise the time of many logins at once would tell.
    fn needs(&self) -> HashNeeds<'_> {
        let needs = self.value.needs(&self.column);
        let own = needs.dear;
        let dear = match self.name.as_deref() {
            Some(name) => {
                (own.is_some() || self.column.owes_dear(&self.value.context())).then_some(name)
            }
            None => own,
        };
        HashNeeds { dear, ..needs }
    }
}

impl Value {
    /// The value of a user who doesn't exist. It costs as many hashes as that of one who does.
    pub(super) fn none(credential: &LoginCredential) -> Self {
        let nothing = CompanionTexts::default();
        Self {
            beside: credential.column.readings_of(&nothing),
            site: credential.site.clone(),
            charset: credential.charset,
            work_max: credential.work_max,
            pad: credential.pad.as_ref().map(|pad| pad.now()),
            ..Self::default()
        }
    }

    /// The value of a user who doesn't exist, in the place of this one.
    pub(super) fn absent(&self) -> Self {
        Self {
            beside: self.beside.emptied(),
            site: self.site.clone(),
            charset: self.charset,
            work_max: self.work_max,
            pad: self.pad.clone(),
            spellings_min: self.spellings_min,
            ..Self::default()
        }
    }

    /// The value of a row, with its companions.
    pub(super) fn of(credential: &LoginCredential, row: &Row) -> Self {
        // A login sends a plaintext as Unicode text, whatever the column's charset is.
        let value = if credential.auth.declared == Declared::Scheme(Scheme::PLAINTEXT) {
            row.plaintext()
        } else {
            row.value()
        };
        // A value that is not what its row's column says opens for nobody.
        let value = value.filter(|value| {
            let recognised = recognise(Some(value), credential.auth.declared);
            !credential.expected.is_contradicted(&recognised)
        });
        Self {
            stored: value.map(StoredHash::new),
            beside: row.readings(),
            site: credential.site.clone(),
            charset: credential.charset,
            work_max: credential.work_max,
            pad: credential.pad.as_ref().map(|pad| pad.now()),
            ..Self::default()
        }
    }

    /// Has every login make as much as this one must, if it is dearer than any before.
    pub(super) fn meet(&mut self, app: &App, credential: &LoginCredential) {
        let Some(stored) = self.stored.as_ref().filter(|_| self.pad.is_some()) else {
            return;
        };
        let own = credential.auth.hashes(stored, &self.context());
        if let Some(raised) = own.and_then(|own| app.meet(credential, &own)) {
            self.pad = Some(raised);
        }
    }

    /// Has a login make hashes for as many spellings as in the half of the column that has most. In
    /// which half a row is must not show.
    pub(super) fn owe_spellings(
        &mut self,
        app: &App,
        credential: &LoginCredential,
        password: &Password,
    ) {
        let each = app.halves(credential).into_iter().map(|half| {
            let nobodys = Self::none(half);
            spellings(password, &nobodys.context())
        });
        self.spellings_min = each.max().unwrap_or_default();
    }

    /// What its hashes need of the machine.
    pub(super) fn needs(&self, column: &Column) -> HashNeeds<'_> {
        let context = self.context();
        let stored = self.stored.as_ref();
        HashNeeds {
            memory_kib: column.memory_kib(stored, &context),
            dear: stored
                .filter(|stored| column.is_dear(stored, &context))
                .map(StoredHash::as_bytes),
        }
    }

    /// The same as a scheme takes it.
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            site: self.site.as_ref(),
            charset: self.charset,
            work_max: self.work_max,
            pad: self.pad.as_deref(),
            spellings_min: self.spellings_min,
            ..self.beside.context()
        }
    }
}

fn verify(check: &PasswordCheck, disclosure: ResetDisclosure) -> Result<Checked, ApiRefusal> {
    let PasswordCheck {
        column,
        value,
        password,
        lists,
        ..
    } = check;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| ApiRefusal::Broken)?;
    let context = value.context();
    let outcome = match &value.stored {
        None => Ok(column.no_row(password, &context)),
        Some(stored) => match value
            .pad
            .as_ref()
            .and_then(|_| column.beyond(stored, &context))
        {
            // It is known before anything is computed, so no part of a check shows.
            Some(beyond) => {
                column.no_row(password, &context);
                Err(AuthError::Verify(beyond))
            }
            None => column.verify_and_upgrade(stored, password, &context, &salt),
        },
    };
    let is_dead = || {
        let stored = value.stored.as_ref();
        stored.is_some_and(|stored| column.is_dead(stored))
    };
    let (outcome, replacement, error) = match outcome {
        Ok(Outcome::Match) => (PasswordOutcome::Match, None, None),
        Ok(Outcome::MatchNeedsRehash(better)) => (PasswordOutcome::Match, Some(better), None),
        // No password opens a dead value. So if a reset may be disclosed, everybody is told of it.
        Ok(Outcome::Mismatch) if disclosure == ResetDisclosure::Disclosed && is_dead() => {
            (PasswordOutcome::ResetRequired, None, None)
        }
        Ok(Outcome::Mismatch) => (PasswordOutcome::Mismatch, None, None),
        Err(error) => (PasswordOutcome::Mismatch, None, Some(error)),
    };
    // Whoever has a wrong password waits for no list.
    let lists = lists.as_ref().filter(|_| outcome == PasswordOutcome::Match);
    let listed = lists.map(|lists| lists.has(password).map_err(|error| error.to_string()));
    Ok(Checked {
        outcome,
        replacement,
        error,
        listed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{BcryptPrefix, Dialect, Outer, hashes_of};

    const CHEAP: &str = "5f4dcc3b5aa765d61d8327deb882cf99";

    /// The hashes of a bcrypt.
    fn hashes(dear: &str) -> HashTally {
        let value = StoredHash::new(dear);
        hashes_of(&value, Declared::Auto, &Context::default()).expect("a value")
    }

    fn bcrypt(cost: &str) -> String {
        format!("$2y${cost}${}", "A".repeat(53))
    }

    fn check(pad: Option<&str>, stored: Option<&str>) -> PasswordCheck {
        PasswordCheck {
            column: Column {
                declared: Declared::Scheme(Scheme::MD5),
                outer: Outer::Bcrypt {
                    cost: 4,
                    prefix: BcryptPrefix::Y,
                },
                dialect: Dialect::Phc,
                normalize: None,
            },
            value: Value {
                stored: stored.map(StoredHash::new),
                pad: pad.map(|dear| Arc::new(hashes(dear))),
                ..Value::default()
            },
            password: Password::new("x"),
            name: Some(b"anna".to_vec()),
            lists: None,
        }
    }

    #[test]
    fn with_a_dear_pad_a_name_has_its_share_whether_anybody_has_it_or_not() {
        let dear = bcrypt("10");
        let pad = Some(&*dear);
        for stored in [None, Some(CHEAP), Some(&*dear)] {
            let check = check(pad, stored);
            assert_eq!(check.needs().dear, Some(&b"anna"[..]), "{stored:?}");
        }
        let near = bcrypt("05");
        for pad in [None, Some(&*near)] {
            for stored in [None, Some(CHEAP)] {
                assert_eq!(check(pad, stored).needs().dear, None, "{stored:?}");
            }
        }
        assert_eq!(check(None, Some(&dear)).needs().dear, Some(&b"anna"[..]));
        // Without a name it is the value that is shared.
        let mut without = check(None, Some(&dear));
        without.name = None;
        assert_eq!(without.needs().dear, Some(dear.as_bytes()));
    }
}
