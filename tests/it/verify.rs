//! `saltern verify`: JSON lines in, JSON lines out in the same order; a person's one password; and everybody's vectors.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::saltern::Saltern;
use crate::vectors::{self, Vector};

const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";
/// The vectors hold dear hashes, and the tests run beside one another.
const VECTORS_SECONDS_MAX: u64 = 540;

fn files(questions: &str) -> Saltern {
    let saltern = Saltern::new("none", "");
    std::fs::write(saltern.folder().join("lines"), questions).unwrap();
    saltern
}

fn answers(questions: &str) -> Vec<Value> {
    files(questions)
        .spawn(&["verify", "--json", "lines"])
        .finish_within(Duration::from_secs(VECTORS_SECONDS_MAX))
        .expect_code(0)
        .json_lines()
}

#[test]
fn answers_come_in_order_and_a_bad_line_stops_nothing() {
    let good = json!({"stored": MD5, "password": "password"});
    let wrong = json!({"stored": MD5, "password": "hunter2", "scheme": "md5"});
    let dear = json!({"stored": "$2b$31$abcdefghijklmnopqrstuuG4nizIsfFMB34Hh5MoYcbtdFUq5YPJK", "password": "dragon"});
    let unknown = json!({"stored": "what is this", "password": "x"});
    let unnamed = json!({"stored": MD5, "password": "password", "scheme": "never heard of"});
    let lines = answers(&format!(
        "{good}\n{wrong}\nhunter2\n\n{dear}\r\n{unknown}\n{unnamed}"
    ));
    let expected = [
        ("match", Some("md5")),
        ("mismatch", Some("md5")),
        ("error", None),
        ("error", None),
        ("error", Some("bcrypt-2b")),
        ("unsupported", None),
        ("match", Some("md5")),
    ];
    assert_eq!(lines.len(), expected.len());
    for ((number, line), (outcome, scheme)) in (1..).zip(&lines).zip(expected) {
        assert_eq!(line["line"], number);
        assert_eq!(line["outcome"], outcome, "{line}");
        assert_eq!(line["scheme"].as_str(), scheme, "{line}");
        let has_reason = line["reason"].is_string();
        assert_eq!(
            has_reason,
            matches!(outcome, "error" | "unsupported"),
            "{line}"
        );
        assert!(!line.to_string().contains("hunter2"), "{line}");
    }
    assert!(
        lines[4]["reason"]
            .as_str()
            .unwrap()
            .contains("login_work_max"),
        "{}",
        lines[4]
    );
}

#[test]
fn who_asks_and_waits_is_answered() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_saltern"))
        .args(["verify", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ask = child.stdin.take().unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap());
    for number in 1..=3 {
        writeln!(ask, "{}", json!({"stored": MD5, "password": "password"})).unwrap();
        let mut line = String::new();
        told.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&line["line"], &line["outcome"]),
            (&number.into(), &"match".into())
        );
    }
    drop(ask);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_person_tries_one_password_against_many_values() {
    let saltern = files(&format!("{MD5}\n!\n8846f7eaee8fb117ad06bdd830b7586c\n"));
    std::fs::write(saltern.folder().join("password"), "password\n").unwrap();
    let arguments = ["verify", "lines", "--password-file", "password"];
    let text = saltern.run(&arguments).expect_code(0).stdout;
    let rows: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows[1], ["1", "match", "md5"]);
    assert_eq!(rows[2], ["2", "mismatch"]);
    assert_eq!(rows[3], ["3", "match", "ntlm"]);
    let named = [&arguments[..], &["--scheme", "md5(pass)"]].concat();
    let text = saltern.run(&named).expect_code(0).stdout;
    assert_eq!(text.matches(" match ").count(), 1, "{text}");
    saltern
        .run(&[&arguments[..], &["--scheme", "no such thing"]].concat())
        .expect_code(2);
}

#[test]
fn a_password_is_never_an_argument() {
    let refused = files("").run(&["verify", "lines", "--password", "hunter2"]);
    let refused = refused.expect_code(2);
    assert!(!refused.stderr.contains("hunter2"), "{}", refused.stderr);
}

/// Under its own scheme a vector is opened, or can't be verified, which is said; so many of all are opened, the scheme named or not.
fn check_opened(vectors: &[Vector], share_min: f64) {
    for named in [true, false] {
        let questions: Vec<String> = vectors
            .iter()
            .map(|vector| vector.question(true, named))
            .collect();
        let lines = answers(&questions.join("\n"));
        assert_eq!(lines.len(), vectors.len());
        let mut opened = 0;
        for (vector, line) in vectors.iter().zip(&lines) {
            opened += usize::from(line["outcome"] == "match");
            let judged = named && vector.is_known();
            // Some of other projects' lines leave out the name that went in.
            let lacks = line["reason"]
                .as_str()
                .is_some_and(|reason| reason.ends_with("which was not given"));
            let good = line["outcome"] == "match" || line["outcome"] == "unsupported" || lacks;
            assert!(good || !judged, "{}: {line}", vector.scheme);
        }
        let share = opened as f64 / vectors.len() as f64;
        assert!(share >= share_min, "scheme named: {named}; {share:.3}");
    }
}

/// Not one value is opened by a password that was changed in its first character.
fn check_no_wrong_password(vectors: Vec<Vector>) {
    let vectors: Vec<Vector> = vectors
        .into_iter()
        .filter(Vector::counts_the_first_character)
        .collect();
    for named in [true, false] {
        // Of a value that says what it is nothing else is tried where no scheme is named.
        let asked: Vec<&Vector> = vectors
            .iter()
            .filter(|vector| named || !vector.has_prefix())
            .collect();
        let questions: Vec<String> = asked
            .iter()
            .map(|vector| vector.question(false, named))
            .collect();
        let lines = answers(&questions.join("\n"));
        assert_eq!(lines.len(), asked.len());
        for (vector, line) in asked.iter().zip(&lines) {
            assert_ne!(line["outcome"], "match", "{}: {line}", vector.scheme);
        }
    }
}

fn ours() -> Vec<Vector> {
    let all = vectors::ours(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"));
    // The library's own tests open every one, and by no other password.
    all.into_iter().step_by(4).collect()
}

#[test]
fn other_projects_vectors_are_opened_by_their_passwords() {
    let Some(vectors) = vectors::shared() else {
        // Skipped by name: the folder is no part of the project.
        return;
    };
    check_opened(&vectors, 0.99);
}

#[test]
fn other_projects_vectors_are_opened_by_no_other_password() {
    let Some(vectors) = vectors::shared() else {
        // Skipped by name: the folder is no part of the project.
        return;
    };
    check_no_wrong_password(vectors);
}

#[test]
fn our_vectors_are_opened_by_their_passwords() {
    check_opened(&ours(), 0.91);
}
