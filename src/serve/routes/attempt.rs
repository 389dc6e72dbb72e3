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
#[derive(Clone, Copy)]
pub(super) struct CountedAttempt<'a> {
    pub(super) lane: Lane,
    pub(super) credential: &'a LoginCredential,
    /// The name's class of equal texts, or a token.
    pub(super) name: &'a [u8],
}

/// Counts a request by its client's address, or refuses it. An empty text is no address.
pub(super) fn count_client(app: &App, client: Option<&str>) -> Result<(), ApiRefusal> {
    let client = client.map(str::trim).filter(|client| !client.is_empty());
    let Some(client) = client else { return Ok(()) };
    let network = client_network(client).ok_or(ApiRefusal::Unprocessable(
        "the client is no address of IPv4 or IPv6",
    ))?;
    count(app, app.limits.clients.as_ref(), network)
}

impl CountedAttempt<'_> {
    /// Counts it, or refuses it.
    ///
    /// A login counts as a wrong password until it turns out to be right: so attempts at once are
    /// no more than one after the other.
    pub(super) fn count(self, app: &App) -> Result<(), ApiRefusal> {
        let limits = &app.limits;
        let key = self.key(app);
        match self.lane {
            Lane::Reset => count(app, limits.resets.as_ref(), key),
            Lane::Token => count(app, limits.logins.as_ref(), key),
            Lane::Login | Lane::SeenBefore => {
                count(app, limits.logins.as_ref(), key)?;
                count(app, limits.failures.as_ref(), key)
            }
        }
    }

    /// The password was right: what was wrong before no longer counts in this lane.
    pub(super) fn succeeded(self, app: &App) {
        if let Some(failures) = &app.limits.failures {
            failures.forget(self.key(app));
        }
    }

    /// No password was checked, so none was wrong. It still counts as a login.
    pub(super) fn not_checked(self, app: &App) {
        if let Some(failures) = &app.limits.failures {
            failures.take_back(self.key(app));
        }
    }

    /// One login is one login, whichever half its row is in.
    fn key<'k>(self, app: &'k App) -> (Lane, &'k str, &'k [u8])
    where
        Self: 'k,
    {
        let name = &app.credentials[self.credential.first_half].name;
        (self.lane, name, self.name)
    }
}

fn count(app: &App, limit: Option<&Limit>, name: impl std::hash::Hash) -> Result<(), ApiRefusal> {
    match limit.map(|limit| limit.take(name)) {
        Some(Err(seconds)) => {
            app.metrics.limited.add();
            Err(ApiRefusal::Limited { seconds })
        }
        _ => Ok(()),
    }
}
