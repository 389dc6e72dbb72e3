//! Logins against each other, against a job, against password changes, against SIGKILL: one winner, and never a lost password.

use std::sync::{Barrier, LazyLock};

use super::*;

/// Each logs in four times, and meets somebody else. `SALTERN_TEST_RACES=10000` asks for so many logins a database, which takes minutes.
static PEOPLE: LazyLock<u64> = LazyLock::new(|| {
    let logins = std::env::var("SALTERN_TEST_RACES").ok();
    logins.map_or(3_000, |logins| logins.parse().unwrap()) / 4
});

/// Every change of a password leaves a line, in the same transaction.
fn log_changes(db: &mut TestDb) {
    db.exec("CREATE TABLE changes (id INTEGER, was VARCHAR(255), now VARCHAR(255))");
    let insert = "INSERT INTO changes VALUES (OLD.id, OLD.password, NEW.password)";
    match db.backend() {
        Backend::Postgres => {
            db.exec(&format!(
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {insert}; RETURN NEW; END $$"
            ));
            db.exec(
                "CREATE TRIGGER note AFTER UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION note()",
            );
        }
        Backend::Sqlite => {
            db.exec(&format!(
                "CREATE TRIGGER note AFTER UPDATE ON parent BEGIN {insert}; END"
            ));
        }
        _ => {
            db.exec(&format!(
                "CREATE TRIGGER note AFTER UPDATE ON parent FOR EACH ROW {insert}"
            ));
        }
    }
}

fn start_over(db: &mut TestDb) {
    db.exec("UPDATE parent SET password = first");
    db.exec("DELETE FROM changes");
}

/// As many clients at once, each of whom logs everybody in; the logins that said `upgraded`.
fn log_everybody_in(sidecar: &Sidecar, clients: usize, may_fail: bool) -> u64 {
    let together = Barrier::new(clients);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = sidecar.client();
                    together.wait();
                    let mut upgraded = 0;
                    for id in 0..*PEOPLE {
                        let answer = client.login(&login_of(id), &password_of(id));
                        assert!(may_fail || answer["outcome"] == "match", "{id}: {answer}");
                        upgraded += u64::from(answer["upgraded"] == true);
                    }
                    upgraded
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    })
}

fn everybody(db: &mut TestDb) -> Vec<(u64, String)> {
    let rows = db.query("SELECT id, password FROM parent ORDER BY id");
    rows.into_iter()
        .map(|mut row| {
            let stored = row.pop().unwrap().expect("no row became NULL");
            (row.pop().unwrap().unwrap().parse().unwrap(), stored)
        })
        .collect()
}

on_each_backend!(whoever_races_a_login_no_password_is_lost, |backend| {
    let mut db = people(backend, *PEOPLE);
    if backend == Backend::Sqlite {
        db.query("PRAGMA journal_mode = WAL");
    }
    log_changes(&mut db);
    let mut saltern = saltern_on(&db);
    saltern.set("SALTERN_FAILPOINT", "short-calibration=fail");
    let sidecar = Sidecar::start(&saltern, &format!("{PARENTS}{CHEAP}"), UNLIMITED);

    // Two logins at once: both are right, one of them writes.
    let upgraded = log_everybody_in(&sidecar, 2, false);
    assert_eq!(upgraded, *PEOPLE);
    assert_eq!(
        db.count("SELECT COUNT(*) FROM changes"),
        *PEOPLE,
        "a row was written twice"
    );
    for (id, stored) in everybody(&mut db) {
        assert!(
            stored.starts_with("$argon2id$") && opens(&stored, &password_of(id)),
            "{id}: {stored}"
        );
    }

    // A login and a job: whichever comes first, everybody can log in, and nobody's hash is wrapped twice or wrapped after an upgrade.
    start_over(&mut db);
    let job = saltern.spawn(&["run", "--execute", "-q"]);
    log_everybody_in(&sidecar, 1, false);
    job.finish().expect_code(0);
    let backwards = "SELECT COUNT(*) FROM changes WHERE was LIKE '$%' AND (now NOT LIKE '$argon2id$%' OR was LIKE '$argon2id$%')";
    assert_eq!(db.count(backwards), 0);
    for (id, stored) in everybody(&mut db) {
        assert!(
            stored.starts_with("$argon2id") && opens(&stored, &password_of(id)),
            "{id}: {stored}"
        );
    }

    // A login and a change of the password: the new password stands, whatever the login had read.
    start_over(&mut db);
    let mut app = db.connect();
    let together = Barrier::new(2);
    std::thread::scope(|scope| {
        let changes = scope.spawn(|| {
            together.wait();
            for id in 0..*PEOPLE {
                let new = md5(&format!("new {id}"));
                let sql = format!("UPDATE parent SET password = '{new}' WHERE id = {id}");
                while app.try_exec(&sql).is_err() {}
            }
        });
        let mut client = sidecar.client();
        together.wait();
        for id in 0..*PEOPLE {
            client.login(&login_of(id), &password_of(id));
        }
        changes.join().unwrap();
    });
    for (id, stored) in everybody(&mut db) {
        assert!(opens(&stored, &format!("new {id}")), "{id}: {stored}");
    }
    let lost = sidecar.metric("saltern_upgrades_total{result=\"lost\"}");
    let failed = sidecar.metric("saltern_upgrades_total{result=\"failed\"}");
    println!("swaps that lost: {lost}, that failed: {failed}");
    assert!(lost > 0, "they hardly met");
    let log = sidecar.running.stderr_so_far();
    assert!(
        !log.contains("x.org") && !log.contains("argon2id$"),
        "{log}"
    );
});

#[cfg(feature = "failpoints")]
on_each_backend!(a_killed_sidecar_loses_nothing, |backend| {
    let mut db = people(backend, 6);
    let mut saltern = saltern_on(&db);
    let config = format!("{PARENTS}{CHEAP}");
    for (at, (point, written)) in
        (0..).zip([("login-before-commit", false), ("login-after-commit", true)])
    {
        saltern.set("SALTERN_FAILPOINT", &format!("{point}=kill@2"));
        let sidecar = Sidecar::start(&saltern, &config, UNLIMITED);
        let (first, second) = (2 * at, 2 * at + 1);
        assert_eq!(
            sidecar.login(&login_of(first), &password_of(first)),
            matched(true)
        );
        let mut client = sidecar.client();
        let body = json!({ "credential": "parents", "login": login_of(second), "password": password_of(second) }).to_string();
        let head = format!(
            "POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        client.send((head + &body).as_bytes());
        assert_eq!(client.reply(), None, "it was killed");
        assert_eq!(sidecar.running.finish().signal(), Some(9));

        // The socket of the dead process is in nobody's way.
        saltern.set("SALTERN_FAILPOINT", "");
        let sidecar = Sidecar::start(&saltern, &config, UNLIMITED);
        assert_eq!(
            sidecar.login(&login_of(second), &password_of(second)),
            matched(!written),
            "{point}"
        );
        assert_eq!(
            sidecar.login(&login_of(first), &password_of(first)),
            matched(false)
        );
    }
    for (id, stored) in everybody(&mut db) {
        assert!(opens(&stored, &password_of(id)), "{id}: {stored}");
    }
});
