//! The harness on trial: what the other tests lean on does what it says, on every database.

use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::app::{App, AppTable, Habits, Record};
use crate::db::TestDb;
use crate::outside::{self, Login, Verdict};
use crate::saltern::{Running, Saltern};
use crate::servers::{self, Backend, PrivateServer};

on_each_backend!(a_table_gives_back_what_was_put_in, |backend| {
    let mut db = TestDb::new(backend);
    let strings = [
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "",
        r"it's a \n 'quoted' ü",
        "\n \t",
    ];
    db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(100))");
    let rows = (0..).zip(strings.map(Some).into_iter().chain([None]));
    db.insert(
        "t",
        &["id", "v"],
        rows.map(|(id, v)| [Some(id.to_string()), v.map(str::to_owned)]),
    );

    let read = db.query("SELECT id, v FROM t ORDER BY id");

    let wanted: Vec<_> = (0..)
        .zip(strings.map(Some).into_iter().chain([None]))
        .map(|(id, v)| vec![Some(id.to_string()), v.map(str::to_owned)])
        .collect();
    assert_eq!(read, wanted);
    assert_eq!(db.count("SELECT COUNT(*) FROM t"), 5);
    assert_eq!(db.exec("UPDATE t SET v = 'x' WHERE id < 3"), 3);
});

on_each_backend!(bytes_that_are_no_text_are_shown_as_bytes, |backend| {
    let mut db = TestDb::new(backend);
    let (kind, value, shown) = match backend {
        Backend::Postgres => ("bytea", r"'\xff00'", r"\xff00"),
        _ => ("BLOB", "x'ff00'", "x'ff00'"),
    };
    db.exec(&format!(
        "CREATE TABLE t (v {kind}); INSERT INTO t VALUES ({value})"
    ));

    assert_eq!(db.value("SELECT v FROM t").as_deref(), Some(shown));
});

on_each_backend!(a_database_is_gone_when_its_test_ends, |backend| {
    let db = TestDb::new(backend);
    let (url, name) = (db.url(), db.name().to_owned());
    assert!(url.contains(&name) || backend == Backend::Sqlite);

    drop(db);

    assert!(crate::session::Session::try_open(&url).is_err());
});

on_each_backend!(a_user_may_do_what_was_granted_and_no_more, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(100))");
    let Some(user) = db.create_user() else { return };
    db.exec(&format!("GRANT SELECT ON t TO {}", user.grantee));

    assert!(user.exec("SELECT * FROM t").is_ok());
    assert!(user.exec("DELETE FROM t").is_err());
});

on_each_backend!(
    a_killed_server_comes_back_with_what_it_acknowledged,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let mut server = PrivateServer::start(backend).expect("`on_each_backend` has looked");
        let mut db = TestDb::at(backend, server.url());
        db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY)");
        db.exec("INSERT INTO t VALUES (1)");

        server.kill();
        assert!(db.try_exec("INSERT INTO t VALUES (2)").is_err());
        server.start_again();
        db.reconnect();

        assert_eq!(db.query("SELECT id FROM t"), [[Some("1".to_owned())]]);
    }
);

const USERS: AppTable = AppTable {
    table: "users",
    key: "id",
    column: "password",
    last_login: Some("seen"),
};

fn users(backend: Backend) -> (TestDb, Habits) {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, password VARCHAR(200), seen VARCHAR(40))");
    db.insert(
        "users",
        &["id", "password"],
        (0..50).map(|id| [Some(id.to_string()), Some(format!("old {id}"))]),
    );
    let habits = Habits {
        seed: 7,
        keys: 0..50,
        hash: |password| format!("hashed {password}"),
        change: 4,
        login: 4,
        delete: 1,
        sign_up: 2,
        lock: 1,
        lock_for: Duration::from_millis(5),
        pause: Duration::ZERO,
    };
    (db, habits)
}

fn work(db: &TestDb, habits: &Habits) -> Record {
    let app = App::start(db.backend(), &db.url(), &USERS, habits);
    let start = Instant::now();
    while app.operations() < 120 {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "the application hangs"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    app.stop()
}

on_each_backend!(the_application_loses_nothing_by_itself, |backend| {
    let (mut db, habits) = users(backend);

    let record = work(&db, &habits);

    assert_eq!(
        record.lost(&mut db, &USERS, |written, now| written.value == now),
        Vec::<String>::new()
    );
    assert!(
        record.unsure.is_empty() && record.refused == 0,
        "{record:?}"
    );
    assert!(!record.written.is_empty() && !record.logins.is_empty() && !record.deleted.is_empty());
    assert!(record.rolled_back > 0);
    let there = 50 + record.signed_up.len() - record.deleted.len();
    assert_eq!(db.count("SELECT COUNT(*) FROM users"), there as u64);
});

on_each_backend!(a_lost_write_of_the_application_is_found, |backend| {
    let (mut db, habits) = users(backend);
    let record = work(&db, &habits);
    let key = record
        .written
        .keys()
        .find(|key| !record.deleted.contains(key))
        .unwrap();

    db.exec(&format!(
        "UPDATE users SET password = 'old {key}' WHERE id = {key}"
    ));

    assert_eq!(
        record
            .lost(&mut db, &USERS, |written, now| written.value == now)
            .len(),
        1
    );
});

#[test]
fn the_command_runs_in_its_folder_with_its_configuration() {
    let mut saltern = Saltern::new("sqlite://nowhere.db", "# nothing yet\n");
    saltern.set("NO_COLOR", "1");
    let text = std::fs::read_to_string(saltern.folder().join("saltern.toml")).unwrap();
    assert!(
        text.starts_with("[database]\nurl_env = \"DATABASE_URL\"\n")
            && text.ends_with("# nothing yet\n")
    );

    let finished = saltern.run(&["--version"]);

    assert_eq!(finished.signal(), None, "{finished:?}");
    finished.expect_code(0);
}

#[test]
fn a_command_in_the_background_can_be_watched_and_signalled() {
    let mut running = Running::start(shell(
        "echo started; echo {\\\"a\\\":1}; echo trouble >&2; exec sleep 600",
    ));

    assert!(running.wait_until(|running| running.stderr_so_far() == "trouble\n"));
    assert!(running.wait_until(|running| running.stdout_so_far().starts_with("started\n")));
    running.signal(Signal::TERM);
    let finished = running.finish_within(Duration::from_secs(60));

    assert_eq!((finished.code(), finished.signal()), (None, Some(15)));
    assert!(finished.peak_rss_kib > 0 && finished.elapsed < Duration::from_secs(60));
}

#[test]
fn a_command_can_be_killed_at_once() {
    assert_eq!(
        Running::start(shell("exec sleep 600")).kill().signal(),
        Some(9)
    );
}

#[test]
fn what_a_command_prints_is_read_as_json() {
    let finished = Running::start(shell("echo 1; echo '[2]'"))
        .finish()
        .expect_code(0);
    assert_eq!(
        finished.json_lines(),
        [serde_json::json!(1), serde_json::json!([2])]
    );

    assert_eq!(
        Running::start(shell("echo '{\"a\": 1}'")).finish().json(),
        serde_json::json!({ "a": 1 })
    );
}

#[test]
fn logins_are_tried_by_another_implementation() {
    // The vectors of the argon2 reference and of crypt_blowfish, and wrapped values made with argon2-cffi and py-bcrypt.
    let logins = [
        (
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "password",
        ),
        (
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "U*U",
        ),
        (
            "$argon2id--md5$v=19$m=64,t=1,p=1$b3Q/1jbx6gsU642yulVcoQ$tFekmZmUOXJTtFxwQ3XZsN0yWfSQlbCjQAymt+YCPqw",
            "123456",
        ),
        (
            "$argon2id--answer1$v=19$m=64,t=1,p=1$6JEM/4aJ4dI+Fp6gLHJXzA$Lniq589mnejyVTXSgv8TvEPwPebnNdYtbT2gqDnyAUc",
            " Rex  the\tDOG ",
        ),
        (
            "$2b--sha512-b64s384$04$woegmXQWsFIiLc83J/jkcuRPLhqAYdtQVo2vH8WLgE6Q9hCGc0VFq",
            "123456",
        ),
    ];
    let right = logins.map(|(stored, password)| Login {
        stored,
        password: password.as_bytes(),
        ..Login::default()
    });
    let wrong = logins.map(|(stored, _)| Login {
        stored,
        password: b"U*V",
        ..Login::default()
    });
    let verdicts = match outside::verify(&right) {
        Ok(verdicts) => verdicts,
        Err(missing) => return servers::leave_out(&missing),
    };

    assert!(
        verdicts.iter().all(|verdict| *verdict == Verdict::Opens),
        "{verdicts:?}"
    );
    let verdicts = outside::verify(&wrong).unwrap();
    assert!(
        verdicts.iter().all(|verdict| *verdict == Verdict::Refuses),
        "{verdicts:?}"
    );
    let unreadable = outside::verify(&[Login {
        stored: "hello",
        password: b"hello",
        ..Login::default()
    }])
    .unwrap();
    assert!(
        matches!(unreadable.as_slice(), [Verdict::Error(_)]),
        "{unreadable:?}"
    );
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}
