//! The database server is killed and comes back, or does not: the run goes on by itself, or the next one does.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{POINTS, Parents, SHORT};
use crate::db::TestDb;
use crate::servers::{Backend, PrivateServer};

fn private(backend: Backend, rows: u64) -> (PrivateServer, Parents) {
    let server = PrivateServer::start(backend).expect("`on_each_backend` has looked");
    let db = TestDb::at(backend, server.url());
    (server, Parents::within(db, rows))
}

on_each_backend!(a_server_that_comes_back_is_waited_for, |backend| {
    if backend == Backend::Sqlite {
        return;
    }
    let (mut server, mut parents) = private(backend, 3_000);
    let mut run = parents.spawn_writing(&["--max-rate", "500"]);
    for pause in [0, 700] {
        server.kill();
        std::thread::sleep(Duration::from_millis(pause));
        server.start_again();
        parents.db.reconnect();
        let before = crate::e2e::wrapped(&mut parents.db);
        let db = &mut parents.db;
        assert!(run.wait_until(|_| crate::e2e::wrapped(db) > before.min(2_999)));
    }
    run.finish().expect_code(0);
    parents.check_done();

    // A signal is heard while the server is gone.
    parents.db.exec("UPDATE parent SET password = first");
    let run = parents.spawn_writing(&["--max-rate", "300"]);
    server.kill();
    std::thread::sleep(Duration::from_millis(500));
    let since = Instant::now();
    run.signal(Signal::TERM);
    run.finish().expect_code(143);
    assert!(
        since.elapsed() < crate::e2e::signals::STOP_MAX,
        "{:?}",
        since.elapsed()
    );
    server.start_again();
    parents.db.reconnect();
    parents.finish_and_check();
});

#[test]
fn a_server_that_stays_away_is_given_up_and_the_next_run_goes_on() {
    crate::servers::on(Backend::Postgres, |backend| {
        let (mut server, mut parents) = private(backend, 3_000);
        // Eight seconds stand for the minute.
        parents
            .saltern
            .set(POINTS, &format!("{SHORT},short-patience=fail"));
        let run = parents.spawn_writing(&["--max-rate", "500"]);
        server.kill();
        let finished = run.finish_within(Duration::from_secs(150)).expect_code(5);
        assert!(finished.elapsed > Duration::from_secs(8), "{finished:?}");
        server.start_again();
        parents.db.reconnect();
        parents.finish_and_check();
    });
}

on_each_backend!(
    a_connection_that_is_lost_while_rows_are_counted_costs_time_alone,
    |backend| {
        let mut parents = Parents::new(backend, 300);
        parents
            .saltern
            .set(POINTS, &format!("{SHORT},scan-lost=fail"));
        let finished = parents.execute(&[]).expect_code(0);
        assert!(
            finished.stderr.contains("once more from the start"),
            "{finished:?}"
        );
        parents.check_done();
    }
);
