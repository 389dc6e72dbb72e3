//! What every command begins with: the settings, the database, its columns, its clock, and the
//! deadlines that run.

use std::collections::HashSet;
use std::time::Duration;

use super::error::EngineError;
use super::request::ProofOptions;
use crate::config::Settings;
use crate::policy::Deadlines;
use crate::secret::DatabaseUrl;
use crate::store::ledger::{LockOwner, Names, WorkerIdentity, clock};
use crate::store::{
    Backoff, Conn, CredentialColumn, ErrorClass, Kind, Role, StoreError, now_ms_of,
};

/// The wait between two tries to open a database that is busy. A holder is done in a moment, so
/// longer waits would only delay the command.
const WAIT_BUSY: Duration = Duration::from_millis(200);

/// An open look at a database; it writes nothing.
#[derive(Debug)]
pub struct Session<'s> {
    /// The configuration.
    pub settings: &'s Settings,
    /// The database's URL.
    pub url: DatabaseUrl,
    /// The ledger's place.
    pub names: Names,
    /// The credentials' columns, in the order of the configuration.
    pub columns: Vec<CredentialColumn>,
    /// The database's clock when the session began.
    pub now_ms: i64,
    /// The clocks of the rules' deadlines.
    pub deadlines: Deadlines,
    /// A connection that reads.
    pub conn: Conn,
    /// This host's clock at that moment, where a face has told it. It is a witness: nothing is
    /// decided by it.
    pub host_ms: Option<i64>,
    /// How schemes are proven.
    pub proof: ProofOptions,
    /// Whether a lost connection is waited for already, by whoever asks at the moment.
    pub(super) is_waited_for: bool,
}

impl<'s> Session<'s> {
    /// Connects and looks the credentials up. A database that is gone or busy is waited for.
    ///
    /// # Errors
    /// A database that can't be reached for a minute; a table or column that is not there.
    pub async fn open(settings: &'s Settings, url: DatabaseUrl) -> Result<Self, EngineError> {
        let names = names(settings, &url)?;
        let mut conn = Conn::open(&url, Role::Read).await?;
        let mut backoff = Backoff::steady(WAIT_BUSY);
        let (columns, now_ms, deadlines) = loop {
            // Somebody may hold the whole database (SQLite) or the catalogue for a moment.
            match look(settings, &names, &mut conn).await {
                Ok(seen) => break seen,
                Err(error) if backoff.allows(&error) => {
                    backoff.wait().await;
                    if error.class() != ErrorClass::Busy {
                        conn = Conn::open_again(&url, Role::Read).await?;
                    }
                }
                Err(error) => return Err(error.into()),
            }
        };
        Ok(Self {
            settings,
            url,
            names,
            columns,
            now_ms,
            deadlines,
            conn,
            host_ms: None,
            proof: ProofOptions::default(),
            is_waited_for: false,
        })
    }

    /// A worker that has taken the locks of all columns. Two credentials may share a column, told
    /// apart by `where`: one lock.
    pub(crate) fn lock_owner<'w>(&self, worker: &'w WorkerIdentity) -> LockOwner<'w> {
        let names = self.columns.iter().map(CredentialColumn::lock_name);
        LockOwner {
            id: &worker.id,
            locks: names.collect::<HashSet<_>>().len() as u64,
            duty: None,
        }
    }
}

/// Looks the credentials' columns up, with the database's clock and the deadlines that run.
async fn look(
    settings: &Settings,
    names: &Names,
    conn: &mut Conn,
) -> Result<(Vec<CredentialColumn>, i64, Deadlines), StoreError> {
    let mut columns = Vec::with_capacity(settings.credentials.len());
    for credential in &settings.credentials {
        columns.push(CredentialColumn::resolve(conn, credential).await?);
    }
    let now_ms = now_ms_of(conn).await?;
    let mut deadlines = Deadlines::new();
    for clock in clock::all(conn, names).await? {
        deadlines.start(&clock.credential, &clock.rule, clock.since_ms);
    }
    Ok((columns, now_ms, deadlines))
}

/// The ledger's place in the database behind a URL.
///
/// # Errors
/// A URL of no kind that this build knows; a ledger's name that can't be one.
pub fn names(settings: &Settings, url: &DatabaseUrl) -> Result<Names, StoreError> {
    Names::new(
        Kind::of(url)?,
        &settings.ledger.schema,
        &settings.ledger.prefix,
    )
}
