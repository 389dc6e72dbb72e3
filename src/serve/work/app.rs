//! What every request needs: the credentials as the database has them, the threads, the limits and
//! the counts.

use std::sync::Arc;
use std::time::Duration;

use super::clock::TimedHashes;
use super::database::{Database, DatabaseSettings};
use super::hashers::{Hashers, PoolSize};
use super::known::KnownLists;
use super::pad::{KINDS_MAX, LoginPad, PadBounds, RowCosts};
use crate::auth;
use crate::config::{self, FormatPart, LedgerNames, Pad, Serve, Settings};
use crate::machine::Machine;
use crate::policy::{Expected, Target};
use crate::scheme::{Context, Declared, HashTally, LoginWorkMax};
use crate::secret::SiteSalts;
use crate::serve::error::ServeError;
use crate::serve::event::{OnceAMinute, SidecarEvent, SidecarObserver};
use crate::serve::http::BodyLimits;
use crate::serve::limit::{Allowed, Limit};
use crate::serve::login_cost::LoginCost;
use crate::serve::means::Means;
use crate::serve::metrics::Metrics;
use crate::serve::token::CurrentToken;
use crate::store::ledger::{LEDGER_VERSION, Names, migrate, site_check};
use crate::store::preflight::{Access, Finding, Severity, Want, preflight};
use crate::store::{COMPANIONS, Companion, Conn, CredentialColumn, Link, Role, StoreError, retry};
use crate::text::Charset;

/// Shared by all requests.
pub(in crate::serve) struct App {
    pub(in crate::serve) credentials: Vec<Arc<LoginCredential>>,
    pub(in crate::serve) target: Target,
    pub(in crate::serve) kratos_credential: Option<String>,
    pub(in crate::serve) reset_disclosure: ResetDisclosure,
    /// Whether a right password that is known is said to be.
    pub(in crate::serve) reveals_known: bool,
    pub(in crate::serve) body: BodyLimits,
    pub(in crate::serve) token: Option<CurrentToken>,
    /// The most work that one check of a password may cost.
    pub(in crate::serve) work_max: LoginWorkMax,
    pub(in crate::serve) hashers: Arc<Hashers>,
    pub(in crate::serve) limits: AttemptLimits,
    pub(in crate::serve) reset_time: Duration,
    /// The passwords that a new one must not be.
    pub(in crate::serve) known: Arc<KnownLists>,
    pub(in crate::serve) notices: SidecarNotices,
    pub(in crate::serve) database: Database,
    pub(in crate::serve) metrics: Metrics,
    pub(in crate::serve) observer: Arc<dyn SidecarObserver>,
}

/// How often what may be tried. One that is none allows any number.
pub(in crate::serve) struct AttemptLimits {
    /// Logins of one name, and uses of one token.
    pub(in crate::serve) logins: Option<Limit>,
    /// Wrong passwords in a row for one name.
    pub(in crate::serve) failures: Option<Limit>,
    /// Tokens for one name.
    pub(in crate::serve) resets: Option<Limit>,
    /// Requests for one client's address.
    pub(in crate::serve) clients: Option<Limit>,
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
    /// The name of the credential in the file, of which this may be a part.
    pub(in crate::serve) file_name: String,
    /// The place of the first credential with the same logins: of the same column of the same
    /// table, which `where` or a column divides.
    pub(in crate::serve) first_half: usize,
    /// Which rows it has, where a column divides them.
    pub(in crate::serve) format: Option<FormatPart>,
    /// What a column of the row says of its value.
    pub(in crate::serve) expected: Expected,
    pub(in crate::serve) auth: auth::Column,
    /// With the companions of [`COMPANIONS`].
    pub(in crate::serve) column: CredentialColumn,
    pub(in crate::serve) has_login: bool,
    /// How many columns of logins it has, and so how many names an account may have.
    pub(in crate::serve) login_columns: u32,
    /// The charset in which old passwords were hashed.
    pub(in crate::serve) charset: Option<Charset>,
    /// The site-wide salts.
    pub(in crate::serve) site: Option<SiteSalts>,
    /// Whether every reader of the column understands what an upgrade writes.
    pub(in crate::serve) may_write: bool,
    /// The most work that one check of a password may cost.
    pub(in crate::serve) work_max: LoginWorkMax,
    /// What every login makes beside a hash at the target; none where rows may cost more.
    pub(in crate::serve) pad: Option<Arc<LoginPad>>,
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
        let hashers = Arc::new(Hashers::start(size, kernel).map_err(ServeError::Threads)?);
        let mut link = Link::open(url.clone(), Role::Read).await?;
        check_site_salts(&mut link, settings).await?;
        let mut credentials: Vec<LoginCredential> = Vec::new();
        for credential in &settings.credentials {
            let column = retry(&mut link, async |conn| {
                CredentialColumn::resolve(conn, credential).await
            });
            let column = column.await?;
            let auth = auth_of(credential, &settings.target);
            let before = settings.credentials.iter();
            let first_half = before
                .take(credentials.len())
                .position(|other| have_the_same_logins(other, credential));
            credentials.push(LoginCredential {
                first_half: first_half.unwrap_or(credentials.len()),
                expected: credential.expected(&settings.target),
                work_max: serve.login_work_max,
                ..LoginCredential::new(
                    credential,
                    auth,
                    column.with_companions(&read_beside(credential))?,
                )
            });
            tell_cautions(credential, observer.as_ref());
            if credential.readers_ready {
                let column = &credentials[credentials.len() - 1].column;
                let want = Want::new(settings.target, credential, Access::Write);
                let unfit = retry(&mut link, async |conn| {
                    unfit_for_writes(conn, column, &want).await
                });
                for what in unfit.await? {
                    observer.on(&SidecarEvent::Caution {
                        credential: credential.name.clone(),
                        what: format!("nothing is upgraded: {what}"),
                    });
                }
            }
        }
        tell_of_ledger(&mut link, settings, observer.as_ref()).await?;
        if serve.pad == Pad::Dearest {
            pad_all(&mut link, &mut credentials, &hashers, observer.as_ref()).await?;
        }
        let credentials = credentials.into_iter().map(Arc::new).collect();
        link.close().await;
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
            reveals_known: serve.reveal_known,
            body: BodyLimits {
                bytes_max: serve.body_bytes_max,
                time: serve.request_time,
            },
            token,
            work_max: serve.login_work_max,
            hashers,
            limits: AttemptLimits::new(serve),
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

    /// The credential of that name, or the first part of one that a column divides.
    pub(in crate::serve) fn credential(&self, name: &str) -> Option<&Arc<LoginCredential>> {
        let named = |credential: &&Arc<LoginCredential>| credential.name == name;
        let divided = |credential: &&Arc<LoginCredential>| credential.file_name == name;
        let mut all = self.credentials.iter();
        all.clone().find(named).or_else(|| all.find(divided))
    }

    /// Meets a row that costs these hashes. Gives what every login makes from now on, if this row
    /// has a dearer hash than any before; the operator is told of it then.
    pub(in crate::serve) fn meet(
        &self,
        credential: &LoginCredential,
        own: &HashTally,
    ) -> Option<Arc<HashTally>> {
        let pad = credential.pad.as_ref()?;
        if !pad.meet(own) {
            return None;
        }
        let hashes = pad.now();
        let timed = TimedHashes {
            hashes: Arc::clone(&hashes),
            site: credential.site.clone(),
            work_max: credential.work_max,
        };
        let (hashers, observer) = (Arc::clone(&self.hashers), Arc::clone(&self.observer));
        let name = credential.file_name.clone();
        tokio::spawn(async move {
            let (_, cost) = timed.dearest(&hashers, KINDS_MAX).await;
            observer.on(&SidecarEvent::LoginCostRaised {
                credential: name,
                cost,
            });
        });
        Some(hashes)
    }

    /// All parts of a credential that a column divides.
    pub(in crate::serve) fn parts<'a>(
        &'a self,
        of: &'a LoginCredential,
    ) -> impl Iterator<Item = (&'a Arc<LoginCredential>, &'a FormatPart)> {
        (self.credentials.iter())
            .filter(|part| part.file_name == of.file_name)
            .filter_map(|part| Some((part, part.format.as_ref()?)))
    }

    /// The credentials with the same logins as this one, itself among them.
    pub(in crate::serve) fn halves(&self, of: &LoginCredential) -> Vec<&Arc<LoginCredential>> {
        self.credentials
            .iter()
            .filter(|credential| credential.first_half == of.first_half)
            .collect()
    }

    /// The credential for the hook of Kratos: the one that is configured, or the only one with a
    /// login.
    pub(in crate::serve) fn for_kratos(&self) -> Option<&Arc<LoginCredential>> {
        if let Some(name) = &self.kratos_credential {
            return self.credential(name);
        }
        let mut with_login = self.credentials.iter().filter(|c| c.has_login);
        let first = with_login.next()?;
        with_login
            .all(|other| other.first_half == first.first_half)
            .then_some(first)
    }
}

impl AttemptLimits {
    fn new(serve: &Serve) -> Self {
        let limit = |burst, more, every| {
            Limit::new(Allowed {
                burst,
                more,
                every,
                sidecars: serve.sidecars,
            })
        };
        Self {
            logins: limit(serve.logins_burst, serve.logins_per_minute, MINUTE),
            failures: limit(serve.failures_max, serve.failures_max, serve.failures_time),
            resets: limit(serve.resets_burst, serve.resets_per_hour, 60 * MINUTE),
            clients: limit(serve.client_burst, serve.client_per_minute, MINUTE),
        }
    }
}

impl LoginCredential {
    fn new(credential: &config::Credential, auth: auth::Column, column: CredentialColumn) -> Self {
        Self {
            name: credential.name.clone(),
            file_name: credential.file_name().to_owned(),
            first_half: 0,
            format: credential.format.clone(),
            expected: Expected::Anything,
            auth,
            column,
            has_login: credential.login.is_named(),
            login_columns: u32::try_from(credential.login.columns.len()).unwrap_or(u32::MAX),
            charset: credential.charset,
            site: credential.site.clone(),
            may_write: credential.readers_ready,
            work_max: LoginWorkMax::DEFAULT,
            pad: None,
            notices: CredentialNotices {
                ambiguous: OnceAMinute::new(),
                unverifiable: OnceAMinute::new(),
                not_upgraded: OnceAMinute::new(),
                not_chosen: OnceAMinute::new(),
            },
        }
    }
}

/// What is read beside a value: the companions, and what stands in the columns of logins.
fn read_beside(credential: &config::Credential) -> Vec<Companion> {
    COMPANIONS
        .into_iter()
        .chain(Companion::logins(credential.login.columns.len()))
        .collect()
}

/// Whether two credentials are halves of one column, in which a login has one row.
fn have_the_same_logins(one: &config::Credential, other: &config::Credential) -> bool {
    let is_same_column =
        one.schema == other.schema && one.table == other.table && one.column == other.column;
    let parts = |credential: &config::Credential| credential.format.is_some();
    let are_parts = parts(one) && parts(other) && one.file_name() == other.file_name();
    are_parts || is_same_column && one.login.is_named() && one.login == other.login
}

/// Has every login of a column cost the same, and tells the operator how much that is.
async fn pad_all(
    link: &mut Link,
    credentials: &mut [LoginCredential],
    hashers: &Hashers,
    observer: &dyn SidecarObserver,
) -> Result<(), StoreError> {
    for first in 0..credentials.len() {
        if credentials[first].first_half != first {
            continue;
        }
        let of = &credentials[first];
        let bounds = PadBounds::new(hashers.size(), of.work_max);
        let mut all = of.auth.all_hashes(&Context::default());
        let mut has_beyond = false;
        for half in credentials.iter().filter(|half| half.first_half == first) {
            let with = (half.site.as_ref(), half.work_max);
            let costs = retry(link, async |conn| {
                RowCosts::read(conn, &half.column, &half.auth, with).await
            });
            let costs = costs.await?;
            all.raise_to(&costs.most(bounds));
            has_beyond |= costs.beyond > 0 || !costs.all_fit(bounds);
        }
        let timed = TimedHashes {
            hashes: Arc::new(all),
            site: of.site.clone(),
            work_max: of.work_max,
        };
        let (pad, cost) = timed.dearest(hashers, KINDS_MAX).await;
        observer.on(&SidecarEvent::LoginCost {
            credential: of.file_name.clone(),
            cost: LoginCost { has_beyond, ..cost },
        });
        let pad = Arc::new(LoginPad::new(pad, bounds));
        for half in credentials.iter_mut() {
            if half.first_half == first {
                half.pad = Some(Arc::clone(&pad));
            }
        }
    }
    Ok(())
}

fn auth_of(credential: &config::Credential, target: &Target) -> auth::Column {
    auth::Column {
        declared: credential.scheme,
        outer: target.outer,
        dialect: target.dialect,
        normalize: credential.normalize,
    }
}

/// Compares the files of site-wide salts with the check values of the ledger. A file that is
/// another one would let nobody in.
async fn check_site_salts(link: &mut Link, settings: &Settings) -> Result<(), ServeError> {
    let with_site = || {
        let credentials = settings.credentials.iter();
        credentials.filter_map(|credential| Some((credential, credential.site.as_ref()?)))
    };
    if with_site().next().is_none() {
        return Ok(());
    }
    let ledger = &settings.ledger;
    let kind = link.conn().await?.kind();
    let names = Names::new(kind, &ledger.schema, &ledger.prefix)?;
    let kept = retry(link, async |conn| site_check::all(conn, &names).await).await?;
    for (credential, site) in with_site() {
        for check in kept
            .iter()
            .filter(|kept| kept.credential == credential.file_name())
        {
            site.check(check.line, &check.value)
                .map_err(|mismatch| ServeError::Site {
                    credential: credential.name.clone(),
                    mismatch,
                })?;
        }
    }
    Ok(())
}

/// What stands against writing a column, as `saltern doctor` would say it.
async fn unfit_for_writes(
    conn: &mut Conn,
    column: &CredentialColumn,
    want: &Want,
) -> Result<Vec<String>, StoreError> {
    let said = |finding: &Finding| format!("{}; {}", finding.what, finding.todo);
    match preflight(conn, column, want).await {
        Ok(findings) => Ok(findings
            .iter()
            .filter(|finding| finding.severity == Severity::Refuse)
            .map(said)
            .collect()),
        Err(error) if error.is_transient() => Err(error),
        Err(error) => Ok(vec![error.to_string()]),
    }
}

/// Tells the operator once, at the start, that the ledger is missing, or is not one that this
/// version can use.
async fn tell_of_ledger(
    link: &mut Link,
    settings: &Settings,
    observer: &dyn SidecarObserver,
) -> Result<(), StoreError> {
    let LedgerNames { schema, prefix } = &settings.ledger;
    let names = Names::new(link.conn().await?.kind(), schema, prefix)?;
    let version = retry(link, async |conn| migrate::version(conn, &names).await);
    let what = match version.await {
        // The first token brings an older one up to date, where this user may.
        Ok(Some(version)) if version <= LEDGER_VERSION => return Ok(()),
        Ok(Some(version)) => format!(
            "it is of version {version}, and this program knows versions up to {LEDGER_VERSION}; use the newer saltern"
        ),
        Ok(None) => "it is not there yet; the first token makes it, where this user may".to_owned(),
        Err(error) if error.is_transient() => return Err(error),
        Err(error) => error.to_string(),
    };
    observer.on(&SidecarEvent::Cannot {
        what: format!(
            "tokens for new passwords need the ledger: {what} (`saltern ledger sql` prints it)"
        ),
    });
    Ok(())
}

/// Tells the operator once, at the start, what a credential can't do.
fn tell_cautions(credential: &config::Credential, observer: &dyn SidecarObserver) {
    let tell = |what: &str| {
        observer.on(&SidecarEvent::Caution {
            credential: credential.name.clone(),
            what: String::from(what),
        });
    };
    if !credential.login.is_named() {
        tell(
            "it names no `login`, so /v1/login and /v1/reset/start answer 422 for it; /v1/verify serves it",
        );
    }
    if credential.scheme == Declared::Auto {
        tell(
            "scheme = \"auto\" says nothing of a bare digest, so no password opens one here; name the scheme that `saltern scan` shows",
        );
    }
    if !credential.readers_ready {
        tell("readers_ready is not true, so passwords are checked and nothing is upgraded");
    }
}
