//! `saltern identify`: values of any bytes, a line each; what is printed holds none of them.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::saltern::Saltern;
use crate::vectors::{self, Vector};

const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";

/// The values in a file named `values`, and no database anywhere.
fn values(bytes: &[u8]) -> Saltern {
    let saltern = Saltern::new("none", "");
    std::fs::write(saltern.folder().join("values"), bytes).unwrap();
    saltern
}

fn identified(bytes: &[u8]) -> Vec<Value> {
    values(bytes)
        .run(&["identify", "--json", "values"])
        .expect_code(0)
        .json_lines()
}

/// Gives the command standard input.
fn piped(arguments: &[&str], input: &[u8]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_saltern"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_line_has_its_object_in_order() {
    let lines = identified(format!("{MD5}\r\n\n!\n\\N\nhunter2\n\u{e9}\n{MD5}").as_bytes());
    let expected = [
        ("weak", Some("md5")),
        ("empty", None),
        ("locked", None),
        ("locked", None),
        ("unknown", None),
        ("unknown", None),
        ("weak", Some("md5")),
    ];
    assert_eq!(lines.len(), expected.len());
    for ((number, line), (class, first)) in (1..).zip(&lines).zip(expected) {
        assert_eq!(line["line"], number);
        assert_eq!(line["class"], class, "{line}");
        assert_eq!(line["candidates"][0].as_str(), first, "{line}");
    }
}

#[test]
fn lines_of_any_bytes_and_lengths_are_taken() {
    let mut input = b"\xff\xfe\0\n".to_vec();
    input.extend(vec![b'a'; 4_097]);
    input.push(b'\n');
    input.extend(vec![b'b'; 3 << 20]);
    input.extend(format!("\n{MD5}\n").as_bytes());
    let lines = identified(&input);
    let classes: Vec<&str> = lines
        .iter()
        .map(|line| line["class"].as_str().unwrap())
        .collect();
    assert_eq!(classes, ["unknown", "unknown", "unknown", "weak"]);
    assert_eq!(lines[3]["line"], 4);
}

#[test]
fn a_common_passwords_digest_is_proven_and_anothers_is_not() {
    let lines = identified(format!("{MD5}\n0123456789abcdef0123456789abcdef\n").as_bytes());
    assert_eq!(lines[0]["proof"], "md5");
    assert_eq!(lines[0]["candidates"], serde_json::json!(["md5"]));
    assert!(lines[1]["proof"].is_null());
    let candidates = lines[1]["candidates"].as_array().unwrap();
    for name in ["md5", "ntlm", "md5(pass.salt)"] {
        assert!(
            candidates.iter().any(|candidate| candidate == name),
            "{name}"
        );
    }
}

#[test]
fn standard_input_is_read_where_no_file_is_named() {
    for arguments in [&["identify", "--json"][..], &["identify", "--json", "-"]] {
        let output = piped(arguments, format!("{MD5}\n").as_bytes());
        assert!(output.contains("\"md5\""), "{output}");
    }
    assert_eq!(piped(&["identify", "--json"], b""), "");
}

#[test]
fn people_get_a_table_without_a_value_and_what_tells_apart() {
    let unproven = "0123456789abcdef0123456789abcdef";
    let saltern = values(format!("{unproven}\n!{unproven}\nhunter2\n").as_bytes());
    let text = saltern.run(&["identify", "values"]).expect_code(0).stdout;
    assert!(text.contains("32 hex digits"), "{text}");
    assert!(text.contains("nothing in one value tells"), "{text}");
    assert!(
        !text.contains(unproven) && !text.contains("hunter2"),
        "{text}"
    );
}

#[test]
fn a_file_that_is_not_there_is_exit_2() {
    let refused = values(b"").run(&["identify", "nowhere"]).expect_code(2);
    assert!(refused.stderr.contains("nowhere"), "{}", refused.stderr);
    values(b"")
        .run(&["verify", "--json", "nowhere"])
        .expect_code(2);
}

#[test]
fn a_full_disk_is_no_success() {
    for arguments in [
        &["identify", "values"][..],
        &["identify", "--json", "values"],
    ] {
        let saltern = values(format!("{MD5}\n").repeat(10_000).as_bytes());
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_saltern"))
            .args(arguments)
            .current_dir(saltern.folder())
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(5), "{arguments:?}");
    }
}

/// The share of vectors whose scheme is the first candidate, of those that say what they are and whose scheme is known. What is missed is
/// what no string tells: bcrypt of a digest from bcrypt, one base64 of 20 bytes from another, one application's 40 digits of salt from another's.
fn check_first_guesses(vectors: &[Vector], share_min: f64) {
    let structured: Vec<&Vector> = vectors
        .iter()
        .filter(|vector| vector.is_structured() && vector.is_known())
        .collect();
    let input: Vec<u8> = structured
        .iter()
        .flat_map(|vector| [vector.stored.as_slice(), b"\n"].concat())
        .collect();
    let lines = identified(&input);
    assert_eq!(lines.len(), structured.len());
    let wrong: Vec<String> = structured
        .iter()
        .zip(&lines)
        .filter(|(vector, line)| line["candidates"][0] != vector.scheme.as_str())
        .map(|(vector, line)| format!("{}: {}", vector.scheme, line["candidates"][0]))
        .collect();
    let share = 1.0 - wrong.len() as f64 / structured.len() as f64;
    assert!(
        share >= share_min,
        "{share:.3} of {}\n{}",
        structured.len(),
        wrong.join("\n")
    );
}

#[test]
fn other_projects_structured_strings_are_known_at_the_first_guess() {
    let Some(vectors) = vectors::shared() else {
        // Skipped by name: the folder is no part of the project.
        return;
    };
    check_first_guesses(&vectors, 0.95);
}

#[test]
fn our_structured_strings_are_known_at_the_first_guess() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    check_first_guesses(&vectors::ours_with_a_mark(&folder), 0.97);
}

#[test]
fn a_column_is_judged_as_a_whole() {
    let ntlm = [
        "32ed87bdb5fdc5e9cba88547376818d4",
        "8846f7eaee8fb117ad06bdd830b7586c",
        "f7eb9c06fafaa23c4bcf22ba6781c1e2",
    ];
    let saltern = values(format!("{}\n!\n", ntlm.join("\n")).as_bytes());
    let object = saltern
        .run(&["identify", "--column", "--json", "values"])
        .expect_code(0)
        .json();
    assert_eq!(object["column"]["rows"], 4);
    let first = &object["column"]["clusters"][0];
    assert_eq!(
        (&first["shape"], &first["scheme"]),
        (&"hex32".into(), &"ntlm".into())
    );
    assert_eq!(first["proof"]["hits"], 3);
    let text = saltern
        .run(&["identify", "--column", "values"])
        .expect_code(0)
        .stdout;
    assert!(text.contains("proven") && !text.contains(ntlm[0]), "{text}");
}
