//! What an operator reads and types before a run: URLs as other tools spell them, one number for the longest new value,
//! labels, and options that would find nobody.

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

on_each_backend!(
    a_column_of_last_logins_that_nobody_fills_decides_nothing,
    |backend| {
        let mut db = users(backend, 255);
        db.exec("ALTER TABLE users ADD COLUMN seen VARCHAR(40)");
        let by_time = "[[rule]]\nname = \"stale\"\nwhen = { last_login_before = \"2y\" }\ndo = \"reset\"\nmax_rows = 100\n";
        let config = format!("{AUTO}{SEEN}");
        let saltern = Saltern::new(&db.url(), &config);
        let doctor = saltern.run(&["doctor"]).expect_code(0).stdout;
        assert!(doctor.contains("[last-login-null]"), "{doctor}");
        let scan = saltern.run(&["scan"]).expect_code(0).stdout;
        assert!(scan.contains("seen is NULL in all rows"), "{scan}");
        let reset = ["reset", "--last-login-before", "2y"];
        let refused = saltern.run(&reset).expect_code(4).stderr;
        assert!(refused.contains("NULL in all 40 rows"), "{refused}");
        assert!(refused.contains("last_login_null_is_never"), "{refused}");

        saltern.configure(&format!("{config}{by_time}"));
        let doctor = saltern.run(&["doctor"]).expect_code(4).stdout;
        assert!(doctor.contains("[last-login-null]"), "{doctor}");
        let plan = saltern.run(&["plan"]).expect_code(0).stdout;
        assert!(plan.contains("NULL in all 40 rows"), "{plan}");
        let run = saltern.run(&["run", "--execute"]).expect_code(4).stderr;
        assert!(run.contains("NULL in all 40 rows"), "{run}");

        // Whoever knows that they never logged in says so.
        let said = format!("{config}last_login_null_is_never = true\n");
        saltern.configure(&said);
        let scan = saltern.run(&["scan"]).expect_code(0).stdout;
        assert!(!scan.contains("is NULL in all rows"), "{scan}");
        let reset = saltern.run(&reset).expect_code(0).stdout;
        assert!(reset.contains("40 rows"), "{reset}");
        // One time is enough: NULL means never beside it.
        db.exec("UPDATE users SET seen = '2001-02-03 04:05:06' WHERE id = 9");
        saltern.configure(&config);
        saltern
            .run(&["reset", "--last-login-before", "2y"])
            .expect_code(0);
    }
);

#[test]
fn keys_that_no_row_has_are_told_by_a_dry_run() {
    let db = users(Backend::Sqlite, 255);
    let saltern = Saltern::new(&db.url(), AUTO);
    let keys = saltern.folder().join("keys");
    std::fs::write(&keys, "3\n4711\n").unwrap();
    let run = saltern.run(&["run", "--keys", "keys"]).expect_code(0);
    assert!(run.stderr.contains("no row with the key 4711"), "{run:?}");
    assert!(!run.stderr.contains("with the key 3"), "{run:?}");
}

#[test]
fn a_file_that_is_not_there_is_refused_with_both_ways_to_write_it() {
    let db = users(Backend::Sqlite, 255);
    let saltern = Saltern::new(&db.url(), AUTO);
    let url = "sqlite:///nowhere-of-saltern.db";
    let elsewhere = Saltern::new(url, AUTO);
    let refused = elsewhere.run(&["scan"]).stderr;
    assert!(
        refused.contains("sqlite:x is x in this folder"),
        "{refused}"
    );
    drop((db, saltern));
}

/// Users whose last logins no one can read as times.
fn unreadable(backend: Backend) -> TestDb {
    let mut db = users(backend, 255);
    db.exec("ALTER TABLE users ADD COLUMN seen VARCHAR(40)");
    db.exec("UPDATE users SET seen = '24. Dezember' WHERE id > 3");
    db
}

const SEEN: &str = "last_login = \"seen\"\nlogin = \"login\"\n";

on_each_backend!(
    last_logins_that_are_no_times_are_said_and_decide_nothing,
    |backend| {
        let mut db = unreadable(backend);
        let by_time = "[[rule]]\nname = \"stale\"\nwhen = { last_login_before = \"2y\" }\ndo = \"reset\"\nmax_rows = 100\n";
        let config = format!("{AUTO}{SEEN}");
        let saltern = Saltern::new(&db.url(), &config);

        let doctor = saltern.run(&["doctor"]).expect_code(0);
        assert!(
            doctor.stdout.contains("[last-login-unreadable]"),
            "{doctor:?}"
        );
        let scan = saltern.run(&["scan"]).expect_code(0);
        assert!(
            scan.stdout.contains("no value can be read as a time"),
            "{scan:?}"
        );
        for mode in [&[][..], &["--execute", "--confirm", "40"]] {
            for chosen in [
                &["--last-login-before", "2y"][..],
                &["--all", "--limit", "5"],
            ] {
                let reset = saltern.run(&[&["reset"], chosen, mode].concat());
                if mode.is_empty() && chosen[0] == "--all" {
                    // Without --execute the limit chooses nobody yet.
                    continue;
                }
                let reset = reset.expect_code(4);
                assert!(reset.stderr.contains("can be read as a time"), "{reset:?}");
            }
        }

        saltern.configure(&format!("{config}{by_time}"));
        let doctor = saltern.run(&["doctor"]).expect_code(4);
        assert!(
            doctor.stdout.contains("[last-login-unreadable]"),
            "{doctor:?}"
        );
        let plan = saltern.run(&["plan"]).expect_code(0);
        assert!(
            plan.stdout.contains("run --execute would refuse"),
            "{plan:?}"
        );
        let run = saltern.run(&["run", "--execute"]).expect_code(4);
        assert!(run.stderr.contains("can be read as a time"), "{run:?}");

        // One time that can be read: the rule goes by it, and the others count as unknown.
        db.exec("UPDATE users SET seen = '2001-02-03 04:05:06' WHERE id = 9");
        saltern.configure(&config);
        let scan = saltern.run(&["scan"]).expect_code(0);
        assert!(scan.stdout.contains("count as unknown"), "{scan:?}");
        saltern
            .run(&["reset", "--last-login-before", "2y"])
            .expect_code(0);
    }
);

on_each_backend!(a_reset_that_can_find_nobody_is_refused, |backend| {
    let db = users(backend, 255);
    let config = format!("{AUTO}login = \"login\"\n");
    let saltern = Saltern::new(&db.url(), &config);
    let known = saltern.run(&["reset", "--known"]).expect_code(4);
    assert!(known.stderr.contains("names no list"), "{known:?}");
    // The ledger is there now, and has no verdict.
    saltern
        .run(&["run", "--execute", "--canary", "2"])
        .expect_code(10);
    let known = saltern.run(&["reset", "--known"]).expect_code(4);
    assert!(known.stderr.contains("names no list"), "{known:?}");

    std::fs::write(saltern.folder().join("nobody"), "somebody else\n").unwrap();
    let users = saltern
        .run(&["reset", "--users", "nobody", "--by", "login"])
        .expect_code(4);
    assert!(
        users.stderr.contains("no line of --users names a row"),
        "{users:?}"
    );
    std::fs::write(saltern.folder().join("empty"), "\n").unwrap();
    saltern
        .run(&["reset", "--users", "empty", "--by", "login"])
        .expect_code(2);

    let stale = saltern
        .run(&["reset", "--last-login-before", "2y"])
        .expect_code(2);
    assert!(stale.stderr.contains("last_login"), "{stale:?}");
});

on_each_backend!(
    scan_and_plan_show_the_labels_that_rows_will_get,
    |backend| {
        for (target, label) in [("argon2id", "md5"), ("bcrypt", "md5")] {
            let mut db = users(backend, 255);
            db.exec("INSERT INTO users (id, login, password) VALUES (50, 'x', ':B:1f:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')");
            let more = match target {
                "bcrypt" => "cost = 4\n",
                _ => "memory_kib = 64\niterations = 1\n",
            };
            let config = format!("{AUTO}[target]\nalgorithm = \"{target}\"\n{more}");
            let saltern = Saltern::new(&db.url(), &config);
            let plan = saltern.run(&["plan", "--json"]).expect_code(0).json();
            let scan = saltern.run(&["scan", "--json"]).expect_code(0).json();
            let labels = |value: &serde_json::Value| -> BTreeSet<String> {
                let all = value["credentials"][0]["labels"].as_array().unwrap();
                all.iter()
                    .map(|label| label.as_str().unwrap().to_owned())
                    .collect()
            };
            assert_eq!(labels(&plan), labels(&scan));
            assert!(
                labels(&plan).contains(label) && labels(&plan).contains("mw-b"),
                "{plan:#}"
            );
            let text = saltern.run(&["plan"]).expect_code(0).stdout;
            assert!(text.contains("--md5 ") && text.contains("--mw-b"), "{text}");
            let php = saltern
                .run(&["reader", "--language", "php"])
                .expect_code(0)
                .stdout;
            assert!(php.contains("'md5' => md5($password),\n"), "{php}");
            assert!(
                php.contains("'mw-b' => md5($setting . '-' . md5($password)),\n"),
                "{php}"
            );

            saltern.run(&["run", "--execute"]).expect_code(0);
            // What was foretold is what stands there.
            let stored = db.value("SELECT password FROM users WHERE id = 1").unwrap();
            let inner = stored
                .split("--")
                .nth(1)
                .unwrap()
                .split('$')
                .next()
                .unwrap();
            assert!(labels(&plan).contains(inner), "{stored}");
            let after = saltern.run(&["scan", "--json"]).expect_code(0).json();
            assert_eq!(labels(&after), labels(&plan));
        }
    }
);
