//! What every request needs: the credentials as they were found in the database, the threads, the limits, the counts.

use std::sync::Arc;
use std::time::Duration;

use super::database::Database;
use super::dearest::dearest;
use super::event::{Event, Observer, OnceAMinute};
use super::hashers::{Hashers, Size};
use super::known::KnownLists;
use super::limit::Limits;
use super::metrics::Metrics;
use super::server::Means;
use super::token::Token;
use crate::auth;
use crate::census::ListError;
use crate::config::{self, Pad, Settings};
use crate::machine::Machine;
use crate::policy::Target;
use crate::scheme::Declared;
use crate::store::{Column, Conn, Neighbour, Role, StoreError};

/// Why the sidecar can't begin.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not one hash fits.
    #[error(
        "one hash at the target needs {needed_mib} MiB, and this machine does not offer so much beside the 512 MiB that are kept free"
    )]
    TooLittleMemory {
        /// For one hash.
        needed_mib: u64,
    },
    /// A list of known passwords can't be used.
    #[error(transparent)]
    List(#[from] ListError),
    /// The threads could not be started.
    #[error("cannot start the hashing threads")]
    Threads(#[source] std::io::Error),
}

/// Shared by all requests.
pub(super) struct App {
    pub(super) credentials: Vec<Arc<Credential>>,
    pub(super) target: Target,
    pub(super) kratos_credential: Option<String>,
    pub(super) reveal_reset: bool,
    pub(super) body_bytes_max: usize,
    pub(super) request_time: Duration,
    pub(super) token: Option<Token>,
    pub(super) hashers: Hashers,
    pub(super) limits: Option<Limits>,
    pub(super) reset_limits: Option<Limits>,
    pub(super) reset_time: Duration,
    /// What a new password must not be.
    pub(super) known: Arc<KnownLists>,
    pub(super) told: ToldOfAll,
    pub(super) database: Database,
    pub(super) metrics: Metrics,
    pub(super) observer: Arc<dyn Observer>,
}

/// A credential as a login needs it.
pub(super) struct Credential {
    pub(super) name: String,
    pub(super) auth: auth::Column,
    /// With the neighbours of [`BESIDE`].
    pub(super) column: Column,
    pub(super) has_login: bool,
    /// Whether every reader of the column can read what an upgrade writes.
    pub(super) may_write: bool,
    pub(super) told: Told,
}

/// What was told of a credential of late.
pub(super) struct Told {
    pub(super) ambiguous: OnceAMinute,
    pub(super) unverifiable: OnceAMinute,
    pub(super) not_upgraded: OnceAMinute,
    pub(super) not_chosen: OnceAMinute,
}

/// What was told or done of late for all credentials.
pub(super) struct ToldOfAll {
    pub(super) no_ledger: OnceAMinute,
    pub(super) list: OnceAMinute,
    /// Expired tokens were forgotten.
    pub(super) forgot: OnceAMinute,
}

const MINUTE: Duration = Duration::from_secs(60);

/// What stands beside a value and may have gone into its digest, in the order in which a row carries it.
pub(super) const BESIDE: [Neighbour; 4] = [
    Neighbour::Salt,
    Neighbour::Salt2,
    Neighbour::Username,
    Neighbour::UserId,
];

impl App {
    /// Looks the credentials up and starts the threads.
    pub(super) async fn open(settings: &Settings, means: Means<'_>) -> Result<Self, ServeError> {
        let Means {
            url,
            token,
            kernel,
            observer,
        } = means;
        let serve = &settings.serve;
        let target_kib = settings.target.strength().memory_kib();
        let size = Size::fit(Machine::look(), target_kib, serve.threads, serve.queue).ok_or(
            ServeError::TooLittleMemory {
                needed_mib: target_kib >> 10,
            },
        )?;
        let mut conn = Conn::open(url, Role::Read).await?;
        let mut credentials = Vec::new();
        for credential in &settings.credentials {
            let column = Column::resolve(&mut conn, credential).await?;
            let mut auth = auth_of(credential, &settings.target);
            if serve.pad == Pad::Dearest {
                let dear = dearest(&mut conn, &column, &auth, size.memory_kib).await?;
                auth.dearest = dear.matched;
                observer.on(&Event::Dearest {
                    credential: credential.name.clone(),
                    dear,
                });
            }
            credentials.push(Arc::new(Credential::new(
                credential,
                auth,
                column.beside(&BESIDE)?,
            )));
            caution(credential, observer.as_ref());
        }
        conn.close().await;
        let known = KnownLists::open(&settings.known)?;
        if known.is_cut() {
            observer.on(&Event::ListsCut {
                words: known.words(),
            });
        }
        Ok(Self {
            credentials,
            target: settings.target,
            kratos_credential: serve.kratos_credential.clone(),
            reveal_reset: serve.reveal_reset,
            body_bytes_max: serve.body_bytes_max,
            request_time: serve.request_time,
            token,
            hashers: Hashers::start(size, kernel).map_err(ServeError::Threads)?,
            limits: Limits::new(serve.logins_burst, serve.logins_per_minute, MINUTE),
            reset_limits: Limits::new(serve.resets_burst, serve.resets_per_hour, 60 * MINUTE),
            reset_time: serve.reset_time,
            known: Arc::new(known),
            told: ToldOfAll {
                no_ledger: OnceAMinute::new(),
                list: OnceAMinute::new(),
                forgot: OnceAMinute::new(),
            },
            database: Database::new(
                url.clone(),
                serve.connections,
                serve.database_time,
                &settings.ledger,
                Arc::clone(&observer),
            )?,
            metrics: Metrics::default(),
            observer,
        })
    }

    /// The credential of that name.
    pub(super) fn credential(&self, name: &str) -> Option<&Arc<Credential>> {
        self.credentials
            .iter()
            .find(|credential| credential.name == name)
    }

    /// The credential that Kratos' hook asks about: the one that is named, or the only one that names a login.
    pub(super) fn for_kratos(&self) -> Option<&Arc<Credential>> {
        if let Some(name) = &self.kratos_credential {
            return self.credential(name);
        }
        let mut with_login = self.credentials.iter().filter(|c| c.has_login);
        with_login.next().filter(|_| with_login.next().is_none())
    }
}

impl Credential {
    fn new(credential: &config::Credential, auth: auth::Column, column: Column) -> Self {
        Self {
            name: credential.name.clone(),
            auth,
            column,
            has_login: credential.login.is_some(),
            may_write: credential.readers_ready,
            told: Told {
                ambiguous: OnceAMinute::new(),
                unverifiable: OnceAMinute::new(),
                not_upgraded: OnceAMinute::new(),
                not_chosen: OnceAMinute::new(),
            },
        }
    }
}

fn auth_of(credential: &config::Credential, target: &Target) -> auth::Column {
    auth::Column {
        declared: credential.scheme,
        outer: target.outer,
        dialect: target.dialect,
        normalize: credential.normalize,
        dearest: None,
    }
}

/// What is told once, at the start.
fn caution(credential: &config::Credential, observer: &dyn Observer) {
    let tell = |what| {
        observer.on(&Event::Caution {
            credential: credential.name.clone(),
            what,
        });
    };
    if credential.scheme == Declared::Auto {
        tell(
            "scheme = \"auto\" says nothing of a bare digest, so no password opens one here; name the scheme that `saltern scan` shows",
        );
    }
    if !credential.readers_ready {
        tell("readers_ready is not true, so passwords are checked and nothing is upgraded");
    }
}
