//! The application goes on while a run is under way, on connections of its own: none of its writes is lost, and the ledger's counts
//! equal the data.

use std::time::Duration;

use saltern::auth::Column;
use saltern::scheme::{Declared, Dialect, Outer};
use saltern::secret::Password;

use super::{Parents, check_opens, md5, opens, password_of};
use crate::app::{App, AppTable, Habits};
use crate::saltern::{POINTS, SHORT};

pub(super) const USERS: AppTable = AppTable {
    table: "parent",
    key: "id",
    column: "password",
    last_login: Some("seen"),
};

/// What an application stores that has been taught.
fn strong(password: &str) -> String {
    let column = Column {
        declared: Declared::Auto,
        outer: Outer::Argon2id {
            memory_kib: 64,
            iterations: 1,
            parallelism: 1,
        },
        dialect: Dialect::Phc,
        normalize: None,
    };
    let hash = column.hash(&Password::new(password), b"the tests' salt!");
    hash.unwrap().as_str().to_owned()
}

pub(super) fn habits() -> Habits {
    Habits {
        seed: 4_833_678,
        keys: 500..4_000,
        hash: strong,
        change: 5,
        login: 3,
        delete: 1,
        sign_up: 2,
        lock: 0,
        lock_for: Duration::ZERO,
        pause: Duration::from_millis(2),
    }
}

on_each_backend!(nothing_that_the_application_writes_is_lost, |backend| {
    let mut parents = Parents::new(backend, 4_000);
    let url = parents.db.url();
    let app = App::start(backend, &url, &USERS, &habits());
    // Another one sits on rows for longer than a lock is waited for; no key is the business of both.
    let sitting = Habits {
        seed: 227_622,
        keys: 0..500,
        change: 0,
        login: 0,
        delete: 0,
        sign_up: 0,
        lock: 1,
        lock_for: Duration::from_millis(1_500),
        pause: Duration::from_millis(200),
        ..habits()
    };
    let sitter = App::start(backend, &url, &USERS, &sitting);

    let run = parents.execute(&["--json", "--max-rate", "1000"]);

    let operations = app.operations();
    let records = [app.stop(), sitter.stop()];
    let outcome = run.json_lines().pop().unwrap();
    run.expect_code(0);
    assert!(operations > 30, "they hardly met: {operations}");
    for record in &records {
        let lost = record.lost(&mut parents.db, &USERS, |written, now| written.value == now);
        assert_eq!(lost, Vec::<String>::new(), "{outcome}");
    }
    parents.check_ledger();
    for row in parents.db.query("SELECT id, password FROM parent") {
        let [Some(id), Some(stored)] = row.as_slice() else {
            panic!("{row:?}");
        };
        let id = id.parse().unwrap();
        if !records
            .iter()
            .any(|r| r.written.contains_key(&id) || r.unsure.contains(&id))
        {
            check_opens(stored, &password_of(id), "md5");
        }
    }
});

on_each_backend!(while_an_old_writer_is_alive_a_run_says_so, |backend| {
    let mut parents = Parents::new(backend, 4_000);
    let untaught = Habits {
        hash: md5,
        change: 2,
        login: 0,
        delete: 0,
        sign_up: 3,
        pause: Duration::from_millis(5),
        ..habits()
    };
    let app = App::start(backend, &parents.db.url(), &USERS, &untaught);

    // However busy the machine is, the application writes between any two sweeps.
    let moments: String = (1..=3)
        .map(|sweep| format!(",before-sweep=sleep:300@{sweep}"))
        .collect();
    parents.saltern.set(POINTS, &format!("{SHORT}{moments}"));
    let run = parents.execute(&["--json", "--max-rate", "4000"]);
    parents.saltern.set(POINTS, SHORT);

    let record = app.stop();
    let outcome = run.json_lines().pop().unwrap();
    run.expect_code(7);
    assert!(outcome["arrived"].as_u64() >= Some(3), "{outcome}");
    parents.check_ledger();
    // Once it has been taught, the same command comes to an end.
    parents.execute(&["-q"]).expect_code(0);
    parents.check_ledger();
    let lost = record.lost(&mut parents.db, &USERS, |written, now| {
        opens(now, &written.password) && now.starts_with("$argon2id--md5$")
    });
    assert_eq!(lost, Vec::<String>::new());
    assert_eq!(
        parents
            .db
            .count("SELECT COUNT(*) FROM parent WHERE password NOT LIKE '$argon2id--md5$%'"),
        0
    );
});
