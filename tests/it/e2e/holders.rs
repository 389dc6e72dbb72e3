//! The holder of a column is dead only if it is known to be dead; and `status` says no more than it knows.

use std::process::{Command, Stdio};

use super::{POINTS, Parents, SHORT, in_ledger, wrapped};

/// Has the processes of its own that a container has, and shares the host's name and boot.
const OTHER_PROCESSES: [&[&str]; 2] = [
    &["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"],
    &[
        "unshare",
        "--user",
        "--map-root-user",
        "--pid",
        "--fork",
        "--mount-proc",
        "--kill-child",
    ],
];

/// The one of them that this machine allows.
fn other_processes() -> Option<&'static [&'static str]> {
    OTHER_PROCESSES.into_iter().find(|wrapper| {
        let tried = Command::new(wrapper[0])
            .args(&wrapper[1..])
            .arg("true")
            .stderr(Stdio::null())
            .status();
        tried.is_ok_and(|status| status.success())
    })
}

on_each_backend!(
    a_run_in_another_process_namespace_is_not_taken_for_dead,
    |backend| {
        let Some(wrapper) = other_processes() else {
            println!("left out: this machine allows no process namespace");
            return;
        };
        let mut parents = Parents::new(backend, 3_000);
        let mut first = parents.saltern.spawn_within(
            wrapper,
            &["run", "--execute", "--max-rate", "200", "--json"],
        );
        let db = &mut parents.db;
        assert!(
            first.wait_until(|_| wrapped(db) > 0),
            "{:?}",
            first.finish()
        );

        parents.execute(&[]).expect_code(11);

        // It goes on with its work.
        let before = wrapped(&mut parents.db);
        let db = &mut parents.db;
        assert!(
            first.wait_until(|_| wrapped(db) > before),
            "{:?}",
            first.finish()
        );
        first.kill();
        // Nobody here can see that it is gone: its lease tells.
        parents.execute(&[]).expect_code(11);
        let shown = parents.saltern.run(&["status"]).expect_code(0).stdout;
        assert!(!shown.contains("ended"), "{shown}");
        let expire = in_ledger(
            backend,
            "UPDATE {column_lock} SET lease_ms = lease_ms - 31000",
        );
        parents.db.exec(&expire);
        parents.finish_and_check();
    }
);

on_each_backend!(
    what_cant_be_looked_at_is_waited_for_by_its_lease,
    |backend| {
        let mut parents = Parents::new(backend, 1_500);
        let killed = parents.spawn_writing(&["--max-rate", "200"]);
        killed.kill();
        let elsewhere = |table: &str| {
            in_ledger(
                backend,
                &format!("UPDATE {{{table}}} SET namespaces = 'pid:[1] time:[1]'"),
            )
        };
        let known = parents.saltern.run(&["status"]).expect_code(0).stdout;
        assert!(known.contains(": ended, last seen"), "{known}");
        for table in ["column_lock", "worker"] {
            parents.db.exec(&elsewhere(table));
        }

        parents.execute(&[]).expect_code(11);

        let silent = in_ledger(backend, "UPDATE {worker} SET seen_ms = seen_ms - 200000");
        parents.db.exec(&silent);
        let shown = parents.saltern.run(&["status"]).expect_code(0).stdout;
        assert!(
            shown.contains(": not heard since ") && !shown.contains("ended"),
            "{shown}"
        );
        // A ledger of before knew no namespaces: of these processes nothing is known either.
        let unknown = in_ledger(backend, "UPDATE {column_lock} SET namespaces = NULL");
        parents.db.exec(&unknown);
        parents.execute(&[]).expect_code(11);
        let expire = in_ledger(
            backend,
            "UPDATE {column_lock} SET lease_ms = lease_ms - 31000",
        );
        parents.db.exec(&expire);
        parents.finish_and_check();
        let shown = parents.saltern.run(&["status"]).expect_code(0).stdout;
        assert!(shown.contains(": ended (done), last seen"), "{shown}");
    }
);

on_each_backend!(a_run_that_is_done_has_no_interrupted_sweep, |backend| {
    let mut parents = Parents::new(backend, 300);
    parents
        .saltern
        .set(POINTS, &format!("{},after-sweep", SHORT));
    assert_eq!(parents.execute(&["-q"]).signal(), Some(9));
    parents.saltern.set(POINTS, SHORT);

    parents.finish_and_check();

    assert_eq!(
        parents.ledger_number("SELECT COUNT(*) FROM {chunk} WHERE state <> 'done'"),
        0
    );
    let shown = parents
        .saltern
        .run(&["status", "--json"])
        .expect_code(0)
        .json();
    let passes = shown["passes"].as_array().unwrap();
    assert_eq!(passes.len(), 3, "{shown}");
    for pass in passes {
        assert_eq!(pass["chunks"], pass["chunks_done"], "{shown}");
    }
});

on_each_backend!(status_reads_a_ledger_of_an_earlier_version, |backend| {
    let mut parents = Parents::new(backend, 100);
    parents.spawn_writing(&["--max-rate", "20"]).kill();
    parents.db.make_ledger_older(8);

    let shown = parents.saltern.run(&["status"]).expect_code(0).stdout;

    assert!(
        shown.contains("columns held now") && !shown.contains("ended"),
        "{shown}"
    );
    // While a run is unfinished nobody makes another ledger of it, unless the operator says so.
    let refused = parents.execute(&[]).expect_code(4);
    assert!(refused.stderr.contains("is unfinished"), "{refused:?}");
    parents.execute(&["--new-run"]).expect_code(4);
    let expire = in_ledger(
        backend,
        "UPDATE {column_lock} SET lease_ms = lease_ms - 31000",
    );
    parents.db.exec(&expire);
    parents.execute(&[]).expect_code(4);
    parents.execute(&["--new-run", "-q"]).expect_code(0);
    parents.check_done();
});
