//! A run that is steered while it works: orders from a second process, and what holds it back by itself.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Parents, in_ledger, wrapped};
use crate::saltern::{Finished, Running};
use crate::servers::Backend;

impl Parents {
    fn control(&self, order: &[&str]) -> Finished {
        self.saltern.run(&[&["control"][..], order].concat())
    }
}

/// The last progress that was told.
fn progress(run: &Running) -> serde_json::Value {
    let out = run.stdout_so_far();
    let lines = out.lines().rev();
    let mut told = lines.filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    told.find(|event| event["type"] == "progress")
        .unwrap_or_default()
}

fn says(run: &mut Running, what: &str) {
    let said = run.wait_until(|run| run.stdout_so_far().contains(what));
    assert!(said, "{what:?} in {}", run.stdout_so_far());
}

/// Waits until the last progress holds it back by that, and for that reason.
fn is_held_by(run: &mut Running, by: &str, reason: &str) {
    let held = run.wait_until(|run| {
        let now = progress(run);
        now["held_by"] == by && now["reason"].as_str().unwrap_or_default().contains(reason)
    });
    assert!(held, "{by} {reason:?} in {}", run.stdout_so_far());
}

/// Waits until more rows are written than there are now.
fn goes_on(parents: &mut Parents, run: &mut Running) {
    let before = wrapped(&mut parents.db);
    let db = &mut parents.db;
    assert!(run.wait_until(|_| wrapped(db) > before));
}

on_each_backend!(
    a_live_run_is_paused_and_resumed_by_another_process,
    |backend| {
        let mut parents = Parents::new(backend, 600);
        let mut run = parents.spawn_writing(&["--max-rate", "20"]);
        let noted = parents
            .control(&["pause", "--reason", "the shop is slow"])
            .expect_code(0);
        assert!(
            noted.stdout.contains("noted: pause, by "),
            "{}",
            noted.stdout
        );
        assert!(
            noted.stdout.contains("hears it within two seconds"),
            "{}",
            noted.stdout
        );
        says(&mut run, "\"type\":\"control\"");
        is_held_by(&mut run, "control", "the shop is slow");
        // What was on its way is written; then nothing is, however often it is looked.
        let told = progress(&run);
        assert_eq!(told["state"], "paused");
        let mut still = wrapped(&mut parents.db);
        assert!(run.wait_until(|_| {
            let now = wrapped(&mut parents.db);
            let is_still = now == still;
            still = now;
            is_still
        }));
        let status = parents.saltern.run(&["status", "--json"]).expect_code(0);
        let status: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
        let order = &status["control"][0];
        assert_eq!(order["verb"], "pause");
        assert_eq!(order["stands"], true);
        assert_eq!(order["reason"], "the shop is slow");
        assert!(order["who"].as_str().unwrap().contains('@'), "{order}");

        parents.control(&["resume"]).expect_code(0);
        parents.control(&["rate", "100000"]).expect_code(0);
        let finished = run.finish();
        let outcome = finished.json_lines().pop().unwrap();
        finished.expect_code(0);
        let held = outcome["held"].as_array().unwrap();
        assert!(held.iter().any(|time| time["by"] == "control"), "{outcome}");
        parents.check_done();
        let shown = parents.saltern.run(&["status"]).expect_code(0);
        assert!(
            shown.stdout.contains("\ncontrol\n  pause, by "),
            "{}",
            shown.stdout
        );
    }
);

on_each_backend!(a_stop_stands_until_resume, |backend| {
    let mut parents = Parents::new(backend, 700);
    let run = parents.spawn_writing(&["--max-rate", "20"]);
    parents
        .control(&["stop", "--reason", "release at noon"])
        .expect_code(0);
    let finished = run.finish();
    let outcome = finished.json_lines().pop().unwrap();
    finished.expect_code(10);
    assert_eq!(outcome["end"], "control_stop");
    let reason = outcome["reason"].as_str().unwrap();
    assert!(reason.contains("release at noon"), "{reason}");
    parents.check_ledger();
    let done = wrapped(&mut parents.db);
    // Whoever begins meanwhile writes nothing and says why; also where only errors are printed.
    let later = parents.execute(&["--json"]).expect_code(10);
    assert!(later.stdout.contains("release at noon"), "{}", later.stdout);
    let quiet = parents.execute(&["-q"]).expect_code(10);
    assert!(quiet.stderr.contains("release at noon"), "{}", quiet.stderr);
    // A pause does not lift it.
    parents.control(&["pause"]).expect_code(0);
    parents.execute(&["-q"]).expect_code(10);
    assert_eq!(wrapped(&mut parents.db), done);
    let free = "SELECT COUNT(*) FROM {column_lock} WHERE owner IS NOT NULL";
    assert_eq!(parents.ledger_number(free), 0);
    parents.control(&["resume"]).expect_code(0);
    parents.finish_and_check();
});

on_each_backend!(rate_and_threads_change_in_the_middle_of_a_run, |backend| {
    let mut parents = Parents::new(backend, 800);
    let mut run = parents.spawn_writing(&["--max-rate", "20", "--threads", "2"]);
    parents.control(&["threads", "1"]).expect_code(0);
    assert!(run.wait_until(|run| progress(run)["threads"] == 1));
    parents.control(&["rate", "3"]).expect_code(0);
    is_held_by(&mut run, "rate", "3 rows a second, control, by ");
    parents.control(&["threads", "off"]).expect_code(0);
    assert!(run.wait_until(|run| progress(run)["threads"] == 2));
    parents.control(&["rate", "off"]).expect_code(0);
    is_held_by(&mut run, "rate", "--max-rate");
    parents.control(&["rate", "1e6"]).expect_code(0);
    run.finish().expect_code(0);
    parents.check_done();
});

#[cfg(feature = "failpoints")]
on_each_backend!(an_order_is_heard_while_a_run_waits_or_prepares, |backend| {
    let mut parents = Parents::new(backend, 400);
    // A run that waits for the lock of another is stopped by itself, named by nothing.
    let mut first = parents.spawn_writing(&["--max-rate", "8"]);
    let mut second = parents.spawn(&["--json", "--wait", "10m"]);
    says(&mut second, "waiting for process");
    parents.control(&["pause"]).expect_code(0);
    says(&mut second, "\"type\":\"control\"");
    is_held_by(&mut first, "control", "control, by ");
    parents.control(&["stop"]).expect_code(0);
    second.finish().expect_code(10);
    first.finish().expect_code(10);
    parents.check_ledger();
    parents.control(&["resume"]).expect_code(0);
    // One that is paused while it has not begun holds its first page back.
    let before = wrapped(&mut parents.db);
    parents.control(&["pause"]).expect_code(0);
    let mut third = parents.spawn(&["--json"]);
    is_held_by(&mut third, "control", "control, by ");
    assert_eq!(wrapped(&mut parents.db), before);
    parents.control(&["resume"]).expect_code(0);
    third.finish().expect_code(0);
    parents.check_done();
});

on_each_backend!(an_order_may_be_for_one_run_alone, |backend| {
    let mut parents = Parents::new(backend, 700);
    let run = parents.spawn_writing(&["--max-rate", "20"]);
    let id = parents.ledger("SELECT id FROM {run}")[0][0]
        .clone()
        .unwrap();
    parents
        .control(&["stop", "--run", "no-such-run"])
        .expect_code(2);
    parents.control(&["stop", "--run", &id]).expect_code(0);
    run.finish().expect_code(10);
    // It goes on with the same run, and for that the stop stands.
    let done = wrapped(&mut parents.db);
    parents.execute(&["-q"]).expect_code(10);
    assert_eq!(wrapped(&mut parents.db), done);
    // A stop for every run is not lifted for one alone.
    parents.control(&["stop"]).expect_code(0);
    let refused = parents.control(&["resume", "--run", &id]).expect_code(2);
    assert!(
        refused.stderr.contains("without --run"),
        "{}",
        refused.stderr
    );
    parents.control(&["resume"]).expect_code(0);
    parents.control(&["stop", "--run", &id]).expect_code(0);
    parents.control(&["resume", "--run", &id]).expect_code(0);
    parents.finish_and_check();
    let late = parents.control(&["pause", "--run", &id]).expect_code(2);
    assert!(late.stderr.contains("is done"), "{}", late.stderr);
});

on_each_backend!(an_order_needs_a_ledger_that_keeps_orders, |backend| {
    let mut parents = Parents::new(backend, 20);
    let none = parents.control(&["pause"]).expect_code(4);
    assert!(none.stderr.contains("no ledger"), "{}", none.stderr);
    parents.execute(&["-q", "--max-rows", "5"]).expect_code(8);
    let alone = parents.control(&["threads", "1"]).expect_code(0);
    assert!(
        alone.stdout.contains("nothing runs now"),
        "{}",
        alone.stdout
    );
    // A ledger of the version before, as an older program has left it.
    parents.db.make_ledger_older(9);
    let older = parents.control(&["pause"]).expect_code(4);
    assert!(older.stderr.contains("has version 9"), "{}", older.stderr);
    parents.saltern.run(&["status"]).expect_code(0);
    // An unfinished run keeps its ledger as it is, unless the operator says otherwise.
    parents.execute(&["-q", "--new-run"]).expect_code(0);
    parents.check_done();
    parents.control(&["resume"]).expect_code(0);
});

on_each_backend!(
    orders_need_the_rights_of_the_ledger_and_no_other,
    |backend| {
        let mut parents = Parents::new(backend, 20);
        parents.execute(&["-q", "--max-rows", "5"]).expect_code(8);
        let Some(user) = parents.db.create_user() else {
            return;
        };
        // MySQL lets nobody in who may do nothing.
        let may_log_in = format!("GRANT SELECT ON parent TO {}", user.grantee);
        parents.db.exec(&may_log_in);
        let admin = parents.db.url();
        parents.saltern.set("DATABASE_URL", &user.url);
        let denied = parents.control(&["pause"]).expect_code(4);
        assert!(
            denied.stderr.contains("saltern ledger sql"),
            "{}",
            denied.stderr
        );
        if backend == Backend::Postgres {
            let grant = format!("GRANT USAGE ON SCHEMA saltern TO {}", user.grantee);
            parents.db.exec(&grant);
        }
        for (rights, table) in [
            ("SELECT", "migrations"),
            ("SELECT", "run"),
            ("SELECT", "column_lock"),
            ("SELECT, INSERT", "control"),
        ] {
            let table = in_ledger(backend, &format!("{{{table}}}"));
            let grant = format!("GRANT {rights} ON {table} TO {}", user.grantee);
            parents.db.exec(&grant);
        }
        parents.control(&["pause"]).expect_code(0);
        parents.control(&["resume"]).expect_code(0);
        parents.saltern.set("DATABASE_URL", &admin);
        parents.finish_and_check();
    }
);

/// A server that answers with the code of the moment.
fn answering() -> (u16, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let is_good = Arc::new(AtomicBool::new(false));
    let good = is_good.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 1_024];
            let _ = stream.read(&mut request);
            let answer: &[u8] = match good.load(Ordering::SeqCst) {
                true => b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                false => b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n",
            };
            let _ = stream.write_all(answer);
        }
    });
    (port, is_good)
}

on_each_backend!(a_run_waits_until_the_http_check_answers_200, |backend| {
    let mut parents = Parents::new(backend, 200);
    let (port, is_good) = answering();
    let address = format!("http://127.0.0.1:{port}/throttle?token=s3cret");
    let mut run = parents.spawn(&["--json", "--throttle-http", &address]);
    is_held_by(&mut run, "http", "/throttle answers 429");
    assert_eq!(wrapped(&mut parents.db), 0);
    is_good.store(true, Ordering::SeqCst);
    let finished = run.finish();
    assert!(!finished.stdout.contains("s3cret"));
    finished.expect_code(0);
    parents.check_done();
});

/// A bound of this server that is always kept, and one that never is.
fn bounds(backend: Backend) -> (&'static str, &'static str) {
    match backend {
        Backend::Postgres => ("active=100000", "active=0"),
        _ => ("Threads_connected=100000", "Threads_connected=0"),
    }
}

/// For how many seconds the server has run, where that is a number of its load.
fn uptime(parents: &mut Parents) -> Option<u64> {
    let table = match parents.db.backend() {
        Backend::MariaDb => "information_schema.GLOBAL_STATUS",
        Backend::MySql => "performance_schema.global_status",
        Backend::Postgres | Backend::Sqlite => return None,
    };
    let number = format!(
        "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM {table} WHERE VARIABLE_NAME = 'Uptime'"
    );
    Some(parents.db.count(&number))
}

/// On PostgreSQL a session that runs a statement until it is ended.
struct Busy(Option<std::thread::JoinHandle<()>>);

impl Busy {
    const SLEEP: &str = "SELECT pg_sleep(600)";

    fn new(parents: &mut Parents) -> Self {
        if parents.db.backend() != Backend::Postgres {
            return Self(None);
        }
        let mut session = parents.db.connect();
        let sleeper = std::thread::spawn(move || {
            let _ = session.try_exec(Self::SLEEP);
        });
        let sleeps = Self::of("COUNT(*)");
        while parents.db.count(&sleeps) == 0 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Self(Some(sleeper))
    }

    fn end(self, parents: &mut Parents) {
        if let Some(sleeper) = self.0 {
            parents.db.exec(&Self::of("pg_terminate_backend(pid)"));
            sleeper.join().unwrap();
        }
    }

    fn of(what: &str) -> String {
        format!(
            "SELECT {what} FROM pg_stat_activity WHERE query LIKE '{}%' AND state = 'active' AND datname = current_database()",
            Self::SLEEP
        )
    }
}

on_each_backend!(a_run_ends_with_5_where_the_load_is_critical, |backend| {
    let mut parents = Parents::new(backend, 200);
    if backend == Backend::Sqlite {
        let refused = parents
            .execute(&["-q", "--critical-load", "active=1"])
            .expect_code(4);
        assert!(refused.stderr.contains("SQLite"), "{}", refused.stderr);
        return;
    }
    let unknown = parents
        .execute(&["-q", "--max-load", "no_such_number=1"])
        .expect_code(4);
    assert!(
        unknown.stderr.contains("no_such_number"),
        "{}",
        unknown.stderr
    );
    let (_, never) = bounds(backend);
    let busy = Busy::new(&mut parents);
    let critical = parents.execute(&["--json", "--critical-load", never]);
    let outcome = critical.json_lines().pop().unwrap();
    critical.expect_code(5);
    assert_eq!(outcome["end"], "critical_load");
    let reason = outcome["reason"].as_str().unwrap();
    assert!(
        reason.contains(&format!("--critical-load {never}")),
        "{reason}"
    );
    assert_eq!(wrapped(&mut parents.db), 0);
    busy.end(&mut parents);
    // A number that grows becomes critical in the middle.
    if let Some(uptime) = uptime(&mut parents) {
        let soon = format!("Uptime={}", uptime + 4);
        let run = parents.spawn(&["--json", "--max-rate", "1", "--critical-load", &soon]);
        let finished = run.finish();
        let outcome = finished.json_lines().pop().unwrap();
        finished.expect_code(5);
        assert_eq!(outcome["end"], "critical_load");
    }
    parents.execute(&["-q", "--max-rows", "5"]).expect_code(8);
    parents.check_ledger();
    parents.finish_and_check();
});

on_each_backend!(a_run_waits_while_the_load_is_above_its_bound, |backend| {
    if backend == Backend::Sqlite {
        return;
    }
    let mut parents = Parents::new(backend, 200);
    let (always, never) = bounds(backend);
    let busy = Busy::new(&mut parents);
    let mut run = parents.spawn(&["--json", "--max-load", never]);
    is_held_by(&mut run, "load", &format!("above --max-load {never}"));
    assert_eq!(wrapped(&mut parents.db), 0);
    // Other tests work on this server, too: that it is idle can't be waited for.
    drop(run);
    busy.end(&mut parents);
    let mut run = parents.spawn(&[
        "--json",
        "--max-load",
        always,
        "--max-host-load",
        "100000",
        "--max-commit",
        "10s",
        "--nice-ratio",
        "0.01",
    ]);
    goes_on(&mut parents, &mut run);
    run.finish().expect_code(0);
    parents.check_done();
});

on_each_backend!(
    a_run_waits_for_its_host_and_outside_its_window_it_does_not_begin,
    |backend| {
        let mut parents = Parents::new(backend, 100);
        let mut run = parents.spawn(&["--json", "--max-host-load", "1e-9"]);
        is_held_by(&mut run, "host_load", "above --max-host-load");
        parents.control(&["stop"]).expect_code(0);
        run.finish().expect_code(10);
        parents.control(&["resume"]).expect_code(0);
        // Two windows of which one is closed now, whatever time it is.
        // At noon and at midnight they change places.
        let windows = ["00:00-12:00", "12:00-00:00", "00:00-12:00"];
        let outcome = windows.into_iter().find_map(|window| {
            let hours = ["--window", window, "--time-zone", "UTC", "--max-rows", "10"];
            let ended = parents.execute(&[&["--json"], &hours[..]].concat());
            (ended.code() == Some(10)).then(|| ended.json_lines().pop().unwrap())
        });
        let outcome = outcome.unwrap();
        assert_eq!(outcome["end"], "window");
        assert!(
            outcome["reason"]
                .as_str()
                .unwrap()
                .contains("(UTC) opens at"),
            "{outcome}"
        );
        parents
            .execute(&["-q", "--until", "06:00", "--time-zone", "Mars/Olympus"])
            .expect_code(2);
        parents.finish_and_check();
    }
);
