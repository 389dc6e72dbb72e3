//! No secret leaves: what is planted in hashes, salts, plaintexts and the database's URL is in no output, not in the ledger, not in the
//! process list and in no file that is left behind.

use std::path::Path;

use super::{CHEAP, POINTS, SHORT, in_ledger, md5};
use crate::db::TestDb;
use crate::saltern::{Finished, Saltern};
use crate::servers::Backend;
use crate::session::Session;

const PLAIN: &str = "canary-in-the-clear";
const SALT: &str = "canary-of-salt";
const PASSWORD: &str = "canary-of-the-url";

/// Everything that must not be seen, in lower case.
fn canaries(db: &mut Session) -> Vec<String> {
    let mut all: Vec<String> = [PLAIN, SALT, PASSWORD].map(str::to_owned).into();
    // Each stored value, before and after, and the part that makes a hash of it.
    for column in ["hash", "pin"] {
        for row in db.query(&format!(
            "SELECT {column} FROM account WHERE {column} IS NOT NULL"
        )) {
            let value = row[0].clone().unwrap().to_lowercase();
            let digest = value.rsplit('$').next().unwrap().to_owned();
            all.extend([value, digest].into_iter().filter(|v| v.len() > 7));
        }
    }
    all.sort();
    all.dedup();
    all
}

fn check_silent(what: &str, text: &str, canaries: &[String]) {
    let text = text.to_lowercase();
    for canary in canaries {
        assert!(
            !text.contains(canary.as_str()),
            "{canary} is in {what}:\n{text}"
        );
    }
}

fn check_finished(what: &str, finished: &Finished, canaries: &[String]) {
    assert_ne!(finished.code(), Some(1), "{what}: {finished:?}");
    check_silent(what, &finished.stdout, canaries);
    check_silent(what, &finished.stderr, canaries);
}

fn files_under(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_under(&path, out);
        } else {
            out.push(path);
        }
    }
}

/// The same URL with a password, which the test's servers do not ask for.
fn with_password(backend: Backend, url: &str) -> String {
    match backend {
        Backend::Postgres => url.replacen("@", &format!(":{PASSWORD}@"), 1),
        // SQLite has none, and the others ask whoever has none for none.
        _ => url.to_owned(),
    }
}

fn accounts(db: &mut TestDb) {
    db.exec("CREATE TABLE account (id INTEGER PRIMARY KEY, hash VARCHAR(255), pin VARCHAR(255), salt VARCHAR(60), CHECK (id <> 5 OR pin NOT LIKE '$%'))");
    db.insert(
        "account",
        &["id", "hash", "pin", "salt"],
        (0..60).map(|id| {
            let pin = if id == 9 {
                md5("y")
            } else {
                format!("{PLAIN} {id}")
            };
            [
                Some(id.to_string()),
                Some(md5(&format!("{PLAIN} {id}"))),
                Some(pin),
                Some(format!("{SALT} {id}")),
            ]
        }),
    );
}

fn config(more: &str) -> String {
    format!(
        "[[credential]]\nname = \"hashes\"\ntable = \"account\"\nkey = \"id\"\ncolumn = \"hash\"\nscheme = \"md5\"\nreaders_ready = true\n{more}\n\
         [[credential]]\nname = \"pins\"\ntable = \"account\"\nkey = \"id\"\ncolumn = \"pin\"\nscheme = \"plaintext\"\nreaders_ready = true\n{CHEAP}"
    )
}

on_each_backend!(nothing_that_is_secret_is_seen_anywhere, |backend| {
    let mut db = TestDb::new(backend);
    accounts(&mut db);
    // Half of the passwords stand in a list, which is nowhere where something is looked for.
    let lists = tempfile::tempdir().unwrap();
    let words: Vec<String> = (0..60)
        .step_by(2)
        .map(|id| format!("{PLAIN} {id}"))
        .collect();
    std::fs::write(lists.path().join("words"), words.join("\n")).unwrap();
    let config = |more: &str| {
        let list = lists.path().join("words").display().to_string();
        format!("{}\n[known]\nwordlist = {list:?}\n", config(more))
    };
    let mut saltern = Saltern::new(&with_password(backend, &db.url()), &config(""));
    let scratch = tempfile::tempdir().unwrap();
    saltern.set("TMPDIR", scratch.path().to_str().unwrap());
    saltern.set(POINTS, SHORT);
    saltern.set("RUST_BACKTRACE", "1");
    let before = canaries(&mut db);

    let looks: [&[&str]; 10] = [
        &["scan"],
        &["scan", "--json"],
        &["plan"],
        &["plan", "--json"],
        &["run"],
        &["run", "--print"],
        &["run", "--json", "--print"],
        &["doctor"],
        &["doctor", "--json"],
        &["ledger", "sql"],
    ];
    for look in looks {
        check_finished(&look.join(" "), &saltern.run(look), &before);
    }
    // Errors too: SQL of the operator's own that breaks, on a column whose values a server would quote.
    for broken in [
        "where = \"CAST(hash AS INTEGER) = 1\"",
        "where = \"no_such_thing(hash)\"",
        "except = \"hash / 0 = 1 )\"",
    ] {
        saltern.configure(&config(broken));
        for look in [
            &["scan"][..],
            &["plan"],
            &["run", "--json"],
            &["run", "--execute", "--canary", "1"],
        ] {
            check_finished(broken, &saltern.run(look), &before);
        }
    }
    saltern.configure(&config(""));

    let mut run = saltern.spawn(&[
        "run",
        "--execute",
        "--print",
        "--max-rate",
        "30",
        "--new-run",
    ]);
    assert!(run.wait_until(
        |run| run.stderr_so_far().contains("threads") || run.stderr_so_far().contains("rows")
    ));
    let shown = std::fs::read(format!("/proc/{}/cmdline", run.id())).unwrap();
    let finished = run.finish();
    check_silent(
        "the process list",
        &String::from_utf8_lossy(&shown),
        &before,
    );
    let after: Vec<String> = canaries(&mut db).into_iter().chain(before).collect();
    assert_eq!(finished.code(), Some(3), "{finished:?}");
    check_finished("run --execute --print", &finished, &after);
    for look in [
        &["status"][..],
        &["status", "--json"],
        &["run", "--execute", "--json"],
        &["run", "--execute", "-q"],
        &["scan", "--record"],
    ] {
        check_finished(&look.join(" "), &saltern.run(look), &after);
    }

    for table in saltern::store::ledger::TABLES {
        let rows = db.query(&in_ledger(backend, &format!("SELECT * FROM {{{table}}}")));
        check_silent(
            &format!("the ledger's {table}"),
            &format!("{rows:?}"),
            &after,
        );
    }
    let known = db.count(&in_ledger(backend, "SELECT COUNT(*) FROM {known}"));
    assert!(known > 50, "{known}");
    let mut files = Vec::new();
    files_under(saltern.folder(), &mut files);
    files_under(scratch.path(), &mut files);
    for file in files {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        check_silent(&file.display().to_string(), &text, &after);
    }
});

#[test]
fn a_password_that_is_refused_is_not_shown() {
    let urls = [
        format!("postgres://saltern:{PASSWORD}@localhost/shop?host=/nowhere"),
        format!("mysql://saltern:{PASSWORD}@localhost:1/shop"),
        format!("postgres://saltern:{PASSWORD}@localhost:notaport/shop"),
        format!("oracle://saltern:{PASSWORD}@localhost/shop"),
        PASSWORD.to_owned(),
    ];
    for url in urls {
        let mut saltern = Saltern::new(&url, &config(""));
        saltern.have_no_patience();
        for look in [
            &["scan"][..],
            &["plan", "--json"],
            &["run", "--execute", "--json"],
            &["status"],
        ] {
            let finished = saltern.run(look);
            assert!(matches!(finished.code(), Some(2 | 5)), "{finished:?}");
            check_finished(&look.join(" "), &finished, &[PASSWORD.to_owned()]);
        }
    }
}

#[test]
fn a_wrong_password_is_not_shown_by_a_server_that_asks_for_one() {
    crate::servers::on(Backend::MariaDb, |backend| {
        let mut db = TestDb::new(backend);
        accounts(&mut db);
        let user = db.create_user().expect("MariaDB has users");
        db.exec(&format!(
            "ALTER USER {} IDENTIFIED BY 'another'",
            user.grantee
        ));
        let url = user.url.replacen("@", &format!(":{PASSWORD}@"), 1);
        let saltern = Saltern::new(&url, &config(""));
        let finished = saltern.run(&["scan"]).expect_code(2);
        check_finished("scan", &finished, &[PASSWORD.to_owned()]);
    });
}
