//! `[serve]`: where the sidecar listens, what it may cost, and whom it lets try how often.

use std::path::PathBuf;
use std::time::Duration;

use super::config_file::ConfigFile;
use crate::config::document::Section;
use crate::config::error::{ConfigError, Problem};
use crate::config::settings::{Credential, Listen, Pad, Serve, Tls};

/// Reads the section.
pub(super) fn read(
    config: &ConfigFile<'_>,
    section: &Section<'_>,
    credentials: &[Credential],
) -> Result<Serve, ConfigError> {
    let mut serve = Serve::in_folder(config.folder());
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
