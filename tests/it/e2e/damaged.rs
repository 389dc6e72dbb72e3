//! A ledger that is damaged, behind, or out of reach: the run says what is the matter, writes nothing more, and no login is lost.

use std::time::{Duration, Instant};

use saltern::store::Kind;
use saltern::store::ledger::{Names, UsedTables, ddl};

use super::{POINTS, Parents, SHORT, check_opens, in_ledger, parents_config, password_of, wrapped};
use crate::db::TestDb;
use crate::saltern::{Finished, Running, Saltern};
use crate::servers::Backend;

/// A lease that lasts for two seconds, with a heartbeat in each third of it.
const SHORT_LEASE: &str = "short-lease=fail";

fn slow(backend: Backend, rows: u64) -> Parents {
    let mut parents = Parents::new(backend, rows);
    parents
        .saltern
        .set(POINTS, &format!("{SHORT},{SHORT_LEASE}"));
    parents
}

/// The same, as a user who may do no more than what `saltern ledger sql` grants.
pub(super) fn with_least_rights(backend: Backend, rows: u64) -> Option<(Parents, String)> {
    let mut db = TestDb::new(backend);
    let user = db.create_user()?;
    let mut parents = Parents::within(db, rows);
    let kind = if backend == Backend::Postgres {
        Kind::Postgres
    } else {
        Kind::MySql
    };
    let used = UsedTables {
        columns: vec![("parent".to_owned(), "password".to_owned())],
        read: Vec::new(),
    };
    let names = Names::new(kind, "saltern", "saltern_").unwrap();
    parents.db.exec(&ddl(&names, &user.grantee, &used));
    let logs = format!("GRANT INSERT ON changes TO {}", user.grantee);
    parents.db.exec(&logs);
    parents.saltern = Saltern::new(&user.url, &parents_config(""));
    parents
        .saltern
        .set(POINTS, &format!("{SHORT},{SHORT_LEASE}"));
    Some((parents, user.grantee))
}

impl Parents {
    fn exec_in_ledger(&mut self, sql: &str) {
        let sql = in_ledger(self.db.backend(), sql);
        self.db.exec(&sql);
    }

    /// Every parent can log in, with the value of before or with a new one.
    fn check_logins(&mut self) {
        for row in self.db.query("SELECT id, password, first FROM parent") {
            let [Some(id), Some(stored), Some(first)] = row.as_slice() else {
                panic!("a row became NULL: {row:?}");
            };
            if stored != first {
                check_opens(stored, &password_of(id.parse().unwrap()), "md5");
            }
        }
    }

    /// How many rows are wrapped once no more are.
    fn settled(&mut self) -> u64 {
        let since = Instant::now();
        let mut seen = wrapped(&mut self.db);
        loop {
            std::thread::sleep(Duration::from_millis(300));
            let now = wrapped(&mut self.db);
            if now == seen {
                return now;
            }
            assert!(since.elapsed() < Duration::from_secs(60), "it writes on");
            seen = now;
        }
    }
}

/// The run ended with a code, says what is the matter, and writes nothing more.
fn check_end(parents: &mut Parents, run: Running, code: i32, says: &str) -> Finished {
    let finished = run.finish().expect_code(code);
    assert!(finished.stdout.contains(says), "{says}: {finished:?}");
    for wrong in ["`except`", "bug", "another worker holds"] {
        assert!(!finished.stdout.contains(wrong), "{wrong}: {finished:?}");
    }
    let after = wrapped(&mut parents.db);
    assert!(after < parents.db.count("SELECT COUNT(*) FROM parent"));
    parents.check_logins();
    finished
}

on_each_backend!(
    rights_on_the_ledger_that_are_taken_away_end_the_run,
    |backend| {
        for table in ["column_lock", "worker", "chunk", "wrapped"] {
            let Some((mut parents, user)) = with_least_rights(backend, 2_000) else {
                return;
            };
            let run = parents.spawn_writing(&["--max-rate", "100"]);
            let right = if table == "wrapped" {
                "INSERT"
            } else {
                "UPDATE"
            };

            parents.exec_in_ledger(&format!("REVOKE {right} ON {{{table}}} FROM {user}"));

            check_end(&mut parents, run, 4, "saltern ledger sql");
            parents.exec_in_ledger(&format!("GRANT {right} ON {{{table}}} TO {user}"));
            if table == "column_lock" {
                // What could not be given back is of a process that is known to be dead.
                parents.finish_and_check();
            }
        }
    }
);

on_each_backend!(
    a_run_whose_heartbeat_does_not_get_through_stops_writing,
    |backend| {
        if backend == Backend::Sqlite {
            // There one lock is on the whole file.
            return;
        }
        let mut parents = slow(backend, 2_000);
        let mut run = parents.spawn_writing(&["--max-rate", "100"]);
        let mut other = parents.db.connect();

        other.exec("BEGIN");
        other.exec(&in_ledger(backend, "UPDATE {column_lock} SET run = run"));
        assert!(
            run.wait_until(|run| run.stdout_so_far().contains("took no heartbeat")),
            "{:?}",
            run.finish()
        );

        // A page that was on its way is written before it stops.
        let before = parents.settled();
        // As long as the lease: it has run out by then.
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(wrapped(&mut parents.db), before);
        other.exec("ROLLBACK");
        let db = &mut parents.db;
        assert!(
            run.wait_until(|_| wrapped(db) > before),
            "{:?}",
            run.finish()
        );
        run.finish().expect_code(0);
        parents.check_done();
    }
);

on_each_backend!(a_table_of_the_ledger_that_goes_ends_the_run, |backend| {
    for (change, put_back) in [
        (
            "ALTER TABLE {worker} RENAME TO worker_of_old",
            "ALTER TABLE worker_of_old RENAME TO {worker}",
        ),
        (
            "ALTER TABLE {chunk} RENAME COLUMN commits TO commit_count",
            "ALTER TABLE {chunk} RENAME COLUMN commit_count TO commits",
        ),
    ] {
        let mut parents = slow(backend, 1_500);
        let run = parents.spawn_writing(&["--max-rate", "100"]);
        // PostgreSQL renames a table within its schema.
        let within = |sql: &str| match backend {
            Backend::Postgres => sql
                .replace("RENAME TO {worker}", "RENAME TO worker")
                .replace("TABLE worker_of_old", "TABLE saltern.worker_of_old"),
            _ => sql.to_owned(),
        };

        parents.exec_in_ledger(&within(change));

        check_end(&mut parents, run, 4, "the ledger is not whole");
        parents.exec_in_ledger(&within(put_back));
        parents.finish_and_check();
    }
});

on_each_backend!(lines_of_the_ledger_that_go_end_the_run_with_6, |backend| {
    for (table, says) in [
        ("column_lock", "has no lock of column"),
        ("chunk", "has no chunk"),
    ] {
        let mut parents = slow(backend, 1_500);
        let run = parents.spawn_writing(&["--max-rate", "100"]);

        parents.exec_in_ledger(&format!("DELETE FROM {{{table}}}"));

        check_end(&mut parents, run, 6, says);
        if table == "chunk" {
            let next = parents.execute(&[]).expect_code(6);
            assert!(next.stderr.contains("it has no such chunk"), "{next:?}");
            let doctor = parents.saltern.run(&["doctor"]).expect_code(4);
            assert!(doctor.stdout.contains("ledger-disagrees"), "{doctor:?}");
            parents.execute(&["-q", "--new-run"]).expect_code(0);
        } else {
            parents.execute(&["-q"]).expect_code(0);
        }
        assert_eq!(wrapped(&mut parents.db), 1_500);
        parents.check_logins();
    }
});

on_each_backend!(
    a_ledger_of_an_earlier_moment_ends_the_run_with_6,
    |backend| {
        let mut parents = slow(backend, 2_000);
        let mut run = parents.spawn_writing(&["--max-rate", "100"]);
        for table in ["chunk", "wrapped"] {
            parents.exec_in_ledger(&format!(
                "CREATE TABLE old_{table} AS SELECT * FROM {{{table}}}"
            ));
        }
        let before = wrapped(&mut parents.db);
        let db = &mut parents.db;
        assert!(
            run.wait_until(|_| wrapped(db) > before),
            "{:?}",
            run.finish()
        );

        // As on a standby that is promoted without the last commits.
        parents.db.exec("BEGIN");
        for table in ["chunk", "wrapped"] {
            parents.exec_in_ledger(&format!("DELETE FROM {{{table}}}"));
            parents.exec_in_ledger(&format!(
                "INSERT INTO {{{table}}} SELECT * FROM old_{table}"
            ));
        }
        parents.db.exec("COMMIT");

        check_end(&mut parents, run, 6, "the ledger is of another moment");
        // The next run takes the rows as they are.
        parents.execute(&["-q"]).expect_code(0);
        assert_eq!(parents.settled(), 2_000);
        parents.check_logins();
    }
);

on_each_backend!(
    rows_of_an_earlier_moment_than_the_ledger_are_told,
    |backend| {
        let mut parents = Parents::new(backend, 600);
        parents.spawn_writing(&["--max-rate", "100"]).kill();

        // The table alone is put back.
        parents.db.exec("UPDATE parent SET password = first");

        let next = parents.execute(&[]).expect_code(0);
        assert!(next.stderr.contains("of different moments"), "{next:?}");
        parents.check_done();
    }
);

on_each_backend!(doctor_looks_at_the_whole_ledger, |backend| {
    let mut parents = Parents::new(backend, 600);
    parents.spawn_writing(&["--max-rate", "100"]).kill();
    let whole = parents.saltern.run(&["doctor"]).expect_code(0);
    assert!(!whole.stdout.contains("ledger-"), "{whole:?}");
    let altered = match backend {
        Backend::Postgres => "ALTER TABLE {run} ALTER COLUMN estimate TYPE text",
        Backend::Sqlite => "",
        _ => "ALTER TABLE {run} MODIFY estimate VARCHAR(20) NOT NULL",
    };
    for (damage, code, says) in [
        (
            "UPDATE {chunk} SET done = done + 1",
            "ledger-disagrees",
            "do not add up",
        ),
        (
            "UPDATE {chunk} SET done = done - 1, commits = 0",
            "ledger-disagrees",
            "commit number",
        ),
        (
            "INSERT INTO {quarantine} (run, credential, row_key, reason, class, at_ms) VALUES ('r', 'parents', 'k', 'hot', 'weak', 0)",
            "ledger-disagrees",
            "no such run",
        ),
        (altered, "ledger-altered", "column estimate of"),
        (
            "ALTER TABLE {worker} DROP COLUMN reason",
            "ledger-missing",
            "has no column reason",
        ),
        ("DROP TABLE {known}", "ledger-missing", "there is no table"),
        (
            "DELETE FROM {migrations} WHERE version = 3",
            "ledger-missing",
            "version 3 of the ledger",
        ),
    ] {
        if damage.is_empty() {
            continue;
        }
        parents.exec_in_ledger(damage);
        let found = parents.saltern.run(&["doctor"]).expect_code(4);
        for part in [code, says] {
            assert!(found.stdout.contains(part), "{part}: {found:?}");
        }
    }
    // The run is refused for the same, and nothing is written.
    let before = wrapped(&mut parents.db);
    let refused = parents.execute(&[]).expect_code(4);
    assert!(
        refused.stderr.contains("the ledger is not whole"),
        "{refused:?}"
    );
    assert_eq!(wrapped(&mut parents.db), before);
});

on_each_backend!(doctor_tries_each_right_on_the_ledger, |backend| {
    let Some((mut parents, user)) = with_least_rights(backend, 20) else {
        return;
    };
    let whole = parents.saltern.run(&["doctor"]).expect_code(0);
    assert!(!whole.stdout.contains("ledger-"), "{whole:?}");
    for (right, table) in [
        ("INSERT", "site_check"),
        ("UPDATE", "column_lock"),
        ("DELETE", "quarantine"),
        ("SELECT", "run"),
    ] {
        parents.exec_in_ledger(&format!("REVOKE {right} ON {{{table}}} FROM {user}"));
        let found = parents.saltern.run(&["doctor"]).expect_code(4);
        let shown = in_ledger(backend, &format!("{{{table}}}"));
        let line = found
            .stdout
            .lines()
            .find(|line| line.contains("this user may not") && line.contains(&shown));
        assert!(
            line.is_some() && found.stdout.contains("ledger-rights"),
            "{found:?}"
        );
        parents.execute(&[]).expect_code(4);
        parents.exec_in_ledger(&format!("GRANT {right} ON {{{table}}} TO {user}"));
    }
    parents.finish_and_check();
});
