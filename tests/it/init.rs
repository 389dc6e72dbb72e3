//! `init` and `doctor` as an operator runs them, on every database.

use std::path::Path;

use saltern::config::{ConfigFile, Settings, parse};
use saltern::scheme::Declared;

use crate::db::TestDb;
use crate::saltern::Saltern;
use crate::servers::Backend;

const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";
const BCRYPT: &str = "$2y$12$iy1ZFmZlC0yTeKR79aXhqeuSI9ZLroS1RicHxS8fG3RNFBr4QxHR6";

/// A shop's database: users as usual, a table with a composite key, and columns that are none of ours.
fn shop(backend: Backend) -> TestDb {
    let mut db = TestDb::new(backend);
    db.exec(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(100), password VARCHAR(255), secret_answer VARCHAR(255), \
         last_login_at VARCHAR(40), reset_password_token VARCHAR(64))",
    );
    db.insert(
        "users",
        &[
            "id",
            "email",
            "password",
            "secret_answer",
            "reset_password_token",
        ],
        (0..40).map(|id| {
            let password = match id % 4 {
                0 => None,
                1 => Some(BCRYPT.to_owned()),
                _ => Some(MD5.to_owned()),
            };
            [
                Some(id.to_string()),
                Some(format!("canary{id}@example.org")),
                password,
                Some(format!("canary pet {id}")),
                Some(MD5.to_owned()),
            ]
        }),
    );
    db.exec("CREATE TABLE staff (tenant INTEGER NOT NULL, name VARCHAR(40) NOT NULL, pwd VARCHAR(255), PRIMARY KEY (tenant, name))");
    db.exec(
        "CREATE TABLE files (id INTEGER PRIMARY KEY, name VARCHAR(100), sha1_hash VARCHAR(40))",
    );
    db.insert(
        "files",
        &["id", "sha1_hash"],
        [[Some("1".to_owned()), Some("a".repeat(40))]],
    );
    db
}

fn read(saltern: &Saltern) -> (String, Settings) {
    let text = std::fs::read_to_string(saltern.folder().join("new.toml")).unwrap();
    let file = ConfigFile {
        path: Path::new("new.toml"),
        text: &text,
        mode: None,
    };
    let settings = parse(&file)
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
        .settings;
    (text, settings)
}

on_each_backend!(init_writes_a_configuration_by_looking, |backend| {
    let db = shop(backend);
    let saltern = Saltern::new(&db.url(), "");

    let finished = saltern.run(&["init", "-c", "new.toml"]).expect_code(0);

    let (text, settings) = read(&saltern);
    let found: Vec<(&str, Vec<String>, &str)> = settings
        .credentials
        .iter()
        .map(|c| (c.table.as_str(), c.key.clone(), c.column.as_str()))
        .collect();
    let key = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found,
        [
            ("staff", key(&["tenant", "name"]), "pwd"),
            ("users", key(&["id"]), "password"),
            ("users", key(&["id"]), "secret_answer"),
        ],
        "{text}"
    );
    assert!(
        settings
            .credentials
            .iter()
            .all(|c| c.scheme == Declared::Auto && !c.readers_ready)
    );
    assert_eq!(settings.credentials[1].login.first(), Some("email"));
    assert_eq!(
        settings.credentials[1].last_login.as_deref(),
        Some("last_login_at")
    );
    assert!(
        text.contains("of 40 rows: 50 % 32 lowercase hex, 25 % bcrypt-2y, 25 % NULL"),
        "{text}"
    );
    assert!(
        text.contains("#   files.sha1_hash: ") && text.contains("#   users.reset_password_token: "),
        "{text}"
    );
    for shown in [&text, &finished.stdout, &finished.stderr] {
        assert!(!shown.contains("canary") && !shown.contains(MD5), "{shown}");
    }
});

on_each_backend!(what_init_wrote_can_be_scanned, |backend| {
    let db = shop(backend);
    let saltern = Saltern::new(&db.url(), "");
    saltern.run(&["init", "-c", "new.toml"]).expect_code(0);

    saltern.run(&["scan", "-c", "new.toml"]).expect_code(0);
    saltern.run(&["doctor", "-c", "new.toml"]).expect_code(0);
});

#[test]
fn init_overwrites_nothing() {
    let db = shop(Backend::Sqlite);
    let saltern = Saltern::new(&db.url(), "# mine\n");
    let mine = || std::fs::read_to_string(saltern.folder().join("saltern.toml")).unwrap();
    let before = mine();

    let finished = saltern.run(&["init"]).expect_code(2);

    assert!(finished.stderr.contains("is there already"), "{finished:?}");
    assert_eq!(mine(), before);
    saltern.run(&["init", "--force"]).expect_code(0);
    assert_ne!(mine(), before);
}

#[test]
fn init_takes_no_password_on_the_command_line() {
    let saltern = Saltern::new("x", "");

    let finished = saltern
        .run(&["init", "-c", "new.toml", "postgres://u:canary@localhost/db"])
        .expect_code(2);

    assert!(
        finished.stderr.contains("--database-env") && !finished.stderr.contains("canary"),
        "{finished:?}"
    );
    assert!(!saltern.folder().join("new.toml").exists());
}

#[test]
fn init_leaves_no_file_where_there_is_nothing_to_find() {
    let mut db = TestDb::new(Backend::Sqlite);
    db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
    let saltern = Saltern::new(&db.url(), "");

    saltern.run(&["init", "-c", "new.toml"]).expect_code(4);

    assert!(!saltern.folder().join("new.toml").exists());
}

on_each_backend!(doctor_exits_4_on_a_refusal_and_says_what_to_do, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER NOT NULL, password VARCHAR(255)); CREATE TABLE members (id INTEGER PRIMARY KEY, passwd VARCHAR(255))");
    db.exec("INSERT INTO members VALUES (1, 'zebra')");
    let saltern = Saltern::new(
        &db.url(),
        "[[credential]]\nname = \"users\"\ntable = \"users\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\n",
    );

    let people = saltern.run(&["doctor"]).expect_code(4);
    assert!(
        people.stdout.contains("[key-not-unique]") && people.stdout.contains("CREATE UNIQUE INDEX"),
        "{people:?}"
    );
    assert!(
        people.stdout.contains("[uncovered-table]") && !people.stdout.contains("zebra"),
        "{people:?}"
    );

    let json = saltern.run(&["doctor", "--json"]).expect_code(4).json();
    assert_eq!(json["refusals"], 1, "{json:#}");
    assert_eq!(
        json["credentials"][0]["findings"][0]["code"],
        "key-not-unique"
    );
});

on_each_backend!(doctor_tells_of_a_table_that_is_not_there, |backend| {
    let db = TestDb::new(backend);
    let saltern = Saltern::new(
        &db.url(),
        "[[credential]]\nname = \"users\"\ntable = \"users\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\n",
    );

    let finished = saltern.run(&["doctor"]).expect_code(4);

    assert!(finished.stdout.contains("[not-found]"), "{finished:?}");
});
