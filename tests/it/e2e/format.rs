//! One credential whose rows have several schemes, as a column of the table says: who could log in before still can, nobody else
//! can, and the column says what stands there.

use std::io::Write as _;
use std::process::{Command, Stdio};

use saltern::scheme::Scheme;
use serde_json::json;

use super::{CHEAP, md5};
use crate::db::TestDb;
use crate::saltern::Saltern;
use crate::servers::{self, Backend, Missing};

/// What `password_hash($p, PASSWORD_BCRYPT, ['cost' => 4])` makes of `bcrypted`.
const BCRYPTED: &str = "$2y$04$tR6bgrcnw9/kn9JaQ1aMsOJN.AcsgxuqxTGXFMSaTmE/AlmhT7DlC";

/// The application: it asks the column which of its checks it uses. Its last two are new.
const APPLICATION: &str = r#"
import hashlib, json, re, sys
import argon2, bcrypt
named = sys.argv[1]
def md5(text):
    return hashlib.md5(text.encode()).hexdigest()
def native(value, text):
    try:
        return argon2.PasswordHasher().verify(value, text)
    except argon2.exceptions.VerificationError:
        return False
for line in sys.stdin:
    value, kind, login, typed = json.loads(line)
    if kind == "1":
        opens = md5(typed) == value
    elif kind == "2":
        opens = md5(login + typed) == value
    elif kind == "3":
        opens = typed == value
    elif kind == "7":
        opens = value.startswith("$2") and bcrypt.checkpw(typed.encode(), value.encode())
    elif kind == "40":
        front, label, rest = re.fullmatch(r"(\$argon2id)--([^$]+)(\$.*)", value).groups()
        inner = {"md5": md5(typed), named: md5(login + typed)}[label]
        opens = native(front + rest, inner)
    elif kind == "41":
        opens = native(value, typed)
    else:
        opens = False
    print(opens)
"#;

const CREDENTIAL: &str = "[[credential]]\nname = \"members\"\ntable = \"member\"\nkey = \"id\"\ncolumn = \"pw\"\nlogin = \"login\"\n\
     readers_ready = true\n";

const FORMAT: &str = "[credential.format]\ncolumn = \"hash_type\"\n\
     schemes = { \"1\" = \"md5(pass)\", \"2\" = \"md5(username.pass)\", \"3\" = \"plaintext\", \"7\" = \"bcrypt\" }\n\
     write = { wrapped = \"40\", native = \"41\", dead = \"0\" }\n";

/// The scheme of the rows of type 2.
const NAMED: &str = "md5(username.pass)";

struct Members {
    db: TestDb,
    saltern: Saltern,
}

/// What the row of an id holds, as the application made it.
struct Member {
    kind: Option<&'static str>,
    value: String,
    password: String,
}

fn login_of(id: u64) -> String {
    format!("member{id}")
}

/// 100 rows of each of three types; one bcrypt row, one of a type that nobody lists, one that has no type, and one of type 1 that holds
/// a bcrypt string.
fn member(id: u64) -> Member {
    let password = format!("pass word {id}");
    let of = |kind, value: String| Member {
        kind,
        value,
        password: password.clone(),
    };
    match id {
        300 => Member {
            password: "bcrypted".to_owned(),
            ..of(Some("7"), BCRYPTED.to_owned())
        },
        301 => of(Some("9"), md5(&password)),
        302 => of(None, md5(&password)),
        303 => Member {
            password: "bcrypted".to_owned(),
            ..of(Some("1"), BCRYPTED.to_owned())
        },
        _ if id.is_multiple_of(3) => of(Some("1"), md5(&password)),
        _ if id % 3 == 1 => of(Some("2"), md5(&format!("{}{password}", login_of(id)))),
        _ => of(Some("3"), password.clone()),
    }
}

const ROWS: u64 = 304;

fn members(backend: Backend, kind: &str, more: &str) -> Members {
    let mut db = TestDb::new(backend);
    db.exec(&format!(
        "CREATE TABLE member (id INTEGER PRIMARY KEY, login VARCHAR(60) NOT NULL, pw VARCHAR(255), hash_type {kind}, algo VARCHAR(20))"
    ));
    db.insert(
        "member",
        &["id", "login", "pw", "hash_type"],
        (0..ROWS).map(|id| {
            let member = member(id);
            [
                Some(id.to_string()),
                Some(login_of(id)),
                Some(member.value),
                member.kind.map(str::to_owned),
            ]
        }),
    );
    let saltern = Saltern::new(&db.url(), &format!("{CREDENTIAL}{FORMAT}{more}{CHEAP}"));
    Members { db, saltern }
}

impl Members {
    /// Each row's value, what its column says, and the column of the operator's own.
    fn rows(&mut self) -> Vec<[Option<String>; 3]> {
        let rows = self
            .db
            .query("SELECT pw, hash_type, algo FROM member ORDER BY id");
        rows.into_iter()
            .map(|row| row.try_into().unwrap())
            .collect()
    }

    /// Whether the application lets each member in: by the password, by another one, and by what was stored at first.
    fn lets_in(&mut self) -> Option<Vec<String>> {
        let Some(python) = std::env::var_os("SALTERN_TEST_PYTHON") else {
            servers::leave_out(&Missing("SALTERN_TEST_PYTHON names no Python".to_owned()));
            return None;
        };
        let mut asked = Vec::new();
        for (id, [value, kind, _]) in (0..).zip(self.rows()) {
            let member = member(id);
            for typed in [
                &member.password,
                &format!("{}x", member.password),
                &member.value,
            ] {
                writeln!(asked, "{}", json!([value, kind, login_of(id), typed])).unwrap();
            }
            writeln!(asked, "{}", json!([value, kind, login_of(id), value])).unwrap();
        }
        let label = Scheme::parse(NAMED).unwrap().inner_id().unwrap();
        let mut child = Command::new(python)
            .args(["-c", APPLICATION, label.as_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let output = std::thread::scope(|scope| {
            scope.spawn(move || input.write_all(&asked).unwrap());
            child.wait_with_output().unwrap()
        });
        let answers = String::from_utf8(output.stdout).unwrap();
        Some(answers.lines().map(str::to_owned).collect())
    }
}

/// How many rows each of some values of the column has, in the order of the values.
fn kinds(members: &mut Members) -> Vec<(String, usize)> {
    let mut kinds = std::collections::BTreeMap::new();
    for [_, kind, _] in members.rows() {
        *kinds
            .entry(kind.unwrap_or_else(|| "NULL".to_owned()))
            .or_insert(0) += 1;
    }
    kinds.into_iter().collect()
}

fn expected(kinds: &[(&str, usize)]) -> Vec<(String, usize)> {
    let own = |(kind, rows): &(&str, usize)| ((*kind).to_owned(), *rows);
    kinds.iter().map(own).collect()
}

on_each_backend!(
    an_application_that_asks_its_column_reads_every_row_before_and_after,
    |backend| {
        for kind in ["INTEGER", "VARCHAR(8)"] {
            let mut members = members(
                backend,
                kind,
                "[credential.on_wrap]\nset = { algo = \"'wrapped'\" }\n",
            );
            let before = members.lets_in();
            let scan = members
                .saltern
                .run(&["scan", "--json"])
                .expect_code(0)
                .json();
            let parts: Vec<(String, u64)> = scan["credentials"]
                .as_array()
                .unwrap()
                .iter()
                .map(|part| {
                    let name = part["credential"]
                        .as_str()
                        .or(part["name"].as_str())
                        .unwrap();
                    (name.to_owned(), part["rows"].as_u64().unwrap())
                })
                .collect();
            let first = &scan["credentials"][0]["format"];
            let unlisted = first["unlisted"].to_string();
            assert!(
                unlisted.contains(r#"{"rows":1,"value":"9"}"#)
                    && unlisted.contains(r#"{"rows":1,"value":null}"#),
                "{first}"
            );
            let named = |name: &str, rows| (name.to_owned(), rows);
            assert_eq!(
                parts,
                [
                    named("members[1]", 101),
                    named("members[2]", 100),
                    named("members[3]", 100),
                    named("members[7]", 1),
                    named("members[*]", 0)
                ]
            );

            members
                .saltern
                .run(&["run", "--execute", "-q"])
                .expect_code(3);

            assert_eq!(
                kinds(&mut members),
                expected(&[
                    ("1", 1),
                    ("40", 200),
                    ("41", 100),
                    ("7", 1),
                    ("9", 1),
                    ("NULL", 1)
                ])
            );
            for (id, [value, kind, algo]) in (0..).zip(members.rows()) {
                let (member, value) = (member(id), value.unwrap());
                match id {
                    300..=303 => assert_eq!(
                        (value, kind.as_deref()),
                        (member.value, member.kind),
                        "{id}"
                    ),
                    _ if id % 3 == 2 => {
                        assert!(value.starts_with("$argon2id$") && algo.is_none(), "{id}")
                    }
                    _ => {
                        assert!(value.starts_with("$argon2id--"), "{id}");
                        assert_eq!(algo.as_deref(), Some("wrapped"), "{id}");
                    }
                }
            }
            let quarantine = match backend {
                Backend::Postgres => "saltern.quarantine",
                _ => "saltern_quarantine",
            };
            let listed = members
                .db
                .query(&format!("SELECT credential, reason FROM {quarantine}"));
            assert_eq!(
                listed,
                [[
                    Some("members[1]".to_owned()),
                    Some("contradiction".to_owned())
                ]]
            );
            let after = members.lets_in();
            assert_eq!(after.is_some(), before.is_some());
            for (id, (before, after)) in (0..).zip(
                before
                    .iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .chunks(4)
                    .zip(after.iter().flatten().collect::<Vec<_>>().chunks(4)),
            ) {
                // A password in the clear opened as what is stored, and is the password.
                let right = if (301..=303).contains(&id) {
                    "False"
                } else {
                    "True"
                };
                let stored = if id < 300 && id % 3 == 2 {
                    "True"
                } else {
                    "False"
                };
                assert_eq!(before, [right, "False", stored, stored], "{id}");
                assert_eq!(after, [right, "False", stored, "False"], "{id}");
            }
            // What was done is done, and what is left is the same.
            members
                .saltern
                .run(&["run", "--execute", "-q"])
                .expect_code(3);
            assert_eq!(kinds(&mut members)[1], ("40".to_owned(), 200));
        }
    }
);

on_each_backend!(a_reset_says_so_in_the_format_column, |backend| {
    let rule = "[[rule]]\nwhen = { credential = \"members\", scheme = \"plaintext\" }\ndo = \"reset\"\nmax_rows = 1000\n";
    let mut members = members(backend, "INTEGER", "");
    members
        .saltern
        .configure(&format!("{CREDENTIAL}{FORMAT}{CHEAP}{rule}"));
    members
        .saltern
        .run(&["run", "--execute", "-q"])
        .expect_code(3);
    assert_eq!(
        kinds(&mut members),
        expected(&[
            ("0", 100),
            ("1", 1),
            ("40", 200),
            ("7", 1),
            ("9", 1),
            ("NULL", 1)
        ])
    );
    for [value, kind, _] in members.rows() {
        assert_eq!(
            kind.as_deref() == Some("0"),
            value.unwrap().starts_with("!saltern:")
        );
    }
});

// A FreeRADIUS server's `radcheck`: what a row holds stands in `attribute`, and most attributes are no passwords.
on_each_backend!(
    an_attribute_that_is_no_password_is_never_touched,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE radcheck (id INTEGER PRIMARY KEY, username VARCHAR(64), attribute VARCHAR(64), op VARCHAR(2), value VARCHAR(253))");
        let rows = [
            ("anna", "MD5-Password", md5("of anna")),
            ("anna", "Simultaneous-Use", "1".to_owned()),
            ("bert", "Cleartext-Password", "of bert".to_owned()),
            ("bert", "Auth-Type", "Accept".to_owned()),
            (
                "cleo",
                "Crypt-Password",
                "$1$saltsalt$Xe84Ul1S9jweuSYhmsR.z1".to_owned(),
            ),
            ("dora", "Auth-Type", "Reject".to_owned()),
        ];
        db.insert(
            "radcheck",
            &["id", "username", "attribute", "op", "value"],
            (1..)
                .zip(&rows)
                .map(|(id, (name, attribute, value)): (i32, _)| {
                    [
                        id.to_string(),
                        (*name).to_owned(),
                        (*attribute).to_owned(),
                        ":=".to_owned(),
                        value.clone(),
                    ]
                    .map(Some)
                }),
        );
        let saltern = Saltern::new(
            &db.url(),
            &format!(
                "[[credential]]\nname = \"radius\"\ntable = \"radcheck\"\nkey = \"id\"\ncolumn = \"value\"\nlogin = \"username\"\nreaders_ready = true\n\
             [credential.format]\ncolumn = \"attribute\"\n\
             schemes = {{ \"MD5-Password\" = \"md5(pass)\", \"Cleartext-Password\" = \"plaintext\", \"Crypt-Password\" = \"crypt\" }}\n\
             write = {{ wrapped = \"Saltern-Password\", native = \"Argon2-Password\", dead = \"Dead-Password\" }}\n{CHEAP}"
            ),
        );
        saltern.run(&["run", "--execute", "-q"]).expect_code(0);
        let now = db.query("SELECT attribute, value FROM radcheck ORDER BY id");
        let attributes: Vec<&str> = now.iter().map(|row| row[0].as_deref().unwrap()).collect();
        assert_eq!(
            attributes,
            [
                "Saltern-Password",
                "Simultaneous-Use",
                "Argon2-Password",
                "Auth-Type",
                attributes[4],
                "Auth-Type"
            ]
        );
        assert!(now[0][1].as_deref().unwrap().starts_with("$argon2id--md5$"));
        for at in [1, 3, 5] {
            assert_eq!(now[at][1].as_deref(), Some(rows[at].2.as_str()));
        }
    }
);

on_each_backend!(
    a_column_of_the_applications_own_is_no_column_of_labels,
    |backend| {
        let mut members = members(backend, "INTEGER", "");
        members
            .db
            .exec("UPDATE member SET algo = 'bcrypt' WHERE id = 300");
        members.saltern.configure(&format!("{CREDENTIAL}scheme = \"md5\"\nmarker_column = \"algo\"\nwhere = \"hash_type IN (1, 7)\"\n{CHEAP}"));
        let doctor = members.saltern.run(&["doctor", "--json"]);
        assert!(
            doctor.stdout.contains("marker-foreign") && doctor.stdout.contains("bcrypt"),
            "{}",
            doctor.stdout
        );
        let before = members.rows();
        let run = members
            .saltern
            .run(&["run", "--execute", "-q"])
            .expect_code(4);
        assert!(run.stderr.contains("did not write"), "{}", run.stderr);
        assert_eq!(members.rows(), before);
    }
);

on_each_backend!(
    the_ledgers_grants_are_enough_for_the_columns_beside_the_value,
    |backend| {
        let more = "[credential.on_login]\nset = { algo = \"'native'\" }\n";
        let mut members = members(backend, "INTEGER", more);
        let Some(user) = members.db.create_user() else {
            return;
        };
        let sql = members
            .saltern
            .run(&["ledger", "sql", "--user", &user.grantee])
            .expect_code(0)
            .stdout;
        for column in ["pw", "hash_type", "algo"] {
            assert!(
                sql.contains(&format!("UPDATE ({})", backend.quote_name(column))),
                "{sql}"
            );
        }
        for statement in sql
            .split(";\n")
            .filter(|statement| !statement.trim().is_empty())
        {
            members.db.exec(statement);
        }
        members.saltern.set("DATABASE_URL", &user.url);
        members
            .saltern
            .run(&["run", "--execute", "-q"])
            .expect_code(3);
        assert_eq!(kinds(&mut members)[1], ("40".to_owned(), 200));
    }
);

on_each_backend!(
    a_word_that_the_format_column_does_not_take_is_refused_before_a_row_is_written,
    |backend| {
        let mut members = members(backend, "INTEGER", "");
        let config = format!("{CREDENTIAL}{FORMAT}{CHEAP}").replace("\"40\"", "\"wrapped\"");
        members.saltern.configure(&config);
        let before = members.rows();
        let run = members
            .saltern
            .run(&["run", "--execute", "-q"])
            .expect_code(4);
        assert!(run.stderr.contains("hash_type"), "{}", run.stderr);
        assert_eq!(members.rows(), before);
    }
);

on_each_backend!(
    init_proposes_the_column_that_says_which_scheme_a_row_has,
    |backend| {
        let members = members(backend, "INTEGER", "");
        members.saltern.run(&["init", "--force"]).expect_code(0);
        let path = members.saltern.folder().join("saltern.toml");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(
            text.contains("[credential.format]\ncolumn = \"hash_type\""),
            "{text}"
        );
        assert!(
            text.contains(r#""1" = "auto""#) && text.contains(r#""7" = "bcrypt""#),
            "{text}"
        );
        assert!(!text.contains(r#""3" ="#), "{text}");
        let scan = members.saltern.run(&["scan", "--json"]);
        assert!(scan.stdout.contains("member[7]"), "{scan:?}");
    }
);

#[cfg(feature = "failpoints")]
on_each_backend!(a_label_is_put_right_in_a_table_with_formats, |backend| {
    let mut members = members(backend, "INTEGER", "");
    let right = format!("{CREDENTIAL}{FORMAT}{CHEAP}");
    let wrong = right.replace("\"1\" = \"md5(pass)\"", "\"1\" = \"ntlm\"");
    assert_ne!(wrong, right);
    members.saltern.configure(&wrong);
    members
        .saltern
        .run(&["run", "--execute", "-q"])
        .expect_code(3);
    members.saltern.configure(&right);
    let relabel = ["relabel", "--from", "ntlm", "--to", "md5"];
    let dry = members.saltern.run(&relabel).expect_code(0).stdout;
    assert!(dry.contains("to change   100 rows"), "{dry}");
    let before = members.rows();
    members
        .saltern
        .run(&[&relabel[..], &["--execute", "-q"]].concat())
        .expect_code(0);
    for (id, (was, is)) in before.iter().zip(members.rows()).enumerate() {
        let own = member(id as u64);
        let is_first = own.kind == Some("1") && own.value != BCRYPTED;
        let turned = |text: &String| text.replacen("--ntlm$", "--md5$", 1);
        assert_eq!(is[0], was[0].as_ref().map(turned), "{id}");
        assert_eq!(is[0] != was[0], is_first, "{id}");
        // The column says what it said.
        assert_eq!(is[1], was[1], "{id}");
        if is_first {
            assert_eq!(is[1].as_deref(), Some("40"));
            crate::e2e::check_opens(is[0].as_ref().unwrap(), &own.password, "md5");
        }
    }
});

on_each_backend!(a_run_that_is_killed_goes_on_part_by_part, |backend| {
    use crate::saltern::{POINTS, SHORT};

    let mut members = members(backend, "INTEGER", "");
    for point in [
        "after-claim",
        "after-swap",
        "before-commit",
        "before-fence=kill@2",
        "before-sweep",
    ] {
        members.saltern.set(POINTS, &format!("{SHORT},{point}"));
        let killed = members.saltern.run(&["run", "--execute", "-q"]);
        assert_eq!(killed.signal(), Some(9), "at {point}: {killed:?}");
    }
    members.saltern.set(POINTS, SHORT);
    members
        .saltern
        .run(&["run", "--execute", "-q"])
        .expect_code(3);
    assert_eq!(
        kinds(&mut members),
        expected(&[
            ("1", 1),
            ("40", 200),
            ("41", 100),
            ("7", 1),
            ("9", 1),
            ("NULL", 1)
        ])
    );
});

on_each_backend!(
    a_list_of_keys_or_logins_names_the_whole_credential,
    |backend| {
        let mut members = members(backend, "INTEGER", "");
        let keys = members.saltern.folder().join("keys");
        std::fs::write(&keys, "members\t0\n1\n2\n").unwrap();
        let keys = keys.to_str().unwrap();
        members
            .saltern
            .run(&["run", "--execute", "-q", "--keys", keys])
            .expect_code(10);
        assert_eq!(
            kinds(&mut members),
            expected(&[
                ("1", 100),
                ("2", 99),
                ("3", 99),
                ("40", 2),
                ("41", 1),
                ("7", 1),
                ("9", 1),
                ("NULL", 1)
            ])
        );
        // The rest of the run.
        members
            .saltern
            .run(&["run", "--execute", "-q"])
            .expect_code(3);
        let users = members.saltern.folder().join("users");
        std::fs::write(&users, "member0\nmember2\nmember4\n").unwrap();
        let users = users.to_str().unwrap();
        let reset = [
            "reset",
            "--execute",
            "-q",
            "--reason",
            "leaked",
            "--users",
            users,
            "--by",
            "login",
            "--confirm",
            "3",
            "--credential",
            "members",
        ];
        members.saltern.run(&reset).expect_code(0);
        let dead = kinds(&mut members)
            .into_iter()
            .find(|(kind, _)| kind == "0");
        assert_eq!(dead, Some(("0".to_owned(), 3)));
    }
);

on_each_backend!(each_value_of_the_column_proves_itself, |backend| {
    const WORDS: [&str; 12] = [
        "123456",
        "password",
        "12345678",
        "qwerty",
        "123456789",
        "12345",
        "1234",
        "111111",
        "1234567",
        "dragon",
        "123123",
        "baseball",
    ];
    let mut members = members(backend, "INTEGER", "");
    members.db.exec("DELETE FROM member WHERE id >= 240");
    for id in 0..240_u64 {
        let word = WORDS[usize::try_from(id).unwrap() / 2 % WORDS.len()];
        let (kind, value) = match id % 2 {
            0 => (1, md5(word)),
            _ => (2, md5(&format!("{}{word}", login_of(id)))),
        };
        members.db.exec(&format!(
            "UPDATE member SET pw = '{value}', hash_type = {kind} WHERE id = {id}"
        ));
    }
    let auto = "[credential.format]\ncolumn = \"hash_type\"\nschemes = { \"1\" = \"auto\", \"2\" = \"auto\" }\n\
         write = { wrapped = \"40\", native = \"41\", dead = \"0\" }\n";
    members
        .saltern
        .configure(&format!("{CREDENTIAL}{auto}{CHEAP}"));
    let scan = members
        .saltern
        .run(&["scan", "--json", "--proof-seconds", "30"])
        .expect_code(0)
        .json();
    for (part, scheme) in ["md5", NAMED].into_iter().enumerate() {
        let line = &scan["credentials"][part]["lines"][0];
        let own = Scheme::parse(scheme).unwrap();
        assert_eq!(
            (line["rows"].as_u64(), line["scheme"].as_str()),
            (Some(120), Some(own.name())),
            "{scan}"
        );
        assert_eq!(line["proven"], true, "{scan}");
    }
    members
        .saltern
        .run(&["run", "--execute", "-q", "--proof-seconds", "30"])
        .expect_code(0);
    for (id, [value, kind, _]) in (0_u64..).zip(members.rows()) {
        let inner = Scheme::parse(if id.is_multiple_of(2) { "md5" } else { NAMED })
            .unwrap()
            .inner_id()
            .unwrap();
        assert!(
            value.unwrap().starts_with(&format!("$argon2id--{inner}$")),
            "{id}"
        );
        assert_eq!(kind.as_deref(), Some("40"));
    }
});
