//! Stored values with the passwords that open them: our own (`tests/vectors`), and other projects' where they lie beside this one.

use std::path::Path;

use saltern::scheme::Scheme;
use serde_json::{Value, json};

/// One stored value.
pub(crate) struct Vector {
    pub(crate) scheme: String,
    pub(crate) stored: Vec<u8>,
    line: Value,
}

/// Other projects' vectors; nothing where the folder is missing.
pub(crate) fn shared() -> Option<Vec<Vector>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/vectors.jsonl");
    let text = std::fs::read_to_string(path).ok()?;
    Some(
        text.lines()
            .map(|line| Vector::read(line, "hash"))
            .collect(),
    )
}

/// Our own: every file of stored values of a scheme.
pub(crate) fn ours(folder: &Path) -> Vec<Vector> {
    ours_without(folder, &[])
}

/// Those of our own of which more than the number of digits says what they are.
pub(crate) fn ours_with_a_mark(folder: &Path) -> Vec<Vector> {
    ours_without(folder, &["unmarked.jsonl"])
}

fn ours_without(folder: &Path, files: &[&str]) -> Vec<Vector> {
    let left_out = files;
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .filter(|path| {
            !["answers.jsonl", "words.jsonl", "wrapped.jsonl"]
                .iter()
                .chain(left_out)
                .any(|name| path.ends_with(name))
        })
        .collect();
    files.sort();
    let texts = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap());
    texts
        .flat_map(|text| {
            text.lines()
                .map(|line| Vector::read(line, "stored"))
                .collect::<Vec<_>>()
        })
        .collect()
}

impl Vector {
    /// Whether something in the value says what it is, be it the salt behind a colon: hex from end to end says nothing.
    pub(crate) fn is_structured(&self) -> bool {
        !self.stored.iter().all(u8::is_ascii_hexdigit)
    }

    /// Whether the registry has the scheme.
    pub(crate) fn is_known(&self) -> bool {
        Scheme::by_name(&self.scheme).is_some()
    }

    /// Whether the registry knows values of its scheme by a mark.
    pub(crate) fn has_prefix(&self) -> bool {
        Scheme::by_name(&self.scheme).is_some_and(Scheme::has_prefix)
    }

    /// Whether every character of the password counts, the first one at least: the old bug behind `$2x$` forgets those before one that is not
    /// ASCII.
    pub(crate) fn counts_the_first_character(&self) -> bool {
        self.scheme != "bcrypt-2x" || self.line["password"].as_str().is_some_and(str::is_ascii)
    }

    fn read(line: &str, stored: &str) -> Self {
        let line: Value = serde_json::from_str(line).unwrap();
        Self {
            scheme: line["scheme"].as_str().unwrap().to_owned(),
            stored: line[stored].as_str().unwrap().as_bytes().to_vec(),
            line,
        }
    }

    /// What `verify --json` is asked about it, with the right password or a wrong one.
    pub(crate) fn question(&self, right: bool, named: bool) -> String {
        let mut password = match self.line["password_hex"].as_str() {
            Some(hex) => unhex(hex),
            None => self.line["password"].as_str().unwrap().as_bytes().to_vec(),
        };
        if !right {
            // None takes these two characters for one.
            match password.first_mut() {
                Some(first) => *first = if *first == b'x' { b'y' } else { b'x' },
                None => password.push(b'x'),
            }
        }
        let mut question = json!({
            "stored": std::str::from_utf8(&self.stored).unwrap(),
            "password_hex": hex(&password),
            "scheme": named.then_some(&self.scheme),
        });
        for field in [
            "salt",
            "salt_hex",
            "salt2",
            "salt2_hex",
            "username",
            "user_id",
        ] {
            question[field] = self.line[field].clone();
        }
        question.to_string()
    }
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
