//! Asks other people's implementations (argon2-cffi, py-bcrypt) whether a password opens a stored value, the way an
//! application's login page would: take the label off, prehash, verify. The page itself is `outside.py`; no code of ours is in it.
//!
//! A test that needs this has `by_another_implementation` in its name, by which `tests/run` leaves it out where Python's
//! packages can't be had.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::servers::Missing;

/// What the other implementation said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Opens,
    Refuses,
    /// It could not read the stored value.
    Error(String),
}

/// A login to try.
#[derive(Default)]
pub(crate) struct Login<'a> {
    pub(crate) stored: &'a str,
    pub(crate) password: &'a [u8],
    /// The salt from its column.
    pub(crate) salt: &'a [u8],
    pub(crate) username: &'a str,
}

/// Tries all logins through one process, in order.
pub(crate) fn verify(logins: &[Login<'_>]) -> Result<Vec<Verdict>, Missing> {
    let Some(python) = std::env::var_os("SALTERN_TEST_PYTHON") else {
        return Err(Missing(
            "SALTERN_TEST_PYTHON names no Python (tests/run makes one)".to_owned(),
        ));
    };
    let page: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "it", "outside.py"]
        .iter()
        .collect();
    let mut child = Command::new(python)
        .arg(page)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Missing(format!("SALTERN_TEST_PYTHON does not start: {error}")))?;
    let mut questions = child.stdin.take().unwrap();
    let answers = BufReader::new(child.stdout.take().unwrap());
    let verdicts: Vec<_> = std::thread::scope(|scope| {
        scope.spawn(move || {
            for login in logins {
                let hex = |bytes: &[u8]| -> String {
                    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
                };
                let question = json!({
                    "stored": login.stored,
                    "password": hex(login.password),
                    "salt": hex(login.salt),
                    "username": login.username,
                });
                writeln!(questions, "{question}").unwrap();
            }
        });
        answers
            .lines()
            .map(|line| Verdict::parse(&line.unwrap()))
            .collect()
    });
    assert!(child.wait().unwrap().success());
    assert_eq!(verdicts.len(), logins.len());
    Ok(verdicts)
}

impl Verdict {
    fn parse(line: &str) -> Self {
        match line {
            "opens" => Self::Opens,
            "refuses" => Self::Refuses,
            error => Self::Error(error.to_owned()),
        }
    }
}

/// What a piece of PHP prints for each line of its input, a line each. Its input is in `$line`.
pub(crate) fn by_php(code: &str, lines: &[String]) -> Result<Vec<String>, Missing> {
    let page = format!(
        "while (($line = fgets(STDIN)) !== false) {{ $line = rtrim($line, \"\\n\"); {code} echo \"\\n\"; }}"
    );
    let mut child = Command::new("php")
        .args(["-r", &page])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Missing(format!("no php: {error}")))?;
    let mut questions = child.stdin.take().unwrap();
    let answers = BufReader::new(child.stdout.take().unwrap());
    let made: Vec<String> = std::thread::scope(|scope| {
        scope.spawn(move || {
            for line in lines {
                writeln!(questions, "{line}").unwrap();
            }
        });
        answers.lines().map(Result::unwrap).collect()
    });
    assert!(child.wait().unwrap().success());
    assert_eq!(made.len(), lines.len());
    Ok(made)
}
