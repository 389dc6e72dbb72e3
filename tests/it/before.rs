//! What an operator reads and types before a run: URLs as other tools spell them, one number for the longest new value.

use std::collections::BTreeSet;

use crate::db::TestDb;
use crate::saltern::Saltern;
use crate::servers::Backend;

/// The MD5 of passwords that many people choose.
const COMMON: [&str; 4] = [
    "e10adc3949ba59abbe56e057f20f883e",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "25d55ad283aa400af464c76d713c07ad",
    "d8578edf8458ce06fbc5bb76a58c5ca4",
];

const AUTO: &str = "[[credential]]\nname = \"users\"\ntable = \"users\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"auto\"\nreaders_ready = true\n";

/// Users with MD5 of common passwords, in a column of that width.
fn users(backend: Backend, width: u32) -> TestDb {
    let mut db = TestDb::new(backend);
    db.exec(&format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, login VARCHAR(60), password VARCHAR({width}))"
    ));
    db.insert(
        "users",
        &["id", "login", "password"],
        (0..40).map(|id| {
            [
                Some(id.to_string()),
                Some(format!("user{id}")),
                Some(COMMON[id % COMMON.len()].to_owned()),
            ]
        }),
    );
    db
}

/// The numbers behind "the longest new value has".
fn longest(text: &str) -> BTreeSet<&str> {
    let text = text.split("the longest new value has ").skip(1);
    text.map(|rest| rest.split(' ').next().unwrap()).collect()
}

on_each_backend!(the_longest_new_value_is_one_number_everywhere, |backend| {
    // SQLite keeps longer values than a column declares.
    if backend == Backend::Sqlite {
        return;
    }
    for target in ["", "[target]\nalgorithm = \"bcrypt\"\ncost = 4\n"] {
        for scheme in ["auto", "md5"] {
            let db = users(backend, 40);
            let config = format!(
                "{}{target}",
                AUTO.replace("\"auto\"", &format!("\"{scheme}\""))
            );
            let saltern = Saltern::new(&db.url(), &config);
            let doctor = saltern.run(&["doctor"]).expect_code(4);
            let plan = saltern.run(&["plan"]).expect_code(0);
            let run = saltern.run(&["run", "--execute"]).expect_code(4);
            let numbers = longest(&doctor.stdout);
            assert_eq!(numbers.len(), 1, "{doctor:?}");
            assert_eq!(longest(&plan.stdout), numbers, "{plan:?}");
            assert_eq!(longest(&run.stderr), numbers, "{run:?}");
        }
    }
});

on_each_backend!(urls_are_understood_as_other_tools_spell_them, |backend| {
    let db = users(backend, 255);
    let url = db.url();
    let (_, rest) = url.split_once("://").unwrap();
    let spelt: Vec<String> = match backend {
        Backend::Postgres => [
            "postgresql+psycopg2",
            "postgresql+asyncpg",
            "jdbc:postgresql",
            "pgsql",
            "postgis",
            "POSTGRES",
        ]
        .map(|scheme| format!("{scheme}://{rest}"))
        .into(),
        Backend::MariaDb | Backend::MySql => {
            let (user, place) = rest.split_once('@').unwrap();
            let mut spelt: Vec<String> = ["mysql2", "trilogy", "pdo-mysql", "mysql-connector"]
                .map(|scheme| format!("{scheme}://{rest}"))
                .into();
            spelt.push(format!(
                "mysql+pymysql://{}",
                rest.replace("socket=", "unix_socket=")
            ));
            // Java has the user behind the database.
            let user = user.split(':').next().unwrap();
            spelt.push(format!("jdbc:mysql://{place}&user={user}"));
            spelt
        }
        Backend::Sqlite => vec![
            format!("sqlite3:{rest}"),
            format!("file:{rest}"),
            format!("jdbc:sqlite:{rest}"),
            format!("sqlite+aiosqlite:///{rest}"),
            format!("\"sqlite:{rest}\""),
        ],
    };
    for url in spelt {
        let saltern = Saltern::new(&url, AUTO);
        let scanned = saltern.run(&["scan", "--json"]).expect_code(0).json();
        assert_eq!(scanned["credentials"][0]["rows"], 40, "{url}");
    }
});

#[test]
fn a_url_that_is_not_understood_is_refused_with_the_spelling_to_write() {
    for (url, spelling) in [
        ("app:canary@tcp(db:3306)/shop", "mysql://USER:PASSWORD@HOST"),
        (
            "mysql:host=db;dbname=shop;password=canary",
            "mysql://USER:PASSWORD@HOST",
        ),
        ("ecto://app:canary@db/shop", "postgres:// or mysql://"),
        ("DATABASE_URL=postgres://app:canary@db/shop", "postgres://"),
        ("postgres://app:canary@a,b/shop", "name the one that writes"),
        ("mysql://app:canary@db/shop?tls=skip-verify", "ssl-mode="),
        ("mongodb://app:canary@db/shop", "mariadb:// or sqlite:"),
    ] {
        let refused = Saltern::new(url, AUTO).run(&["scan"]).expect_code(2);
        assert!(refused.stderr.contains(spelling), "{url}: {refused:?}");
        assert!(!refused.stderr.contains("canary"), "{refused:?}");
    }
}
