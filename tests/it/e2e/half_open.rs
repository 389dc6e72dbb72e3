//! A network that swallows packets: connections stay open, and nothing comes through any more.

use std::time::Duration;

use super::{POINTS, Parents, SHORT, parents_config};
use crate::proxy::Proxy;
use crate::saltern::Saltern;
use crate::servers::Backend;

/// Eight seconds stand for the minute.
const SHORT_PATIENCE: &str = "short-patience=fail";

fn behind_a_proxy(backend: Backend) -> (Proxy, Parents) {
    let mut parents = Parents::new(backend, 3_000);
    let proxy = Proxy::before(&parents.db.url());
    parents.saltern = Saltern::new(proxy.url(), &parents_config(""));
    (proxy, parents)
}

on_each_backend!(
    a_run_goes_on_over_new_connections_and_loses_no_count,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let (proxy, mut parents) = behind_a_proxy(backend);
        let mut run = parents.spawn_writing(&["--max-rate", "500"]);
        proxy.swallow();
        std::thread::sleep(Duration::from_secs(1));
        proxy.heal();
        let before = crate::e2e::wrapped(&mut parents.db);
        let db = &mut parents.db;
        assert!(run.wait_until(|_| crate::e2e::wrapped(db) > before));
        run.finish().expect_code(0);
        parents.check_done();
    }
);

on_each_backend!(
    a_server_that_is_out_of_reach_for_good_ends_a_run_with_5,
    |backend| {
        if backend == Backend::Sqlite {
            return;
        }
        let (proxy, mut parents) = behind_a_proxy(backend);
        let points = format!("{SHORT},{SHORT_PATIENCE}");
        parents.saltern.set(POINTS, &points);
        let run = parents.spawn_writing(&["--max-rate", "500"]);
        proxy.swallow();
        run.finish().expect_code(5);
        proxy.heal();
        parents.saltern.set(POINTS, SHORT);
        parents.finish_and_check();
    }
);

on_each_backend!(every_command_ends_with_5_and_the_reason, |backend| {
    if backend == Backend::Sqlite {
        return;
    }
    let (proxy, mut parents) = behind_a_proxy(backend);
    parents.saltern.set(POINTS, SHORT_PATIENCE);
    proxy.swallow();
    let commands: [&[&str]; 6] = [
        &["run", "--execute"],
        &["plan"],
        &["scan"],
        &["status"],
        &["doctor"],
        &["reset", "--class", "weak"],
    ];
    let runs = commands.map(|command| parents.saltern.spawn(command));
    for run in runs {
        let finished = run.finish().expect_code(5);
        assert!(finished.stderr.contains("no answer within"), "{finished:?}");
    }
});
