//! What throttles a run, as typed. Every job has these options.

use std::path::PathBuf;
use std::time::Duration;

use super::value::{not_negative, positive};
use crate::engine::{HttpCheck, LoadBound, MaxLag, ThrottleOptions};
use crate::store::{Kind, is_condition};

/// What throttles a run.
#[derive(Clone, Debug, clap::Args)]
pub struct ThrottleArgs {
    /// At most so many rows a second
    #[arg(long, value_name = "ROWS", value_parser = positive)]
    pub max_rate: Option<f64>,
    /// Wait while this file exists
    #[arg(long, value_name = "FILE")]
    pub pause_file: Option<PathBuf>,
    /// Wait while the number of --lag-query is above this
    #[arg(long, value_name = "SECONDS", requires = "lag_query", value_parser = not_negative)]
    pub max_lag: Option<f64>,
    /// A SELECT of one number, asked every second: how far the replicas lag
    #[arg(long, value_name = "SQL", requires = "max_lag", value_parser = query)]
    pub lag_query: Option<String>,
    /// Wait while a number of the server is above its bound: Threads_running=40 (MySQL, MariaDB:
    /// SHOW GLOBAL STATUS), active=40 (PostgreSQL: sessions that run a statement)
    #[arg(long, value_name = "NAME=N,...", value_parser = bounds)]
    pub max_load: Option<LoadBounds>,
    /// End at once with 5 where a number of the server is above its bound; as --max-load
    #[arg(long, value_name = "NAME=N,...", value_parser = bounds)]
    pub critical_load: Option<LoadBounds>,
    /// Wait while the load average of this host is above this; saltern's own threads count in it
    #[arg(long, value_name = "N", value_parser = positive)]
    pub max_host_load: Option<f64>,
    /// Wait where nine of the last ten commits don't stay below this: 200ms, 1s
    #[arg(long, value_name = "TIME", value_parser = short_span)]
    pub max_commit: Option<Duration>,
    /// Wait while this address answers anything but 200; asked every second
    #[arg(long, value_name = "http://...", value_parser = http)]
    pub throttle_http: Option<HttpCheck>,
    /// The share of the time in which nothing is hashed: 0.5 for half of it
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub nice_ratio: Option<f64>,
}

/// Numbers of the server with their bounds.
#[derive(Clone, Debug)]
pub struct LoadBounds(Vec<LoadBound>);

impl ThrottleArgs {
    /// As the engine takes it.
    pub fn options(&self) -> ThrottleOptions {
        ThrottleOptions {
            max_rate: self.max_rate,
            pause_file: self.pause_file.clone(),
            lag: self
                .lag_query
                .clone()
                .zip(self.max_lag)
                .map(|(query, max)| MaxLag { query, max }),
            max_load: list(&self.max_load),
            critical_load: list(&self.critical_load),
            max_host_load: self.max_host_load,
            max_commit: self.max_commit,
            http: self.throttle_http.clone(),
            nice_ratio: self.nice_ratio,
        }
    }
}

fn list(bounds: &Option<LoadBounds>) -> Vec<LoadBound> {
    let bounds = bounds.as_ref().map(|bounds| bounds.0.clone());
    bounds.unwrap_or_default()
}

fn bounds(text: &str) -> Result<LoadBounds, String> {
    let bound = |text: &str| {
        let (name, max) = text.split_once('=')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_plain = !name.is_empty() && name.len() <= 64 && name.chars().all(is_name);
        let max = not_negative(max).ok()?;
        is_plain.then(|| LoadBound {
            name: name.to_owned(),
            max,
        })
    };
    let bounds: Option<Vec<LoadBound>> = text.split(',').map(bound).collect();
    bounds
        .map(LoadBounds)
        .ok_or_else(|| "must be names with numbers, such as Threads_running=40".to_owned())
}

fn short_span(text: &str) -> Result<Duration, String> {
    const FORM: &str = "must be a time such as 200ms or 1s";
    let (digits, unit_ms) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(digits), _) => (digits, 1),
        (None, Some(digits)) => (digits, 1_000),
        (None, None) => return Err(FORM.to_owned()),
    };
    match digits.parse::<u64>() {
        Ok(number @ 1..=600_000) if number * unit_ms <= 600_000 => {
            Ok(Duration::from_millis(number * unit_ms))
        }
        _ => Err(FORM.to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share > 0.0 && share <= 0.99 => Ok(share),
        _ => Err("must be above 0 and at most 0.99".to_owned()),
    }
}

fn http(text: &str) -> Result<HttpCheck, String> {
    let Some(rest) = text.strip_prefix("http://") else {
        return Err("must begin with http://; there is no check over https".to_owned());
    };
    let is_visible = rest.bytes().all(|b| b.is_ascii_graphic());
    let (place, path) = match rest.find(['/', '?']) {
        Some(at) if rest.as_bytes()[at] == b'/' => (&rest[..at], rest[at..].to_owned()),
        Some(at) => (&rest[..at], format!("/{}", &rest[at..])),
        None => (rest, "/".to_owned()),
    };
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse::<u16>().ok()),
        _ => (place, Some(80)),
    };
    let host = host
        .strip_prefix('[')
        .map_or(host, |h| h.trim_end_matches(']'));
    match port {
        Some(port) if is_visible && !host.is_empty() && !host.contains('@') => Ok(HttpCheck {
            host: host.to_owned(),
            port,
            path,
        }),
        _ => Err(
            "must be an address such as http://localhost:8080/throttle, without a user".to_owned(),
        ),
    }
}

fn query(text: &str) -> Result<String, String> {
    if !Kind::all().into_iter().all(|kind| is_condition(kind, text)) {
        return Err(
            "must be one SELECT, its parentheses, quotes and comments closed, without a semicolon"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_names_with_numbers() {
        let read = bounds("Threads_running=40,Threads_connected=500.5")
            .unwrap()
            .0;
        let shown: Vec<String> = read.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["Threads_running=40", "Threads_connected=500.5"]);
        for text in [
            "", "a", "a=", "=1", "a=-1", "a=b", "a'=1", "a=1,", "a=1;b=2", "a=inf",
        ] {
            assert!(bounds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_commit_may_take_milliseconds() {
        assert_eq!(short_span("200ms"), Ok(Duration::from_millis(200)));
        assert_eq!(short_span("2s"), Ok(Duration::from_secs(2)));
        for text in ["", "ms", "0ms", "200", "1m", "-1s", "601s", "0.5s"] {
            assert!(short_span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_is_plain_http_without_a_user() {
        let check = |text, host: &str, port, path: &str| {
            let read = http(text).unwrap();
            assert_eq!(
                (read.host.as_str(), read.port, read.path.as_str()),
                (host, port, path)
            );
        };
        check(
            "http://localhost:8080/a/b?c=d",
            "localhost",
            8080,
            "/a/b?c=d",
        );
        check("http://throttle", "throttle", 80, "/");
        check("http://h?x", "h", 80, "/?x");
        check("http://[::1]:81/", "::1", 81, "/");
        check("http://[::1]/", "::1", 80, "/");
        for text in [
            "https://h/",
            "h",
            "http://",
            "http://u:p@h/",
            "http://h:99999/",
            "http://h/a b",
            "http://h/\r\nX: y",
        ] {
            assert!(http(text).is_err(), "{text}");
        }
    }
}
