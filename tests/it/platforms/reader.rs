//! The lines of `saltern reader`, run by each language on values that other implementations made, and the pages' own code.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use saltern::scheme::{InnerId, ReaderLanguage, Scheme, formula, reader_line};
use serde_json::{Value, json};
use sha2::{Digest, Sha384};

use crate::db::TestDb;
use crate::servers::Backend;

/// A value of a label, what it is made of, and the inner text that it has.
struct Case {
    label: InnerId,
    inputs: Value,
    text: String,
}

/// The digests of the vectors whose inner text is the value itself, in lower case, each under its label and under the one by
/// way of SHA-384.
fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut cases = Vec::new();
    for file in ["digests.jsonl", "expressions.jsonl"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| line[name].as_str().unwrap_or_default();
            let Ok(scheme) = Scheme::parse(text("scheme")) else {
                continue;
            };
            let (Some(label), Some(_), Some(password)) =
                (scheme.inner_id(), scheme.shape(), line["password"].as_str())
            else {
                continue;
            };
            let odd = ["salt_hex", "salt2_hex"]
                .iter()
                .any(|name| !line[*name].is_null());
            if odd || password.contains('\0') {
                continue;
            }
            let inner = text("stored").trim_start_matches('*').to_lowercase();
            let inputs = json!({
                "password": password, "salt": text("salt"), "salt2": text("salt2"), "username": text("username"), "user_id": text("user_id"),
            });
            if let Some(long) = label.long() {
                cases.push(Case {
                    label: long,
                    inputs: inputs.clone(),
                    text: STANDARD_NO_PAD.encode(Sha384::digest(&inner)),
                });
            }
            cases.push(Case {
                label,
                inputs,
                text: inner,
            });
        }
    }
    cases.push(Case {
        label: InnerId::SHA384_B64,
        inputs: json!({ "password": "pässwörd", "salt": "", "salt2": "", "username": "", "user_id": "" }),
        text: STANDARD_NO_PAD.encode(Sha384::digest("pässwörd")),
    });
    cases
}

/// Runs a program whose answers are lines of JSON, one a label's case.
fn check(
    language: ReaderLanguage,
    command: &mut Command,
    program: impl Fn(&str) -> String,
    labels_min: usize,
) {
    let cases: Vec<Case> = cases()
        .into_iter()
        .filter(|case| reader_line(language, &case.label).is_some())
        .collect();
    let labels: BTreeMap<InnerId, String> = cases
        .iter()
        .map(|case| (case.label, reader_line(language, &case.label).unwrap().code))
        .collect();
    assert!(labels.len() >= labels_min, "{} labels", labels.len());
    let mut functions = String::new();
    for (label, code) in &labels {
        functions.push_str(&match language {
            ReaderLanguage::Php => format!(
                "'{label}' => fn($password, $salt, $salt2, $username, $userId) => {code},\n"
            ),
            ReaderLanguage::Python => format!(
                "    \"{label}\": lambda password, salt, salt2, username, user_id: {code},\n"
            ),
            ReaderLanguage::Ruby => {
                format!("'{label}' => ->(password, salt, salt2, username, user_id) {{ {code} }},\n")
            }
            _ => format!("'{label}': (password, salt, salt2, username, userId) => {code},\n"),
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("reader");
    std::fs::write(&file, program(&functions)).unwrap();
    let mut child = command
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let questions: String = cases
        .iter()
        .map(|case| {
            let mut question = case.inputs.clone();
            question["label"] = case.label.to_string().into();
            format!("{question}\n")
        })
        .collect();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(questions.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), cases.len(), "{:?}", answers.last());
    for (case, answer) in cases.iter().zip(answers) {
        assert_eq!(
            answer,
            case.text,
            "{}: {:?}",
            case.label,
            formula(&case.label)
        );
    }
}

#[test]
fn phps_lines_make_the_inner_text() {
    super::with(super::php(), |mut php| {
        check(
            ReaderLanguage::Php,
            &mut php,
            |functions| {
                format!(
                    "<?php\n$inner = [\n{functions}];\nwhile (($line = fgets(STDIN)) !== false) {{\n$q = json_decode($line, true);\n\
                     echo $inner[$q['label']]($q['password'], $q['salt'], $q['salt2'], $q['username'], $q['user_id']), \"\\n\";\n}}\n"
                )
            },
            60,
        );
    });
}

#[test]
fn pythons_lines_make_the_inner_text() {
    super::with(super::python(), |mut python| {
        check(
            ReaderLanguage::Python,
            &mut python,
            |functions| {
                format!(
                    "import base64, hashlib, hmac, json, sys\n\ndef hexed(algorithm):\n    return lambda password: hashlib.new(algorithm, password).hexdigest().encode()\n\n\
                     INNER = {{\n{functions}}}\nfor line in sys.stdin:\n    q = json.loads(line)\n    names = [\"password\", \"salt\", \"salt2\", \"username\", \"user_id\"]\n\
                     \x20   print(INNER[q[\"label\"]](*[q[name].encode() for name in names]).decode())\n"
                )
            },
            60,
        );
    });
}

#[test]
fn nodes_lines_make_the_inner_text_by_npm() {
    super::with(super::node(), |mut node| {
        check(
            ReaderLanguage::Node,
            &mut node,
            |functions| {
                format!(
                    "const {{ createHash, createHmac }} = require('node:crypto');\n\
                     const hex = (algorithm) => (password) => createHash(algorithm).update(password).digest('hex');\n\
                     const inner = {{\n{functions}}};\n\
                     for (const line of require('node:fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean)) {{\n\
                     const q = JSON.parse(line);\n\
                     console.log(inner[q.label](q.password, q.salt, q.salt2, q.username, q.user_id).toString());\n}}\n"
                )
            },
            60,
        );
    });
}

#[test]
fn rubys_lines_make_the_inner_text() {
    let mut ruby = Command::new("ruby");
    if ruby.arg("--version").output().is_err() {
        return crate::servers::leave_out(&crate::servers::Missing("no ruby".to_owned()));
    }
    check(
        ReaderLanguage::Ruby,
        &mut Command::new("ruby"),
        |functions| {
            format!(
                "require 'digest'\nrequire 'json'\nrequire 'openssl'\nINNER = {{\n{functions}}}.freeze\n\
                 STDIN.set_encoding('UTF-8')\nSTDIN.each_line do |line|\n  q = JSON.parse(line)\n\
                 \x20 puts INNER[q['label']].call(*q.values_at('password', 'salt', 'salt2', 'username', 'user_id'))\nend\n"
            )
        },
        50,
    );
}

on_each_backend!(the_databases_lines_make_the_inner_text, |backend| {
    let language = match backend {
        Backend::Postgres => ReaderLanguage::Postgres,
        Backend::MariaDb | Backend::MySql => ReaderLanguage::MySql,
        Backend::Sqlite => return,
    };
    let mut db = TestDb::new(backend);
    let has_crypto = match backend {
        Backend::Postgres => {
            let there =
                "SELECT count(*)::text FROM pg_available_extensions WHERE name = 'pgcrypto'";
            let there = db.value(there).as_deref() == Some("1");
            if there {
                db.exec("CREATE EXTENSION pgcrypto");
            }
            there
        }
        _ => true,
    };
    let mut labels = std::collections::BTreeSet::new();
    for case in cases() {
        let Some(line) = reader_line(language, &case.label) else {
            continue;
        };
        // A MySQL of today has these two in a component that need not be there.
        let of_component = line.code.contains("MD5(") || line.code.contains("SHA1(");
        if backend == Backend::MySql && of_component {
            continue;
        }
        let of_crypto = line.code.contains("digest(") || line.code.contains("hmac(");
        if of_crypto && !has_crypto || !case.inputs.to_string().is_ascii() {
            continue;
        }
        let mut sql = line.code.clone();
        for name in ["password", "salt2", "salt", "username", "user_id"] {
            let value = case.inputs[name].as_str().unwrap();
            let quoted = format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"));
            if value.contains('\\') {
                sql.clear();
            }
            sql = sql.replace(&format!(":{name}"), &quoted);
        }
        if sql.is_empty() {
            continue;
        }
        assert_eq!(
            db.value(&format!("SELECT {sql}")).unwrap(),
            case.text,
            "{}: {sql}",
            case.label
        );
        labels.insert(case.label);
    }
    assert!(labels.len() >= 15, "{} labels", labels.len());
});
