//! Lists of known passwords: what a scan counts by them, what a run decides by them before it wraps, what the ledger keeps of it. What is
//! expected was worked out by Python's hashlib from the rows and the lists.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use saltern::scheme::{Scheme, digest};

use super::{CHEAP, POINTS, SHORT, hex, in_ledger, md5};
use crate::db::TestDb;
use crate::saltern::{Finished, Saltern};

const PEOPLE: u64 = 120;

/// The passwords of a list begin so, and nothing else does.
const MARK: &str = "wörd-in-a-list";

/// Every third has a password that the lists have, one in six the same as another.
fn password(id: u64) -> String {
    match id % 3 {
        0 => format!("{MARK} {}", id / 6),
        _ => format!("nobody else has {id}"),
    }
}

fn salt(id: u64) -> String {
    format!("grain {id}")
}

fn sha1(text: &[u8]) -> String {
    hex(&Sha1::digest(text))
}

fn ssha(id: u64) -> String {
    let (password, salt) = (password(id), salt(id));
    let mut bytes = Sha1::digest([password.as_bytes(), salt.as_bytes()].concat()).to_vec();
    bytes.extend_from_slice(salt.as_bytes());
    format!("{{SSHA}}{}", STANDARD.encode(bytes))
}

/// A column's name and scheme, and what stands in it for each person.
type Made = (&'static str, &'static str, fn(u64) -> String);

const COLUMNS: [Made; 9] = [
    ("c_md5", "md5", |id| {
        // In any spelling.
        match id % 4 {
            0 => md5(&password(id)).to_uppercase(),
            1 => format!("{}\n", md5(&password(id))),
            _ => md5(&password(id)),
        }
    }),
    ("c_sha1", "sha1", |id| sha1(password(id).as_bytes())),
    ("c_ntlm", "ntlm", |id| {
        digest(Scheme::NTLM, password(id).as_bytes())
            .expect("a digest")
            .to_string()
    }),
    ("c_plain", "plaintext", password),
    ("c_ldap", "auto", |id| {
        format!(
            "{{SHA}}{}",
            STANDARD.encode(Sha1::digest(password(id).as_bytes()))
        )
    }),
    ("c_salted", "md5(pass.salt)", |id| {
        md5(&format!("{}{}", password(id), salt(id)))
    }),
    ("c_ssha", "auto", ssha),
    ("c_slow", "auto", |_| {
        "$2y$12$iy1ZFmZlC0yTeKR79aXhqeuSI9ZLroS1RicHxS8fG3RNFBr4QxHR6".to_owned()
    }),
    ("c_open", "auto", |id| md5(&password(id))),
];

fn people(db: &mut TestDb, columns: &[Made]) {
    let typed: Vec<String> = columns
        .iter()
        .map(|(name, _, _)| format!("{name} VARCHAR(200)"))
        .collect();
    db.exec(&format!(
        "CREATE TABLE person (id INTEGER PRIMARY KEY, grain VARCHAR(40), {})",
        typed.join(", ")
    ));
    let names: Vec<&str> = ["id", "grain"]
        .into_iter()
        .chain(columns.iter().map(|(name, _, _)| *name))
        .collect();
    db.insert(
        "person",
        &names,
        (0..PEOPLE).map(|id| {
            [id.to_string(), salt(id)]
                .into_iter()
                .chain(columns.iter().map(|(_, _, value)| value(id)))
                .map(Some)
                .collect::<Vec<_>>()
        }),
    );
}

fn config(columns: &[Made], more: &str) -> String {
    let credentials: String = columns
        .iter()
        .map(|(name, scheme, _)| {
            let salt = if *name == "c_salted" {
                "salt = \"grain\"\n"
            } else {
                ""
            };
            format!(
                "[[credential]]\nname = \"{name}\"\ntable = \"person\"\nkey = \"id\"\ncolumn = \"{name}\"\nscheme = \"{scheme}\"\n{salt}readers_ready = true\n\n"
            )
        })
        .collect();
    format!("{credentials}{more}\n{CHEAP}")
}

/// The passwords of the list.
fn words() -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = (0..PEOPLE)
        .filter(|id| id % 3 == 0)
        .map(|id| password(id).into_bytes())
        .collect();
    words.extend([b"123456".to_vec(), b"caf\xe9".to_vec(), b" ".to_vec()]);
    words
}

/// The same passwords in three forms: `words.txt`, `sha1.txt` and `ntlm.txt`.
fn write_lists(folder: &Path) {
    let mut text = vec![b'x'; 5_000];
    for word in words() {
        text.extend_from_slice(b"\r\n\r\n");
        text.extend_from_slice(&word);
    }
    std::fs::write(folder.join("words.txt"), text).unwrap();
    let ordered = |digests: BTreeSet<String>, end: &str| {
        let lines: Vec<String> = digests
            .iter()
            .zip(1..)
            .map(|(digest, count)| format!("{digest}:{count}"))
            .collect();
        lines.join(end)
    };
    let of_sha1 = words()
        .iter()
        .map(|word| sha1(word).to_uppercase())
        .collect();
    std::fs::write(folder.join("sha1.txt"), ordered(of_sha1, "\r\n")).unwrap();
    let of_ntlm = words()
        .iter()
        .filter_map(|word| Some(digest(Scheme::NTLM, word)?.to_uppercase()))
        .collect();
    std::fs::write(folder.join("ntlm.txt"), ordered(of_ntlm, "\n")).unwrap();
}

/// How many of the values are known, by another implementation. Each line is a value, its salt and how they go together.
const BY_HASHLIB: &str = r#"
import base64, hashlib, json, sys
asked = json.load(sys.stdin)
words = [bytes.fromhex(word) for word in asked["words"]]
def known(kind, value, salt):
    value, salt = value.strip(), salt.encode()
    for word in words:
        if kind in ("c_md5", "c_open"):
            same = hashlib.md5(word).hexdigest() == value.lower()
        elif kind == "c_sha1":
            same = hashlib.sha1(word).hexdigest() == value
        elif kind == "c_plain":
            same = word == value.encode()
        elif kind == "c_ldap":
            same = "{SHA}" + base64.b64encode(hashlib.sha1(word).digest()).decode() == value
        elif kind == "c_salted":
            same = hashlib.md5(word + salt).hexdigest() == value
        elif kind == "c_ssha":
            same = "{SSHA}" + base64.b64encode(hashlib.sha1(word + salt).digest() + salt).decode() == value
        if same:
            return True
    return False
print(json.dumps({kind: [key for key, value, salt in rows if known(kind, value, salt)] for kind, rows in asked["rows"].items()}))
"#;

/// The keys of the rows that are known, by column.
fn by_hashlib(db: &mut TestDb, columns: &[&str]) -> Value {
    let mut rows = serde_json::Map::new();
    for column in columns {
        let of_column = db.query(&format!(
            "SELECT id, {column}, grain FROM person ORDER BY id"
        ));
        rows.insert((*column).to_owned(), json!(of_column));
    }
    let words: Vec<String> = words().iter().map(|word| hex(word)).collect();
    let mut python = Command::new("python3")
        .args(["-c", BY_HASHLIB])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is there");
    let asked = json!({ "words": words, "rows": rows }).to_string();
    python
        .stdin
        .take()
        .unwrap()
        .write_all(asked.as_bytes())
        .unwrap();
    let answer = python.wait_with_output().unwrap();
    assert!(answer.status.success());
    serde_json::from_slice(&answer.stdout).unwrap()
}

/// What a scan or a plan says of a column, and that it shows no word of the lists.
fn known_of(finished: &Finished, column: &str) -> Value {
    check_silent(finished);
    let told = finished.json();
    let all = told["credentials"].as_array().expect("a list");
    let found = all.iter().find(|c| c["name"] == column);
    found.expect("the credential")["known"].clone()
}

fn check_silent(finished: &Finished) {
    for output in [&finished.stdout, &finished.stderr] {
        assert!(!output.contains(MARK), "{output}");
        for word in [&words()[0], &words()[1]] {
            let (md5, sha1) = (md5(&String::from_utf8_lossy(word)), sha1(word));
            let lower = output.to_lowercase();
            assert!(!lower.contains(&md5) && !lower.contains(&sha1), "{output}");
        }
    }
}

fn judged(known: usize) -> Value {
    json!({ "judged": PEOPLE, "known": known, "not_judged": 0, "why_not_judged": {} })
}

fn not_judged(why: &str) -> Value {
    json!({ "judged": 0, "known": 0, "not_judged": PEOPLE, "why_not_judged": { why: PEOPLE } })
}

on_each_backend!(lists_judge_a_column_or_say_why_not, |backend| {
    let mut db = TestDb::new(backend);
    people(&mut db, &COLUMNS);
    let listed = "[known]\nwordlist = \"words.txt\"\n";
    // The last column keeps a proof busy until its time is over.
    let quick = &COLUMNS[..8];
    let mut saltern = Saltern::new(&db.url(), &config(quick, listed));
    write_lists(saltern.folder());
    let expected = by_hashlib(
        &mut db,
        &["c_md5", "c_sha1", "c_plain", "c_ldap", "c_salted", "c_ssha"],
    );
    let known = expected["c_md5"].as_array().unwrap().len();
    assert_eq!(known as u64, PEOPLE / 3);
    assert!(
        expected
            .as_object()
            .unwrap()
            .values()
            .all(|rows| *rows == expected["c_md5"])
    );

    let scan = ["scan", "--json", "--proof-seconds", "600"];
    let by_words = saltern.run(&scan).expect_code(0);
    for column in [
        "c_md5", "c_sha1", "c_ntlm", "c_plain", "c_ldap", "c_salted", "c_ssha",
    ] {
        assert_eq!(known_of(&by_words, column), judged(known), "{column}");
    }
    assert_eq!(known_of(&by_words, "c_slow"), not_judged("slow-hash"));
    let line = &by_words.json()["credentials"][0]["lines"][0]["known"];
    assert_eq!(*line, judged(known));
    let planned = saltern
        .run(&["plan", "--json", "--proof-seconds", "600"])
        .expect_code(0);
    for (column, _, _) in quick {
        assert_eq!(known_of(&planned, column), known_of(&by_words, column));
    }
    saltern.configure(&config(&COLUMNS, listed));
    let out_of_time = saltern
        .run(&["scan", "--json", "--proof-seconds", "0"])
        .expect_code(0);
    assert_eq!(known_of(&out_of_time, "c_ssha"), not_judged("time-over"));
    assert_eq!(known_of(&out_of_time, "c_md5"), judged(known));
    assert_eq!(
        known_of(&out_of_time, "c_open"),
        not_judged("scheme-not-known")
    );
    // A busy host, whose time is over before the rows have been read, judges the first of them.
    saltern.set(POINTS, &format!("{SHORT},no-proof-time=fail"));
    let busy = saltern.run(&["scan", "--json"]).expect_code(0);
    assert_eq!(known_of(&busy, "c_ssha"), judged(known));
    saltern.set(POINTS, SHORT);
    let told = saltern
        .run(&["scan", "--proof-seconds", "0"])
        .expect_code(0);
    check_silent(&told);
    for words in [
        "known passwords: 40 of 120 rows that were judged (33.3 %)",
        "not judged: 120 (salted, and --proof-seconds over)",
        "not judged: 120 (slow hash)",
    ] {
        assert!(told.stdout.contains(words), "{words}\n{}", told.stdout);
    }
    let warned = saltern
        .run(&["run", "--json", "--proof-seconds", "0"])
        .expect_code(0);
    check_silent(&warned);
    assert!(warned.stdout.contains("1 lines of"), "{}", warned.stdout);

    for (list, own, other) in [
        ("sha1.txt", "c_sha1", "c_ntlm"),
        ("ntlm.txt", "c_ntlm", "c_sha1"),
    ] {
        saltern.configure(&config(quick, &format!("[known]\npwned = \"{list}\"\n")));
        let by_pwned = saltern
            .run(&["scan", "--json", "--proof-seconds", "0"])
            .expect_code(0);
        for column in [own, "c_plain"] {
            assert_eq!(
                known_of(&by_pwned, column),
                judged(known),
                "{list}, {column}"
            );
        }
        for column in [other, "c_md5", "c_ssha"] {
            assert_eq!(
                known_of(&by_pwned, column),
                not_judged("other-list"),
                "{list}, {column}"
            );
        }
    }
});

on_each_backend!(
    a_list_that_can_not_be_used_is_refused_before_anything_is_written,
    |backend| {
        let mut db = TestDb::new(backend);
        people(&mut db, &COLUMNS[..1]);
        let saltern = Saltern::new(&db.url(), "");
        write_lists(saltern.folder());
        let sha1 = std::fs::read_to_string(saltern.folder().join("sha1.txt")).unwrap();
        let (front, back) = sha1.split_at(sha1.len() / 2);
        let back_first = format!("{}{}\r\n", back.split_once('\n').unwrap().1, "");
        std::fs::write(
            saltern.folder().join("unordered.txt"),
            format!("{}\r\n{front}", back_first.trim_end()),
        )
        .unwrap();
        for (lists, words) in [
            ("wordlist = \"nowhere.txt\"", "nowhere.txt"),
            ("wordlist = \".\"", "cannot read the word list"),
            ("pwned = \"nowhere.txt\"", "nowhere.txt"),
            ("pwned = \"words.txt\"", "first line"),
            ("pwned = \"unordered.txt\"", "not ordered"),
        ] {
            saltern.configure(&config(&COLUMNS[..1], &format!("[known]\n{lists}\n")));
            for command in [&["scan"][..], &["plan"], &["run", "--execute"]] {
                let refused = saltern.run(command).expect_code(2);
                check_silent(&refused);
                assert!(
                    refused.stderr.contains(words),
                    "{lists}: {}",
                    refused.stderr
                );
            }
            let doctor = saltern.run(&["doctor"]);
            assert!(doctor.stdout.contains("[known-list]"), "{}", doctor.stdout);
        }
        let rule = "[[rule]]\nwhen = { known = true }\ndo = \"keep\"\n";
        saltern.configure(&config(&COLUMNS[..1], rule));
        for command in [&["scan"][..], &["plan"], &["run", "--execute"]] {
            let refused = saltern.run(command).expect_code(4);
            assert!(
                refused.stderr.contains("[known] wordlist = "),
                "{}",
                refused.stderr
            );
        }
        let rows = db.query("SELECT COUNT(*) FROM person WHERE c_md5 LIKE '$%'");
        assert_eq!(rows[0][0].as_deref(), Some("0"));
        let ledger = in_ledger(backend, "SELECT COUNT(*) FROM {run}");
        let runs = db.try_query(&ledger);
        assert!(!runs.is_ok_and(|rows| rows[0][0].as_deref() != Some("0")));
    }
);

/// The keys of rows, ordered.
fn keys(db: &mut TestDb, sql: &str) -> BTreeSet<u64> {
    db.query(sql)
        .iter()
        .map(|row| {
            row[0]
                .as_deref()
                .unwrap()
                .trim_matches(['[', ']', '"'])
                .parse()
                .unwrap()
        })
        .collect()
}

on_each_backend!(
    what_is_known_is_decided_before_the_wrap_and_kept_after_it,
    |backend| {
        let mut db = TestDb::new(backend);
        let column = &COLUMNS[..1];
        people(&mut db, column);
        let lists = "[known]\nwordlist = \"words.txt\"\npwned = \"sha1.txt\"\n";
        let set_aside =
            "[[rule]]\nname = \"known\"\nwhen = { known = true }\ndo = \"quarantine\"\n";
        let mut saltern = Saltern::new(&db.url(), &config(column, &format!("{lists}{set_aside}")));
        write_lists(saltern.folder());
        let expected = by_hashlib(&mut db, &["c_md5"]);
        let expected: BTreeSet<u64> = expected["c_md5"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key.as_str().unwrap().parse().unwrap())
            .collect();
        let bare = "SELECT id FROM person WHERE c_md5 NOT LIKE '$%'";
        let kept = in_ledger(backend, "SELECT row_key FROM {known}");

        // A known one is set aside in the same run that wraps the others, although that run is killed in the middle.
        let planned = saltern.run(&["plan", "--json"]).expect_code(0).json();
        let groups = planned["credentials"][0]["groups"].as_array().unwrap();
        let of_rule = groups.iter().find(|group| group["rule"] == "known");
        assert_eq!(of_rule.unwrap()["rows"], expected.len());
        let paged = ["run", "--execute", "-q", "--max-rows", "50"];
        saltern.run(&paged).expect_code(8);
        saltern.set(POINTS, &format!("{SHORT},before-commit"));
        assert_eq!(saltern.run(&["run", "--execute", "-q"]).signal(), Some(9));
        saltern.set(POINTS, SHORT);
        check_silent(&saltern.run(&["run", "--execute", "--print"]).expect_code(3));
        assert_eq!(keys(&mut db, bare), expected);
        assert_eq!(db.query(&kept).len(), 0);

        // Wrapped after all, they stay known: the ledger says so, and who changed the password is not known any more.
        saltern.configure(&config(column, lists));
        saltern.set(POINTS, &format!("{SHORT},after-cursor"));
        assert_eq!(saltern.run(&["run", "--execute", "-q"]).signal(), Some(9));
        assert_eq!(db.query(&kept).len(), 0);
        saltern.set(POINTS, SHORT);
        saltern.run(&["run", "--execute", "-q"]).expect_code(0);
        assert_eq!(keys(&mut db, bare), BTreeSet::new());
        assert_eq!(keys(&mut db, &kept), expected);

        let by_ledger = "[[rule]]\nname = \"kept\"\nwhen = { known = true, wrapped = true }\ndo = \"quarantine\"\n";
        saltern.configure(&config(column, by_ledger));
        let known = |expected: usize| {
            let scan = saltern.run(&["scan", "--json"]).expect_code(0);
            let of_column = known_of(&scan, "c_md5");
            assert_eq!(of_column["known"], expected, "{of_column:#}");
            assert_eq!(
                of_column["why_not_judged"]["wrapped"],
                PEOPLE as usize - expected
            );
            let rules = &scan.json()["credentials"][0]["lines"][0]["rules"];
            let of_rule = rules
                .as_array()
                .unwrap()
                .iter()
                .find(|r| r["rule"] == "kept");
            assert_eq!(of_rule.map(|r| r["rows"].clone()), Some(json!(expected)));
        };
        known(expected.len());
        let other = db.query("SELECT c_md5 FROM person WHERE id = 1")[0][0]
            .clone()
            .unwrap();
        let other = backend.literal(Some(&other));
        db.exec(&format!("UPDATE person SET c_md5 = {other} WHERE id = 0"));
        known(expected.len() - 1);
        // A label that is put right is the same value in another spelling.
        saltern
            .run(&["relabel", "--from", "md5", "--to", "ntlm", "--execute"])
            .expect_code(0);
        let scan = saltern.run(&["scan", "--json"]).expect_code(0);
        assert_eq!(known_of(&scan, "c_md5")["known"], expected.len() - 1);
    }
);
