//! How often something is tried: by the client's address, by name, and by wrong passwords in a row.
//!
//! Names are counted alike whether anybody has them or not: a limit of a user's row would tell by
//! its refusal that there is one.

use crate::serve::http::ApiRefusal;
use crate::serve::limit::{Limit, client_network};
use crate::serve::work::{App, LoginCredential};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// Logins.
    Login,
    /// Logins from a device that the user has logged in from before, as the application says.
    SeenBefore,
    /// Tokens that are asked for.
    Reset,
    /// A token that is used.
    Token,
}

/// A name in a lane.
///
/// It counts in the class of the typed text in each column of logins, whichever has it. What opens
/// a row by one column is one class there, so no spelling is counted apart. An account with several
/// columns has as many names, which nobody may be shown to be one account's. So each has its share
/// of the limits: an attempt counts once for each column.
#[derive(Clone, Copy)]
pub(super) struct CountedAttempt<'a> {
    pub(super) lane: Lane,
    pub(super) credential: &'a LoginCredential,
    /// The classes of equal texts of the name, or a token.
    pub(super) names: &'a [Vec<u8>],
}

/// Counts a request by its client's address, or refuses it. An empty text is no address.
pub(super) fn count_client(app: &App, client: Option<&str>) -> Result<(), ApiRefusal> {
    let client = client.map(str::trim).filter(|client| !client.is_empty());
    let Some(client) = client else { return Ok(()) };
    let network = client_network(client).ok_or(ApiRefusal::Unprocessable(
        "the client is no address of IPv4 or IPv6",
    ))?;
    match &app.limits.clients {
        Some(limit) => allowed(app, limit.take(network, 1)),
        None => Ok(()),
    }
}

impl CountedAttempt<'_> {
    /// Counts it, or refuses it.
    ///
    /// A login counts as a wrong password until it turns out to be right: so attempts at once are
    /// no more than one after the other.
    pub(super) fn count(self, app: &App) -> Result<(), ApiRefusal> {
        let limits = &app.limits;
        match self.lane {
            Lane::Reset => self.count_names(app, limits.resets.as_ref()),
            Lane::Token => self.count_names(app, limits.logins.as_ref()),
            Lane::Login | Lane::SeenBefore => {
                self.count_names(app, limits.logins.as_ref())?;
                self.count_names(app, limits.failures.as_ref())
            }
        }
    }

    /// The password was right: what was wrong before no longer counts in this lane for the class
    /// that is the user's own. Any other may be somebody else's name, so there this attempt alone
    /// no longer counts.
    pub(super) fn succeeded(self, app: &App, own: Option<&[u8]>) {
        let Some(failures) = &app.limits.failures else {
            return;
        };
        for name in self.names {
            let key = self.key(app, name);
            if Some(&**name) == own {
                failures.forget(key);
            } else {
                failures.take_back(key, self.weight());
            }
        }
    }

    /// What was wrong before no longer counts in this lane.
    pub(super) fn forget(self, app: &App) {
        if let Some(failures) = &app.limits.failures {
            for name in self.names {
                failures.forget(self.key(app, name));
            }
        }
    }

    /// No password was checked, so none was wrong. It still counts as a login.
    pub(super) fn not_checked(self, app: &App) {
        self.take_back(app, app.limits.failures.as_ref(), self.names);
    }

    /// Counts it in every class, or in none.
    fn count_names(self, app: &App, limit: Option<&Limit>) -> Result<(), ApiRefusal> {
        let Some(limit) = limit else { return Ok(()) };
        for (at, name) in self.names.iter().enumerate() {
            let taken = limit.take(self.key(app, name), self.weight());
            allowed(app, taken).inspect_err(|_| {
                self.take_back(app, Some(limit), &self.names[..at]);
            })?;
        }
        Ok(())
    }

    fn take_back(self, app: &App, limit: Option<&Limit>, names: &[Vec<u8>]) {
        let Some(limit) = limit else { return };
        for name in names {
            limit.take_back(self.key(app, name), self.weight());
        }
    }

    fn weight(self) -> u32 {
        match self.lane {
            Lane::Login | Lane::SeenBefore => self.credential.login_columns,
            Lane::Reset | Lane::Token => 1,
        }
    }

    /// One login is one login, whichever half its row is in.
    fn key<'k>(self, app: &'k App, name: &'k [u8]) -> (Lane, &'k str, &'k [u8])
    where
        Self: 'k,
    {
        let credential = &app.credentials[self.credential.first_half].name;
        (self.lane, credential, name)
    }
}

fn allowed(app: &App, taken: Result<(), u64>) -> Result<(), ApiRefusal> {
    match taken {
        Err(seconds) => {
            app.metrics.limited.add();
            Err(ApiRefusal::Limited { seconds })
        }
        Ok(()) => Ok(()),
    }
}
