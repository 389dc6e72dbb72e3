//! The sidecar's connections to the database: a few readers and writers.
//!
//! A connection is made when it is needed and closed when its state is in doubt.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::LedgerNames;
use crate::secret::DatabaseUrl;
use crate::serve::event::{OnceAMinute, SidecarEvent, SidecarObserver};
use crate::store::ledger::{Names, NewToken, TokenLine, UnfinishedRun, migrate, token};
use crate::store::{
    ChosenPassword, Conn, CredentialColumn, ErrorClass, FoundLogin, Key, Kind, LoginRow, Quote,
    Role, Row, StoreError, Swap, choose_password, is_row_known, now_ms_of, read_keys, read_login,
    swap_row,
};

/// The database behind the sidecar.
pub(in crate::serve) struct Database {
    url: DatabaseUrl,
    readers: Pool,
    writers: Pool,
    time: Duration,
    /// The names of the ledger's tables.
    names: Names,
    /// Whether the ledger's tables have been seen. Logins never ask for them.
    has_ledger: AtomicBool,
    /// Since when the database does not answer, and why; none while it does.
    gone: Mutex<Option<DatabaseGone>>,
    /// What the last question to it came to, and when.
    last_ping: tokio::sync::Mutex<Option<(Instant, bool)>>,
    /// For reads that fail though the database answers.
    failed: OnceAMinute,
    observer: Arc<dyn SidecarObserver>,
}

/// That the database does not answer.
#[derive(Clone, Copy, Debug)]
pub(in crate::serve) struct DatabaseGone {
    pub(in crate::serve) since: Instant,
    /// A word for programs: `gone` or `slow`.
    pub(in crate::serve) reason: &'static str,
}

/// Whoever asks often whether the database answers gets what it said so long ago, because anybody
/// may ask.
const PING_KEPT: Duration = Duration::from_secs(1);

/// What the connections are made for and with.
pub(in crate::serve) struct DatabaseSettings<'a> {
    pub(in crate::serve) url: DatabaseUrl,
    /// The most connections; at least two are used.
    pub(in crate::serve) connections: usize,
    /// The longest time that a step may take.
    pub(in crate::serve) time: Duration,
    pub(in crate::serve) ledger: &'a LedgerNames,
}

/// The rows of a login.
#[derive(Default)]
pub(in crate::serve) struct FoundRows {
    /// The rows that are meant, each with the place of its column.
    pub(in crate::serve) rows: Vec<(usize, LoginRow)>,
    /// Whose the classes are, by all rows that have the login in some way, meant or not.
    pub(in crate::serve) owners: Vec<ClassOwner>,
    /// The same for every text that the database takes for the same login: at least one for each
    /// column of logins.
    pub(in crate::serve) classes: Vec<Vec<u8>>,
}

/// A row that has a class of the login.
pub(in crate::serve) struct ClassOwner {
    pub(in crate::serve) class: Vec<u8>,
    /// The place of the row's column.
    pub(in crate::serve) half: usize,
    pub(in crate::serve) key: Key,
}

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(in crate::serve) enum DatabaseError {
    /// It took too long.
    #[error("no answer within {} s", .0.as_secs())]
    Slow(Duration),
    /// It said so.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl DatabaseError {
    /// A word for programs.
    fn word(&self) -> &'static str {
        match self {
            Self::Slow(_) => "slow",
            Self::Store(error) => error.class().facts().name,
        }
    }
}

struct Pool {
    role: Role,
    idle: Mutex<Vec<Conn>>,
    slots: Semaphore,
}

/// A connection for one step. One that is dropped without being given back is closed, because the
/// server may still be at work on it.
struct Lease<'p> {
    pool: &'p Pool,
    conn: Conn,
    /// Whether it was idle before, and may have been lost meanwhile.
    was_idle: bool,
    _slot: SemaphorePermit<'p>,
}

/// A step that failed.
struct FailedStep {
    error: StoreError,
    was_idle: bool,
}

impl Database {
    /// Prepares the connections. Nothing is opened yet.
    pub(in crate::serve) fn new(
        settings: DatabaseSettings<'_>,
        observer: Arc<dyn SidecarObserver>,
    ) -> Result<Self, StoreError> {
        let DatabaseSettings {
            url,
            connections,
            time,
            ledger,
        } = settings;
        let kind = Kind::of(&url)?;
        // SQLite lets in one writer. Elsewhere a swap is one short transaction, so half is enough.
        let writers = if kind.lets_in_one_writer() {
            1
        } else {
            (connections / 2).max(1)
        };
        Ok(Self {
            url,
            readers: Pool::new(Role::Read, connections.saturating_sub(writers).max(1)),
            writers: Pool::new(Role::Write, writers),
            time,
            names: Names::new(kind, &ledger.schema, &ledger.prefix)?,
            has_ledger: AtomicBool::new(false),
            gone: Mutex::default(),
            last_ping: tokio::sync::Mutex::default(),
            failed: OnceAMinute::new(),
            observer,
        })
    }

    /// Reads the rows that are meant by this login, at most two of each column, with the place of
    /// the column, and the login's classes of equal texts.
    ///
    /// Every column is asked, wherever the row is found: the time must not show it.
    pub(in crate::serve) async fn find(
        &self,
        columns: &[&CredentialColumn],
        login: &str,
    ) -> Result<FoundRows, DatabaseError> {
        self.step(&self.readers, |mut lease| async move {
            let mut found = FoundRows::default();
            let mut all: Vec<(usize, LoginRow)> = Vec::new();
            for (at, column) in columns.iter().enumerate() {
                match read_login(&mut lease.conn, column, login).await {
                    // All of them have the same columns of logins.
                    Ok(FoundLogin { rows, classes }) => {
                        all.extend(rows.into_iter().map(|row| (at, row)));
                        found.classes = classes;
                    }
                    Err(error) => return lease.settle(Err(error)),
                }
            }
            let owner = |(half, found): &(usize, LoginRow)| ClassOwner {
                class: found.class.clone(),
                half: *half,
                key: found.row.key.clone(),
            };
            found.owners = all.iter().map(owner).collect();
            // In whichever half they are.
            let least = all.iter().map(|(_, found)| found.rank).min();
            all.retain(|(_, found)| Some(found.rank) == least);
            found.rows = all;
            lease.settle(Ok(found))
        })
        .await
    }

    /// Writes one value if the row still holds the old one.
    pub(in crate::serve) async fn swap(
        &self,
        column: &CredentialColumn,
        row: &Swap,
    ) -> Result<bool, DatabaseError> {
        self.step(&self.writers, |mut lease| async move {
            let swapped = swap_row(&mut lease.conn, &self.names, column, row).await;
            lease.settle(swapped)
        })
        .await
    }

    /// Whether the ledger says of the row's value that its password is known.
    pub(in crate::serve) async fn is_known(
        &self,
        column: &CredentialColumn,
        row: &Row,
    ) -> Result<bool, DatabaseError> {
        self.step(&self.readers, |mut lease| async move {
            let known = is_row_known(&mut lease.conn, &self.names, column, row).await;
            lease.settle(known)
        })
        .await
    }

    /// Reads the row of that key.
    pub(in crate::serve) async fn row(
        &self,
        column: &CredentialColumn,
        key: &Key,
    ) -> Result<Option<Row>, DatabaseError> {
        self.step(&self.readers, |mut lease| async move {
            let row = read_keys(&mut lease.conn, column, std::slice::from_ref(key)).await;
            lease.settle(row.map(|rows| rows.into_iter().next().flatten()))
        })
        .await
    }

    /// Makes sure that the ledger's tables are there. It looks once.
    pub(in crate::serve) async fn ledger(&self) -> Result<(), DatabaseError> {
        if self.has_ledger.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.step(&self.writers, |mut lease| async move {
            let unfinished = UnfinishedRun::LeavesLedger;
            let made = migrate::ensure_beside(&mut lease.conn, &self.names, unfinished).await;
            lease.settle(made)
        })
        .await?;
        self.has_ledger.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Keeps a token in the ledger.
    pub(in crate::serve) async fn issue(&self, new: &NewToken<'_>) -> Result<(), DatabaseError> {
        self.step(&self.writers, |mut lease| async move {
            let kept = token::issue(&mut lease.conn, &self.names, new).await;
            lease.settle(kept)
        })
        .await
    }

    /// Finds the token of that hash, if it is good.
    pub(in crate::serve) async fn token(
        &self,
        hash: &str,
    ) -> Result<Option<TokenLine>, DatabaseError> {
        self.step(&self.readers, |mut lease| async move {
            let found = token::find(&mut lease.conn, &self.names, hash).await;
            lease.settle(found)
        })
        .await
    }

    /// Deletes the tokens that have expired.
    pub(in crate::serve) async fn forget_expired(&self) -> Result<(), DatabaseError> {
        self.step(&self.writers, |mut lease| async move {
            let forgotten = token::forget_expired(&mut lease.conn, &self.names).await;
            lease.settle(forgotten.map(|_| ()))
        })
        .await
    }

    /// Writes a new password's value and uses its token up, if the row still holds the old value
    /// and the token is good.
    pub(in crate::serve) async fn choose(
        &self,
        column: &CredentialColumn,
        row: &Swap,
        token_hash: &str,
    ) -> Result<bool, DatabaseError> {
        let choose = || {
            self.step(&self.writers, |mut lease| async move {
                let conn = &mut lease.conn;
                let new = ChosenPassword { row, token_hash };
                let chosen = choose_password(conn, &self.names, column, new).await;
                lease.settle(chosen)
            })
        };
        match choose().await {
            // The COMMIT may have been done although its answer was lost. The second call finds
            // out.
            Err(DatabaseError::Store(error)) if error.class() == ErrorClass::Gone => choose().await,
            other => other,
        }
    }

    /// Whether the database answers.
    pub(in crate::serve) async fn is_up(&self) -> bool {
        self.ping().await.is_ok()
    }

    /// Whether it answers, or did a moment ago.
    pub(in crate::serve) async fn was_up(&self) -> bool {
        let mut last = self.last_ping.lock().await;
        match *last {
            Some((at, is_up)) if at.elapsed() < PING_KEPT => is_up,
            _ => {
                let is_up = self.is_up().await;
                *last = Some((Instant::now(), is_up));
                is_up
            }
        }
    }

    async fn ping(&self) -> Result<(), DatabaseError> {
        self.step(&self.readers, |mut lease| async move {
            let now = now_ms_of(&mut lease.conn).await.map(|_| ());
            lease.settle(now)
        })
        .await
    }

    /// Does one step on a connection. If that was lost while it was idle, the step is done on a new
    /// one.
    async fn step<'s, T, F>(
        &'s self,
        pool: &'s Pool,
        step: impl Fn(Lease<'s>) -> F,
    ) -> Result<T, DatabaseError>
    where
        F: Future<Output = Result<T, FailedStep>>,
    {
        let twice = async {
            let first = step(pool.lease(&self.url).await?).await;
            match first {
                Err(failed) if failed.was_idle && failed.error.class() == ErrorClass::Gone => {
                    pool.forget_idle();
                    let again = step(pool.lease(&self.url).await?).await;
                    again.map_err(|failed| failed.error)
                }
                other => other.map_err(|failed| failed.error),
            }
        };
        let answer = match tokio::time::timeout(self.time, twice).await {
            Ok(answer) => answer.map_err(DatabaseError::Store),
            Err(_) => Err(DatabaseError::Slow(self.time)),
        };
        self.note(answer.as_ref().err());
        if let (Role::Read, Err(DatabaseError::Store(error))) = (pool.role, &answer) {
            self.tell_failed(error);
        }
        answer
    }

    /// Tells the observer once when the database goes, and once when it comes back.
    fn note(&self, error: Option<&DatabaseError>) {
        let gone = match error {
            None => None,
            Some(DatabaseError::Store(error)) if error.class() != ErrorClass::Gone => return,
            Some(error) => Some(error.to_string()),
        };
        let event = {
            let mut now = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
            match (now.is_some(), gone) {
                (false, Some(why)) => {
                    *now = Some(DatabaseGone {
                        since: Instant::now(),
                        reason: error.map_or("gone", DatabaseError::word),
                    });
                    SidecarEvent::DatabaseGone { why }
                }
                (true, None) => {
                    *now = None;
                    SidecarEvent::DatabaseBack
                }
                _ => return,
            }
        };
        self.observer.on(&event);
    }

    /// Tells the operator, once a minute, why nobody can log in though the database answers: a
    /// right was taken away, a table is gone, a condition fails. What fails in the ledger or when a
    /// row is written is told by whoever asked for it.
    fn tell_failed(&self, error: &StoreError) {
        let quote = match error {
            StoreError::Db { quote, .. } => *quote,
            _ => return,
        };
        let passes = matches!(error.class(), ErrorClass::Busy | ErrorClass::Gone);
        if quote != Quote::Ledger && !passes && self.failed.is_due() {
            self.observer.on(&SidecarEvent::Cannot {
                what: format!("logins can't be checked: {error}"),
            });
        }
    }

    /// Since when the database does not answer, where it does not.
    pub(in crate::serve) fn gone(&self) -> Option<DatabaseGone> {
        *self.gone.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    fn new(role: Role, size: usize) -> Self {
        Self {
            role,
            idle: Mutex::new(Vec::new()),
            slots: Semaphore::new(size),
        }
    }

    async fn lease(&self, url: &DatabaseUrl) -> Result<Lease<'_>, StoreError> {
        let slot = self.slots.acquire().await.expect("it is never closed");
        let idle = self.idle().pop();
        let was_idle = idle.is_some();
        let conn = match idle {
            Some(conn) => conn,
            // The sidecar has looked at the database before it takes requests.
            None => {
                let opened = Conn::try_open(url, self.role).await;
                opened.map_err(StoreError::of_known_server)?
            }
        };
        Ok(Lease {
            pool: self,
            conn,
            was_idle,
            _slot: slot,
        })
    }

    fn forget_idle(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Conn>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease<'_> {
    /// Gives the connection back, unless an error left its state in doubt.
    fn settle<T>(self, answer: Result<T, StoreError>) -> Result<T, FailedStep> {
        let is_sound = match &answer {
            Ok(_) => true,
            Err(StoreError::WrongReadBack { .. }) => true,
            Err(error) => matches!(error.class(), ErrorClass::Busy | ErrorClass::Row),
        };
        let was_idle = self.was_idle;
        if is_sound {
            self.pool.idle().push(self.conn);
        }
        answer.map_err(|error| FailedStep { error, was_idle })
    }
}
