//! A sidecar of a round, and logins by it.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::saltern::{Running, Saltern};

/// A login that takes longer counts as one without an answer.
const ANSWER: Duration = Duration::from_secs(20);

/// A sidecar that runs. Dropped, it is killed.
pub(crate) struct Sidecar {
    pub(crate) running: Running,
    pub(crate) socket: PathBuf,
}

impl Sidecar {
    /// Starts it and waits until it listens.
    pub(crate) fn start(saltern: &Saltern) -> Self {
        let mut running = saltern.spawn(&["serve"]);
        let listens =
            running.wait_until(|running| running.stderr_so_far().contains("listening on"));
        assert!(listens, "{:?}", running.finish());
        Self {
            running,
            socket: saltern.folder().join("saltern.sock"),
        }
    }
}

/// Whether a login is let in; none where the sidecar gave no answer on that.
pub(crate) fn log_in(socket: &Path, login: &str, password: &str) -> Option<bool> {
    let body = json!({ "credential": "members", "login": login, "password": password }).to_string();
    let request = format!(
        "POST /v1/login HTTP/1.1\r\nHost: saltern\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = UnixStream::connect(socket).ok()?;
    stream.set_read_timeout(Some(ANSWER)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).ok()?;
    let (head, body) = reply.split_once("\r\n\r\n")?;
    if !head.starts_with("HTTP/1.1 200") {
        return None;
    }
    let answer: Value = serde_json::from_str(body).ok()?;
    match answer["outcome"].as_str()? {
        "match" => Some(true),
        "mismatch" => Some(false),
        _ => None,
    }
}
