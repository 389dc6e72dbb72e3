//! What every request needs: the credentials as the database has them, the threads, the limits and
//! the counts.

use std::sync::Arc;
use std::time::Duration;

use super::database::{Database, DatabaseSettings};
use super::dearest::dearest;
use super::hashers::{Hashers, PoolSize};
use super::known::KnownLists;
use crate::auth;
use crate::config::{self, Pad, Settings};
use crate::machine::Machine;
use crate::policy::Target;
use crate::scheme::Declared;
use crate::serve::error::ServeError;
use crate::serve::event::{OnceAMinute, SidecarEvent, SidecarObserver};
use crate::serve::http::BodyLimits;
use crate::serve::limit::LoginLimits;
use crate::serve::means::Means;
use crate::serve::metrics::Metrics;
use crate::serve::token::BearerToken;
use crate::store::{Companion, Conn, CredentialColumn, Role};

/// Shared by all requests.
pub(in crate::serve) struct App {
    pub(in crate::serve) credentials: Vec<Arc<LoginCredential>>,
    pub(in crate::serve) target: Target,
    pub(in crate::serve) kratos_credential: Option<String>,
    pub(in crate::serve) reset_disclosure: ResetDisclosure,
    pub(in crate::serve) body: BodyLimits,
    pub(in crate::serve) token: Option<BearerToken>,
    pub(in crate::serve) hashers: Hashers,
    pub(in crate::serve) login_limits: Option<LoginLimits>,
    pub(in crate::serve) reset_limits: Option<LoginLimits>,
    pub(in crate::serve) reset_time: Duration,
    /// The passwords that a new one must not be.
    pub(in crate::serve) known: Arc<KnownLists>,
    pub(in crate::serve) notices: SidecarNotices,
    pub(in crate::serve) database: Database,
    pub(in crate::serve) metrics: Metrics,
    pub(in crate::serve) observer: Arc<dyn SidecarObserver>,
}

/// Whether a user whose password was reset is told so without the right password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum ResetDisclosure {
    Disclosed,
    Hidden,
}

/// A credential as a login needs it.
pub(in crate::serve) struct LoginCredential {
    pub(in crate::serve) name: String,
    pub(in crate::serve) auth: auth::Column,
    /// With the companions of [`COMPANIONS`].
    pub(in crate::serve) column: CredentialColumn,
    pub(in crate::serve) has_login: bool,
    /// Whether every reader of the column understands what an upgrade writes.
    pub(in crate::serve) may_write: bool,
    pub(in crate::serve) notices: CredentialNotices,
}

/// Limits on how often the operator is told of a credential.
pub(in crate::serve) struct CredentialNotices {
    pub(in crate::serve) ambiguous: OnceAMinute,
    pub(in crate::serve) unverifiable: OnceAMinute,
    pub(in crate::serve) not_upgraded: OnceAMinute,
    pub(in crate::serve) not_chosen: OnceAMinute,
}

/// Limits on how often the operator is told of all credentials, or something is done for them.
pub(in crate::serve) struct SidecarNotices {
    pub(in crate::serve) no_ledger: OnceAMinute,
    pub(in crate::serve) list: OnceAMinute,
    /// For the deletion of expired tokens.
    pub(in crate::serve) forgot: OnceAMinute,
}

const MINUTE: Duration = Duration::from_secs(60);

/// The columns beside a value that may have gone into its digest, in the order in which a row has
/// them.
pub(in crate::serve) const COMPANIONS: [Companion; 4] = [
    Companion::Salt,
    Companion::Salt2,
    Companion::Username,
    Companion::UserId,
];

impl App {
    /// Looks the credentials up and starts the threads.
    pub(in crate::serve) async fn open(
        settings: &Settings,
        means: Means<'_>,
    ) -> Result<Self, ServeError> {
        let Means {
            url,
            token,
            kernel,
            observer,
        } = means;
        let serve = &settings.serve;
        let target_kib = settings.target.strength().memory_kib();
        let size = PoolSize::fit(Machine::detect(), target_kib, serve.threads, serve.queue).ok_or(
            ServeError::TooLittleMemory {
                needed_mib: target_kib >> 10,
            },
        )?;
        let mut conn = Conn::open(url, Role::Read).await?;
        let mut credentials = Vec::new();
        for credential in &settings.credentials {
            let column = CredentialColumn::resolve(&mut conn, credential).await?;
            let mut auth = auth_of(credential, &settings.target);
            if serve.pad == Pad::Dearest {
                let dear = dearest(&mut conn, &column, &auth, size.memory_kib).await?;
                auth.dearest = dear.matched;
                observer.on(&SidecarEvent::Dearest {
                    credential: credential.name.clone(),
                    dear,
                });
            }
            credentials.push(Arc::new(LoginCredential::new(
                credential,
                auth,
                column.with_companions(&COMPANIONS)?,
            )));
            tell_cautions(credential, observer.as_ref());
        }
        conn.close().await;
        let known = KnownLists::open(&settings.known)?;
        if known.is_cut() {
            observer.on(&SidecarEvent::ListsCut {
                words: known.words(),
            });
        }
        Ok(Self {
            credentials,
            target: settings.target,
            kratos_credential: serve.kratos_credential.clone(),
            reset_disclosure: if serve.reveal_reset {
                ResetDisclosure::Disclosed
            } else {
                ResetDisclosure::Hidden
            },
            body: BodyLimits {
                bytes_max: serve.body_bytes_max,
                time: serve.request_time,
            },
            token,
            hashers: Hashers::start(size, kernel).map_err(ServeError::Threads)?,
            login_limits: LoginLimits::new(serve.logins_burst, serve.logins_per_minute, MINUTE),
            reset_limits: LoginLimits::new(serve.resets_burst, serve.resets_per_hour, 60 * MINUTE),
            reset_time: serve.reset_time,
            known: Arc::new(known),
            notices: SidecarNotices {
                no_ledger: OnceAMinute::new(),
                list: OnceAMinute::new(),
                forgot: OnceAMinute::new(),
            },
            database: Database::new(
                DatabaseSettings {
                    url: url.clone(),
                    connections: serve.connections,
                    time: serve.database_time,
                    ledger: &settings.ledger,
                },
                Arc::clone(&observer),
            )?,
            metrics: Metrics::default(),
            observer,
        })
    }

    /// The credential of that name.
    pub(in crate::serve) fn credential(&self, name: &str) -> Option<&Arc<LoginCredential>> {
        self.credentials
            .iter()
            .find(|credential| credential.name == name)
    }

    /// The credential for the hook of Kratos: the one that is configured, or the only one with a
    /// login.
    pub(in crate::serve) fn for_kratos(&self) -> Option<&Arc<LoginCredential>> {
        if let Some(name) = &self.kratos_credential {
            return self.credential(name);
        }
        let mut with_login = self.credentials.iter().filter(|c| c.has_login);
        with_login.next().filter(|_| with_login.next().is_none())
    }
}

impl LoginCredential {
    fn new(credential: &config::Credential, auth: auth::Column, column: CredentialColumn) -> Self {
        Self {
            name: credential.name.clone(),
            auth,
            column,
            has_login: credential.login.is_some(),
            may_write: credential.readers_ready,
            notices: CredentialNotices {
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

/// Tells the operator once, at the start, what a credential can't do.
fn tell_cautions(credential: &config::Credential, observer: &dyn SidecarObserver) {
    let tell = |what| {
        observer.on(&SidecarEvent::Caution {
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
