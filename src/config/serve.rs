//! `[serve]`: where the sidecar listens, what it may cost, and whom it lets try how often.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::error::{ConfigError, Problem};
use super::parse::ConfigFile;
use super::section::Section;
use super::settings::Credential;

/// How `saltern serve` answers. Paths only: nothing has been opened, and a relative one has been read from the folder of the
/// configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serve {
    /// Where it listens.
    pub listen: Listen,
    /// The file of the token that every request must carry.
    pub token_file: Option<PathBuf>,
    /// What encrypts a TCP port.
    pub tls: Option<Tls>,
    /// The credential that Ory Kratos' hook asks about.
    pub kratos_credential: Option<String>,
    /// Whether a dead row's login is told that it was reset.
    pub reveal_reset: bool,
    /// Hashing threads; none: as many as the processor and the memory allow.
    pub threads: Option<usize>,
    /// How many requests may wait for a thread.
    pub queue: usize,
    /// The most connections to the database.
    pub connections: usize,
    /// The most clients that are connected at once.
    pub clients_max: usize,
    /// The most bytes of a request's body.
    pub body_bytes_max: usize,
    /// How long a request's head, and again its body, may take to arrive.
    pub request_time: Duration,
    /// How long the database may take for one step.
    pub database_time: Duration,
    /// How long what is in flight may take when it stops.
    pub stop_time: Duration,
    /// How many logins of one name are answered at once; 0: any number.
    pub logins_burst: u32,
    /// How many more a minute.
    pub logins_per_minute: u32,
    /// How long a token for a new password is good.
    pub reset_time: Duration,
    /// How many tokens for one login are made at once; 0: any number.
    pub resets_burst: u32,
    /// How many more an hour.
    pub resets_per_hour: u32,
    /// What a login that fails is made to cost.
    pub pad: Pad,
}

/// What a login that fails is made to cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pad {
    /// A hash at the target.
    Target,
    /// One at the target, and one at the dearest that stands in the column.
    Dearest,
}

/// Where the sidecar listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// A Unix socket.
    Unix(PathBuf),
    /// A TCP port.
    Tcp(SocketAddr),
}

/// What encrypts a TCP port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The chain of certificates, in PEM.
    pub certificate: PathBuf,
    /// Their key, in PEM.
    pub key: PathBuf,
}

/// The socket beside the configuration.
const SOCKET: &str = "saltern.sock";

impl Serve {
    /// What holds where the file says nothing.
    pub(super) fn beside(config: &ConfigFile<'_>) -> Self {
        Self {
            listen: Listen::Unix(config.beside(SOCKET)),
            token_file: None,
            tls: None,
            kratos_credential: None,
            reveal_reset: false,
            threads: None,
            queue: 128,
            connections: 8,
            clients_max: 512,
            body_bytes_max: 64 << 10,
            request_time: Duration::from_secs(10),
            database_time: Duration::from_secs(5),
            stop_time: Duration::from_secs(30),
            logins_burst: 10,
            logins_per_minute: 10,
            reset_time: Duration::from_secs(3600),
            resets_burst: 3,
            resets_per_hour: 6,
            pad: Pad::Target,
        }
    }
}

impl Pad {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Target, Self::Dearest];

    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Dearest => "dearest",
        }
    }

    /// The one of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pad| pad.as_str() == word)
    }
}

/// Reads the section.
pub(super) fn read(
    config: &ConfigFile<'_>,
    section: &Section<'_>,
    credentials: &[Credential],
) -> Result<Serve, ConfigError> {
    let mut serve = Serve::beside(config);
    let path = |key| -> Result<Option<PathBuf>, ConfigError> {
        Ok(section.text(key)?.map(|text| config.beside(&text.value)))
    };
    serve.token_file = path("token_file")?;
    serve.tls = match (path("tls_certificate")?, path("tls_key")?) {
        (Some(certificate), Some(key)) => Some(Tls { certificate, key }),
        (None, None) => None,
        (Some(_), None) => return Err(alone(section, "tls_certificate", "`tls_key`")),
        (None, Some(_)) => return Err(alone(section, "tls_key", "`tls_certificate`")),
    };
    listen(config, section, &mut serve)?;
    serve.kratos_credential = kratos_credential(section, credentials)?;
    serve.reveal_reset = section.boolean("reveal_reset")?.unwrap_or(false);
    let number = |key, bounds| -> Result<Option<usize>, ConfigError> {
        let number = section.number(key, bounds)?;
        Ok(number.map(|number| usize::try_from(number.value).expect("the bounds are above 0")))
    };
    serve.threads = number("threads", 1..=1024)?;
    serve.queue = number("queue", 0..=65_536)?.unwrap_or(serve.queue);
    serve.connections = number("connections", 2..=1024)?.unwrap_or(serve.connections);
    serve.clients_max = number("clients_max", 1..=65_536)?.unwrap_or(serve.clients_max);
    // A stored value and a password of 4 KiB each, every character of them escaped, must fit.
    if let Some(kib) = number("body_kib_max", 64..=1024)? {
        serve.body_bytes_max = kib << 10;
    }
    let seconds = |key| -> Result<Option<Duration>, ConfigError> {
        let seconds = number(key, 1..=3600)?;
        Ok(seconds.map(|seconds| Duration::from_secs(seconds as u64)))
    };
    serve.request_time = seconds("request_seconds")?.unwrap_or(serve.request_time);
    serve.database_time = seconds("database_seconds")?.unwrap_or(serve.database_time);
    serve.stop_time = seconds("stop_seconds")?.unwrap_or(serve.stop_time);
    // A day: a code that is sent by mail is good no longer, says NIST SP 800-63B-4.
    if let Some(minutes) = number("reset_minutes", 1..=1440)? {
        serve.reset_time = Duration::from_secs(minutes as u64 * 60);
    }
    let tries =
        |key, min| -> Result<Option<u32>, ConfigError> {
            let number = section.number(key, min..=1_000_000)?;
            Ok(number
                .map(|number| u32::try_from(number.value).expect("the bounds are within 32 bits")))
        };
    serve.logins_burst = tries("logins_burst", 0)?.unwrap_or(serve.logins_burst);
    serve.logins_per_minute = tries("logins_per_minute", 1)?.unwrap_or(serve.logins_per_minute);
    serve.resets_burst = tries("resets_burst", 0)?.unwrap_or(serve.resets_burst);
    serve.resets_per_hour = tries("resets_per_hour", 1)?.unwrap_or(serve.resets_per_hour);
    let pad = section.word("pad", Pad::parse, &Pad::ALL.map(Pad::as_str))?;
    serve.pad = pad.map_or(serve.pad, |pad| pad.value);
    Ok(serve)
}

fn listen(
    config: &ConfigFile<'_>,
    section: &Section<'_>,
    serve: &mut Serve,
) -> Result<(), ConfigError> {
    let span = match section.text("listen")? {
        Some(listen) => {
            serve.listen = match listen.value.strip_prefix("unix:") {
                Some("") => return Err(section.refuse(listen.span, Problem::Listen)),
                Some(path) => Listen::Unix(config.beside(path)),
                None => match listen.value.parse() {
                    Ok(address) => Listen::Tcp(address),
                    Err(_) => return Err(section.refuse(listen.span, Problem::Listen)),
                },
            };
            listen.span
        }
        None => section.span(),
    };
    match &serve.listen {
        Listen::Unix(_) if serve.tls.is_some() => Err(alone(
            section,
            "tls_certificate",
            "a TCP address in `listen`",
        )),
        Listen::Unix(_) => Ok(()),
        Listen::Tcp(_) if serve.token_file.is_none() => Err(section.refuse(span, Problem::NoToken)),
        Listen::Tcp(address) if !address.ip().is_loopback() && serve.tls.is_none() => {
            Err(section.refuse(span, Problem::NoTls))
        }
        Listen::Tcp(_) => Ok(()),
    }
}

fn kratos_credential(
    section: &Section<'_>,
    credentials: &[Credential],
) -> Result<Option<String>, ConfigError> {
    let Some(name) = section.text("kratos_credential")? else {
        return Ok(None);
    };
    let fits = |credential: &&Credential| credential.name == name.value;
    match credentials.iter().find(fits) {
        Some(credential) if credential.login.is_some() => Ok(Some(name.value)),
        _ => {
            let problem = Problem::NoLoginColumn {
                key: "kratos_credential",
                name: name.value,
            };
            Err(section.refuse(name.span, problem))
        }
    }
}

fn alone(section: &Section<'_>, key: &'static str, other: &'static str) -> ConfigError {
    section.refuse(section.key_span(key), Problem::Alone { key, other })
}
