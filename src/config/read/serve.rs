//! `[serve]`: where the sidecar listens, what it may cost, and how often a login may be tried.

use std::path::PathBuf;
use std::time::Duration;

use super::config_file::ConfigFile;
use crate::config::document::Section;
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{SectionKey, ServeKey};
use crate::config::settings::{Credential, Listen, Pad, Serve, Tls};
use crate::scheme::LoginWorkMax;

/// Reads the section.
pub(super) fn read(
    config: &ConfigFile<'_>,
    section: &Section<'_, ServeKey>,
    credentials: &[Credential],
) -> Result<Serve, ConfigError> {
    let mut serve = Serve::in_folder(config.folder());
    let path = |key| -> Result<Option<PathBuf>, ConfigError> {
        Ok(section.text(key)?.map(|text| config.beside(&text.value)))
    };
    serve.token_file = path(ServeKey::TokenFile)?;
    serve.tls = match (path(ServeKey::TlsCertificate)?, path(ServeKey::TlsKey)?) {
        (Some(certificate), Some(key)) => Some(Tls { certificate, key }),
        (None, None) => None,
        (Some(_), None) => return Err(alone(section, ServeKey::TlsCertificate, "`tls_key`")),
        (None, Some(_)) => return Err(alone(section, ServeKey::TlsKey, "`tls_certificate`")),
    };
    listen(config, section, &mut serve)?;
    serve.kratos_credential = kratos_credential(section, credentials)?;
    serve.reveal_reset = section.boolean(ServeKey::RevealReset)?.unwrap_or(false);
    serve.reveal_known = section.boolean(ServeKey::RevealKnown)?.unwrap_or(false);
    let number = |key, bounds| -> Result<Option<usize>, ConfigError> {
        let number = section.number(key, bounds)?;
        Ok(number.map(|number| usize::try_from(number.value).expect("the bounds are above 0")))
    };
    serve.threads = number(ServeKey::Threads, 1..=1024)?;
    serve.queue = number(ServeKey::Queue, 0..=65_536)?.unwrap_or(serve.queue);
    serve.connections = number(ServeKey::Connections, 2..=1024)?.unwrap_or(serve.connections);
    serve.clients_max = number(ServeKey::ClientsMax, 1..=65_536)?.unwrap_or(serve.clients_max);
    // A stored value and a password of 4 KiB each must fit, with every character escaped.
    if let Some(kib) = number(ServeKey::BodyKibMax, 64..=1024)? {
        serve.body_bytes_max = kib << 10;
    }
    let seconds = |key| -> Result<Option<Duration>, ConfigError> {
        let seconds = number(key, 1..=3600)?;
        Ok(seconds.map(|seconds| Duration::from_secs(seconds as u64)))
    };
    serve.request_time = seconds(ServeKey::RequestSeconds)?.unwrap_or(serve.request_time);
    serve.database_time = seconds(ServeKey::DatabaseSeconds)?.unwrap_or(serve.database_time);
    serve.stop_time = seconds(ServeKey::StopSeconds)?.unwrap_or(serve.stop_time);
    // A day: the longest that NIST SP 800-63B-4 allows for a code that is sent by mail.
    if let Some(minutes) = number(ServeKey::ResetMinutes, 1..=1440)? {
        serve.reset_time = Duration::from_secs(minutes as u64 * 60);
    }
    let tries =
        |key, min| -> Result<Option<u32>, ConfigError> {
            let number = section.number(key, min..=1_000_000)?;
            Ok(number
                .map(|number| u32::try_from(number.value).expect("the bounds are within 32 bits")))
        };
    serve.logins_burst = tries(ServeKey::LoginsBurst, 0)?.unwrap_or(serve.logins_burst);
    serve.logins_per_minute =
        tries(ServeKey::LoginsPerMinute, 1)?.unwrap_or(serve.logins_per_minute);
    serve.failures_max = tries(ServeKey::FailuresMax, 0)?.unwrap_or(serve.failures_max);
    if let Some(hours) = number(ServeKey::FailuresHours, 1..=8760)? {
        serve.failures_time = Duration::from_secs(hours as u64 * 3600);
    }
    serve.client_burst = tries(ServeKey::ClientBurst, 0)?.unwrap_or(serve.client_burst);
    serve.client_per_minute =
        tries(ServeKey::ClientPerMinute, 1)?.unwrap_or(serve.client_per_minute);
    serve.sidecars = number(ServeKey::Sidecars, 1..=1024)?.map_or(serve.sidecars, |number| {
        u32::try_from(number).expect("the bounds are within 32 bits")
    });
    serve.resets_burst = tries(ServeKey::ResetsBurst, 0)?.unwrap_or(serve.resets_burst);
    serve.resets_per_hour = tries(ServeKey::ResetsPerHour, 1)?.unwrap_or(serve.resets_per_hour);
    let pad = section.word(ServeKey::Pad, Pad::parse, &Pad::ALL.map(Pad::as_str))?;
    serve.pad = pad.map_or(serve.pad, |pad| pad.value);
    if let Some(units) = section.number(ServeKey::LoginWorkMax, WORK_MIN..=WORK_MAX)? {
        let units = u64::try_from(units.value).expect("the bounds are above 0");
        serve.login_work_max = LoginWorkMax::new(units);
    }
    Ok(serve)
}

/// A bcrypt of cost 10, and a little more than one of cost 31, which is the most that there is.
const WORK_MIN: i64 = 10_240_000;
const WORK_MAX: i64 = 22_000_000_000_000;

fn listen(
    config: &ConfigFile<'_>,
    section: &Section<'_, ServeKey>,
    serve: &mut Serve,
) -> Result<(), ConfigError> {
    let span = match section.text(ServeKey::Listen)? {
        Some(listen) => {
            serve.listen = match listen.value.strip_prefix("unix:") {
                Some("") => return Err(section.refuse(listen.span, ConfigProblem::Listen)),
                Some(path) => Listen::Unix(config.beside(path)),
                None => match listen.value.parse() {
                    Ok(address) => Listen::Tcp(address),
                    Err(_) => return Err(section.refuse(listen.span, ConfigProblem::Listen)),
                },
            };
            listen.span
        }
        None => section.span(),
    };
    match &serve.listen {
        Listen::Unix(_) if serve.tls.is_some() => Err(alone(
            section,
            ServeKey::TlsCertificate,
            "a TCP address in `listen`",
        )),
        Listen::Unix(_) => Ok(()),
        Listen::Tcp(_) if serve.token_file.is_none() => {
            Err(section.refuse(span, ConfigProblem::NoToken))
        }
        Listen::Tcp(address) if !address.ip().is_loopback() && serve.tls.is_none() => {
            Err(section.refuse(span, ConfigProblem::NoTls))
        }
        Listen::Tcp(_) => Ok(()),
    }
}

fn kratos_credential(
    section: &Section<'_, ServeKey>,
    credentials: &[Credential],
) -> Result<Option<String>, ConfigError> {
    let Some(name) = section.text(ServeKey::KratosCredential)? else {
        return Ok(None);
    };
    let fits = |credential: &&Credential| {
        credential.name == name.value || credential.file_name() == name.value
    };
    match credentials.iter().find(fits) {
        Some(credential) if credential.login.is_named() => Ok(Some(name.value)),
        _ => {
            let problem = ConfigProblem::NoLoginColumn {
                key: ServeKey::KratosCredential.as_str(),
                name: name.value,
            };
            Err(section.refuse(name.span, problem))
        }
    }
}

fn alone(section: &Section<'_, ServeKey>, key: ServeKey, other: &'static str) -> ConfigError {
    section.refuse(
        section.key_span(key),
        ConfigProblem::Alone {
            key: key.as_str(),
            other,
        },
    )
}
