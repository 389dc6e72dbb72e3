//! SIGINT and SIGTERM: once, what is hashed is committed; twice, it is dropped. Either way the next run goes on.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::Parents;
use crate::db::TestDb;
use crate::servers::Backend;
use crate::session::Session;

/// What nobody asks to end is waited for a minute. A run that ends sooner has heard the signal. The
/// 5 s that it promises are held by its constants: how long they take is the machine's.
pub(super) const STOP_MAX: Duration = Duration::from_secs(40);

fn stops_with(parents: &mut Parents, signal: Signal, code: i32) {
    let run = parents.spawn_writing(&["--max-rate", "300"]);
    let since = Instant::now();
    run.signal(signal);
    let finished = run.finish();
    assert!(since.elapsed() < STOP_MAX, "{:?}", since.elapsed());
    let outcome = finished.json_lines().pop().unwrap();
    finished.expect_code(code);
    assert_eq!(outcome["exit_code"], code);
    parents.check_ledger();
    let done = parents.ledger_number("SELECT SUM(done) FROM {chunk}");
    assert_eq!(outcome["accounts"]["done"].as_u64(), Some(done));
    assert!((1..3_000).contains(&done), "{done}");
}

on_each_backend!(a_first_signal_ends_a_run_cleanly, |backend| {
    let mut parents = Parents::new(backend, 3_000);
    stops_with(&mut parents, Signal::INT, 130);
    stops_with(&mut parents, Signal::TERM, 143);
    parents.finish_and_check();
});

on_each_backend!(
    a_signal_in_the_middle_of_hashing_leaves_no_row_behind,
    |backend| {
        // Dear enough that the pool is always behind the reader: what is cut off must not be passed over.
        let mut parents = Parents::new(backend, 700);
        let dear = crate::e2e::parents_config("").replace("memory_kib = 64", "memory_kib = 4096");
        parents.saltern.configure(&dear);
        for pause in [0, 150, 300] {
            let run = parents.spawn(&["--json", "--sweeps", "0"]);
            let mut run = run;
            assert!(run.wait_until(|run| run.stdout_so_far().contains("\"started\"")));
            std::thread::sleep(Duration::from_millis(pause));
            run.signal(Signal::TERM);
            let finished = run.finish();
            assert!(matches!(finished.code(), Some(143 | 0)), "{finished:?}");
            parents.check_ledger();
        }
        // Without a sweep, the first pass alone must have all of them.
        parents.execute(&["-q", "--sweeps", "0"]).expect_code(0);
        parents.check_done();
    }
);

#[cfg(feature = "failpoints")]
on_each_backend!(a_second_signal_ends_a_run_at_once, |backend| {
    let mut parents = Parents::new(backend, 3_000);
    let halt = crate::saltern::Halt::new();
    let points = format!("{},{}", crate::e2e::SHORT, halt.at("after-swap"));
    parents.saltern.set(crate::e2e::POINTS, &points);
    let mut run = parents.spawn(&[]);
    // It sits in the middle of its first page, and hears nothing but a second signal.
    assert!(run.wait_until(|_| halt.is_reached()));
    run.signal(Signal::INT);
    assert!(run.wait_until(|run| run.stderr_so_far().contains("once more drops it")));
    run.signal(Signal::INT);
    run.finish().expect_code(130);
    assert_eq!(crate::e2e::wrapped(&mut parents.db), 0);
    parents.saltern.set(crate::e2e::POINTS, crate::e2e::SHORT);
    parents.finish_and_check();
});

/// Somebody holds the whole table, or SQLite's file.
fn hold_the_table(parents: &Parents, backend: Backend) -> Session {
    let mut holder = parents.db.connect();
    match backend {
        Backend::Postgres => {
            holder.exec("BEGIN");
            holder.exec("LOCK TABLE parent IN ACCESS EXCLUSIVE MODE");
        }
        Backend::MariaDb | Backend::MySql => {
            holder.exec("LOCK TABLES parent WRITE");
        }
        Backend::Sqlite => {
            holder.exec("BEGIN EXCLUSIVE");
        }
    }
    holder
}

/// Whether somebody waits for the table, as the server tells; for SQLite, whether the process has its file open.
fn somebody_waits(watch: &mut Session, backend: Backend, process: u32, database: &str) -> bool {
    match backend {
        Backend::Postgres => {
            let of_it =
                "database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            let waits = format!("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND {of_it}");
            watch.count(&waits) > 0
        }
        Backend::MariaDb | Backend::MySql => {
            let waits = format!(
                "SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{database}' \
                 AND state LIKE 'Waiting for table%lock%'"
            );
            watch.count(&waits) > 0
        }
        Backend::Sqlite => std::fs::read_dir(format!("/proc/{process}/fd"))
            .into_iter()
            .flatten()
            .filter_map(|file| std::fs::read_link(file.ok()?.path()).ok())
            .any(|path| path.to_string_lossy().contains(database)),
    }
}

on_each_backend!(
    a_signal_is_heard_while_the_table_is_locked_before_the_run_begins,
    |backend| {
        let parents = Parents::new(backend, 50);
        let database = match backend {
            Backend::Sqlite => parents.db.url().rsplit('/').next().unwrap().to_owned(),
            _ => parents.db.name().to_owned(),
        };
        let mut watch = match backend {
            // A second connection could not read the file while it is held.
            Backend::Sqlite => TestDb::new(backend).connect(),
            _ => parents.db.connect(),
        };
        let _holder = hold_the_table(&parents, backend);
        let mut run = parents.spawn(&[]);
        let process = run.id();
        assert!(run.wait_until(|_| somebody_waits(&mut watch, backend, process, &database)));
        let since = Instant::now();
        run.signal(Signal::TERM);
        run.finish().expect_code(143);
        assert!(since.elapsed() < STOP_MAX, "{:?}", since.elapsed());
    }
);
