//! What is waited for is told, with its reason and its holder, and the wait has an end.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{POINTS, Parents, SHORT, parents_config};
use crate::db::TestDb;
use crate::proxy::Proxy;
use crate::saltern::{Running, Saltern};
use crate::servers::{Backend, PrivateServer};
use crate::session::Session;

/// Eight seconds stand for the minute.
const SHORT_PATIENCE: &str = "short-patience=fail";

/// What a statement of the holder's has in it, and what nobody must be told.
const UNTOLD: &str = "hunter2";

/// The event of a wait.
const TOLD: &str = "\"type\":\"waiting\"";

/// What each wait is told with.
const WAITING: &str = "waiting for";

/// A session that holds one row, or the whole file of SQLite. Its process, where the server has any.
fn hold_a_row(parents: &Parents, id: u64) -> (Session, Option<String>) {
    let mut holder = parents.db.connect();
    let touch = format!("UPDATE parent SET seen = '{UNTOLD}' WHERE id = {id}");
    let process = match parents.db.backend() {
        Backend::Postgres => holder.value("SELECT pg_backend_pid()::text"),
        Backend::MariaDb | Backend::MySql => holder.value("SELECT CAST(CONNECTION_ID() AS CHAR)"),
        Backend::Sqlite => None,
    };
    holder.exec("BEGIN");
    holder.exec(&touch);
    (holder, process)
}

fn says(run: &mut Running, text: &str) {
    assert!(
        run.wait_until(
            |run| run.stderr_so_far().contains(text) || run.stdout_so_far().contains(text)
        ),
        "no {text:?} in\n{}\n{}",
        run.stdout_so_far(),
        run.stderr_so_far()
    );
}

on_each_backend!(
    who_holds_a_row_is_told_in_the_log_and_by_status_and_the_run_goes_on,
    |backend| {
        let mut parents = Parents::new(backend, 300);
        let (holder, process) = hold_a_row(&parents, 120);
        let mut run = parents.spawn(&["--interval", "1h"]);
        says(&mut run, WAITING);
        if let Some(process) = process {
            says(&mut run, &format!("held by process {process}"));
            // The heartbeat takes it to the ledger.
            let mut asked = String::new();
            while !asked.contains("\"waiting\"") {
                std::thread::sleep(Duration::from_millis(100));
                asked = parents
                    .saltern
                    .run(&["status", "--json"])
                    .expect_code(0)
                    .stdout;
            }
        }
        drop(holder);
        let finished = run.finish().expect_code(0);
        assert!(!finished.stderr.contains(UNTOLD), "{finished:?}");
        parents.check_done();
    }
);

on_each_backend!(
    rows_that_stay_locked_end_a_run_with_5_and_a_key,
    |backend| {
        let mut parents = Parents::new(backend, 8);
        let points = format!("{SHORT},{SHORT_PATIENCE}");
        parents.saltern.set(POINTS, &points);
        let (mut holder, process) = hold_a_row(&parents, 4);
        holder.exec("UPDATE parent SET seen = 'too' WHERE id = 5");
        let run = parents.spawn(&["--json"]);
        let finished = run.finish().expect_code(5);
        let outcome = finished.json_lines().pop().unwrap().to_string();
        if let Some(process) = process {
            let rows = [
                "the row with the key 4",
                "the row with the key 5",
                "from 4 to 5",
            ];
            assert!(rows.iter().any(|row| outcome.contains(row)), "{outcome}");
            assert!(
                outcome.contains(&format!("held by process {process}")),
                "{outcome}"
            );
            // Another may go on at once.
            let held = "SELECT COUNT(*) FROM {column_lock} WHERE owner IS NOT NULL";
            assert_eq!(parents.ledger_number(held), 0);
            let leased = "SELECT COUNT(*) FROM {chunk} WHERE state = 'leased'";
            assert_eq!(parents.ledger_number(leased), 0);
        }
        assert!(finished.stdout.contains(TOLD), "{finished:?}");
        assert!(!finished.stdout.contains(UNTOLD), "{finished:?}");
        drop(holder);
        parents.finish_and_check();
    }
);

on_each_backend!(a_table_that_stays_locked_ends_a_run_with_5, |backend| {
    let mut parents = Parents::new(backend, 3_000);
    let points = format!("{SHORT},{SHORT_PATIENCE}");
    parents.saltern.set(POINTS, &points);
    let run = parents.spawn_writing(&["--max-rate", "300"]);
    let mut holder = parents.db.connect();
    match backend {
        // As CREATE INDEX does: everybody may read, and nobody may write.
        Backend::Postgres => {
            holder.exec("BEGIN");
            holder.exec("LOCK TABLE parent IN SHARE MODE");
        }
        Backend::MariaDb | Backend::MySql => {
            holder.exec("LOCK TABLES parent WRITE");
        }
        Backend::Sqlite => {
            holder.exec("BEGIN IMMEDIATE");
        }
    }
    let finished = run.finish().expect_code(5);
    assert!(finished.stdout.contains(TOLD), "{finished:?}");
    drop(holder);
    parents.finish_and_check();
});

#[test]
fn the_read_lock_of_a_dump_is_waited_for_and_given_up() {
    for backend in [Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let server = PrivateServer::start(backend).expect("`on` has looked");
            let mut parents = Parents::within(TestDb::at(backend, server.url()), 3_000);
            let mut run = parents.spawn_writing(&["--max-rate", "300"]);
            let mut holder = parents.db.connect();
            holder.exec("FLUSH TABLES WITH READ LOCK");
            says(&mut run, TOLD);
            holder.exec("UNLOCK TABLES");
            run.finish().expect_code(0);
            parents.check_done();

            parents.db.exec("UPDATE parent SET password = first");
            let points = format!("{SHORT},{SHORT_PATIENCE}");
            parents.saltern.set(POINTS, &points);
            let run = parents.spawn_writing(&["--max-rate", "300"]);
            holder.exec("FLUSH TABLES WITH READ LOCK");
            run.finish().expect_code(5);
            holder.exec("UNLOCK TABLES");
            parents.saltern.set(POINTS, SHORT);
            parents.execute(&["-q"]).expect_code(0);
        });
    }
}

on_each_backend!(
    every_command_waits_for_a_server_that_is_not_there_yet,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let mut server = PrivateServer::start(backend).expect("`on_each_backend` has looked");
        let mut parents = Parents::within(TestDb::at(backend, server.url()), 60);
        server.kill();
        let commands: [&[&str]; 8] = [
            &["run", "--execute"],
            &["run"],
            &["plan"],
            &["scan"],
            &["status"],
            &["report"],
            &["doctor"],
            &["reset", "--class", "weak", "--json"],
        ];
        let mut runs: Vec<Running> = commands
            .iter()
            .map(|command| parents.saltern.spawn(command))
            .collect();
        for run in &mut runs {
            says(run, WAITING);
        }
        server.start_again();
        for run in runs {
            let finished = run.finish();
            assert!(matches!(finished.code(), Some(0 | 7)), "{finished:?}");
        }
        parents.db.reconnect();
        parents.finish_and_check();
    }
);

on_each_backend!(what_waiting_does_not_mend_ends_at_once, |backend| {
    let parents = Parents::new(backend, 1);
    let url = parents.db.url();
    let wrong = match backend {
        Backend::Sqlite => "sqlite:///not/there".to_owned(),
        _ => url.replace(parents.db.name(), "no_such_database"),
    };
    let mut saltern = Saltern::new(&wrong, &parents_config(""));
    saltern.set(POINTS, SHORT);
    for command in [&["status"][..], &["scan"], &["run", "--execute"]] {
        let finished = saltern.run(command).expect_code(2);
        assert!(!finished.stderr.contains(WAITING), "{finished:?}");
    }
});

/// Steps of a run, each by words that its first statement has in it.
const STEPS: [(&str, &str); 8] = [
    ("connecting", ""),
    ("examining", "trigger"),
    ("migrating", "CREATE TABLE"),
    ("locking", "lease_ms - "),
    ("creating the run", "(id, digest, spec"),
    ("claiming", "SET state = 'leased', epoch"),
    ("writing a page", "argon2id--md5"),
    ("closing", "SET state = ?, finished_ms"),
];

/// A run at each step of which nothing comes through any more.
fn cut_at_each_step(
    backend: Backend,
    points: &str,
) -> Vec<(&'static str, Proxy, Parents, Running)> {
    let cut = |(step, words): (&'static str, &str)| {
        let mut parents = Parents::new(backend, 60);
        let proxy = Proxy::before(&parents.db.url());
        let words = match (backend, step) {
            // Its parameters have numbers.
            (Backend::Postgres, _) => words.replacen('?', "$1", 1),
            (_, "examining") => "TRIGGERS".to_owned(),
            _ => words.to_owned(),
        };
        proxy.swallow_at(&words);
        parents.saltern = Saltern::new(proxy.url(), &parents_config(""));
        parents.saltern.set(POINTS, points);
        (step, proxy, parents)
    };
    let cut: Vec<_> = STEPS.into_iter().map(cut).collect();
    let start = |(step, proxy, parents): (_, _, Parents)| {
        let run = parents.spawn(&["--json"]);
        (step, proxy, parents, run)
    };
    cut.into_iter().map(start).collect()
}

on_each_backend!(
    a_server_that_is_lost_at_any_step_and_comes_back_costs_time_alone,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let mut cut = cut_at_each_step(backend, SHORT);
        let mut silent: Vec<_> = cut.iter_mut().map(|cut| (cut, None)).collect();
        // All are looked at in turn: each must be healed before it has no patience left.
        while !silent.is_empty() {
            silent.retain_mut(|((step, proxy, _, run), said)| {
                let is_over = run.is_over();
                // Before it is cut a slow machine may have waited for something else.
                if said.is_none() && proxy.swallows() {
                    *said = Some(run.stdout_so_far().len());
                }
                let stdout = run.stdout_so_far();
                let since_then = said.and_then(|said| stdout.get(said..));
                if since_then.is_some_and(|new| new.contains(TOLD)) {
                    proxy.heal();
                    return false;
                }
                assert!(!is_over, "{step}: {stdout}");
                true
            });
            std::thread::sleep(Duration::from_millis(5));
        }
        for (step, _, mut parents, run) in cut {
            let finished = run.finish();
            assert_eq!(finished.code(), Some(0), "{step}: {finished:?}");
            parents.check_done();
        }
    }
);

on_each_backend!(
    a_server_that_is_lost_for_good_at_any_step_ends_a_run_with_5,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let points = format!("{SHORT},{SHORT_PATIENCE}");
        for (step, proxy, mut parents, run) in cut_at_each_step(backend, &points) {
            let finished = run.finish();
            assert_eq!(finished.code(), Some(5), "{step}: {finished:?}");
            let told = finished.stdout.contains(TOLD);
            assert!(told, "{step}: {finished:?}");
            proxy.heal();
            proxy.hang_up();
            parents.saltern.set(POINTS, SHORT);
            parents.finish_and_check();
        }
    }
);

/// MySQL alone: PostgreSQL and MariaDB have settings of their own for it, which say a minute.
#[test]
fn a_worker_that_is_stopped_holds_its_rows_no_longer_than_the_patience_on_mysql() {
    crate::servers::on(Backend::MySql, |backend| {
        let mut parents = Parents::new(backend, 40);
        let points = format!("{SHORT},{SHORT_PATIENCE},after-swap=stop");
        parents.saltern.set(POINTS, &points);
        let mut run = parents.spawn(&["-q"]);
        let stat = format!("/proc/{}/stat", run.id());
        let is_stopped = |_: &Running| {
            let stat = std::fs::read_to_string(&stat).unwrap_or_default();
            stat.rsplit(')')
                .next()
                .is_some_and(|rest| rest.starts_with(" T"))
        };
        assert!(run.wait_until(is_stopped));
        // The server waits for a row for 50 s, and the session that holds it is ended before.
        parents.db.exec("UPDATE parent SET seen = 'now'");
        run.signal(Signal::CONT);
        let finished = run.finish();
        assert!(matches!(finished.code(), Some(0 | 5 | 11)), "{finished:?}");
        parents.saltern.set(POINTS, SHORT);
        parents.finish_and_check();
    });
}

/// The figures are measured where this variable is set: five minutes on each server.
const FIGURES: &str = "SALTERN_TEST_FIGURES";

/// What is done after the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Nothing,
    Heal,
    Signal,
}

/// What was seen of one step, counted from the loss.
#[derive(Debug)]
struct Seen {
    first_line: Duration,
    end: Duration,
    code: Option<i32>,
}

fn see(mut run: Running, proxy: &Proxy, after: After) -> Seen {
    assert!(run.wait_until(|_| proxy.swallows()));
    let lost = Instant::now();
    let before = run.stdout_so_far().len();
    let told = |run: &Running| run.stdout_so_far()[before..].contains("\"type\":\"waiting\"");
    assert!(run.wait_until(told), "{}", run.stdout_so_far());
    let first_line = lost.elapsed();
    let mut acted = lost;
    match after {
        After::Nothing => {}
        After::Heal => {
            std::thread::sleep(Duration::from_secs(30).saturating_sub(lost.elapsed()));
            proxy.heal();
        }
        After::Signal => {
            acted = Instant::now();
            run.signal(Signal::TERM);
        }
    }
    let finished = run.finish_within(Duration::from_secs(180));
    Seen {
        first_line,
        end: acted.elapsed(),
        code: finished.code(),
    }
}

on_each_backend!(how_long_a_loss_takes_with_the_real_patience, |backend| {
    if backend == Backend::Sqlite || std::env::var_os(FIGURES).is_none() {
        return;
    }
    for (after, code, end_max) in [
        (After::Nothing, 5, 75),
        (After::Heal, 0, 75),
        (After::Signal, 143, 6),
    ] {
        let cut = cut_at_each_step(backend, SHORT);
        let watched = cut.into_iter().map(|(step, proxy, parents, run)| {
            std::thread::spawn(move || (step, see(run, &proxy, after), proxy, parents))
        });
        for thread in watched.collect::<Vec<_>>() {
            let (step, seen, proxy, mut parents) = thread.join().unwrap();
            println!("{}, {step}, {after:?}: {seen:?}", backend.name());
            assert_eq!(seen.code, Some(code), "{step}: {seen:?}");
            assert!(seen.first_line < Duration::from_secs(4), "{step}: {seen:?}");
            assert!(seen.end < Duration::from_secs(end_max), "{step}: {seen:?}");
            proxy.heal();
            proxy.hang_up();
            parents.finish_and_check();
        }
    }
});
