//! What is refused, and that nothing was written then.

use super::{CHEAP, Parents, parents_config, wrapped};
use crate::saltern::Saltern;

on_each_backend!(another_plan_is_refused_and_says_what_differs, |backend| {
    let mut parents = Parents::new(backend, 300);
    parents.execute(&["-q", "--max-rows", "100"]).expect_code(8);
    let other = parents_config("").replace("iterations = 1", "iterations = 2");
    parents.saltern.configure(&other);

    let refused = parents.execute(&[]).expect_code(4);

    assert!(
        refused.stderr.contains("iterations") && refused.stderr.contains("--new-run"),
        "{}",
        refused.stderr
    );
    assert_eq!(wrapped(&mut parents.db), 100);
    parents.execute(&["-q", "--new-run"]).expect_code(0);
    parents.check_done();
    let abandoned = "SELECT COUNT(*) FROM {run} WHERE state = 'abandoned'";
    assert_eq!(parents.ledger_number(abandoned), 1);
});

on_each_backend!(readers_that_are_not_ready_are_not_locked_out, |backend| {
    let mut parents = Parents::new(backend, 100);
    let unready = parents_config("").replace("readers_ready = true", "");
    parents.saltern.configure(&unready);

    let refused = parents.execute(&[]).expect_code(4);

    assert!(
        refused.stderr.contains("readers_ready"),
        "{}",
        refused.stderr
    );
    assert_eq!(wrapped(&mut parents.db), 0);
});

on_each_backend!(what_is_not_proven_is_not_guessed, |backend| {
    let mut parents = Parents::new(backend, 100);
    let auto = parents_config("").replace("scheme = \"md5\"", "scheme = \"auto\"");
    parents.saltern.configure(&auto);

    let refused = parents.execute(&[]).expect_code(4);

    assert!(refused.stderr.contains("scheme"), "{}", refused.stderr);
    assert_eq!(wrapped(&mut parents.db), 0);
    parents.saltern.run(&["plan"]).expect_code(0);
});

on_each_backend!(a_dry_run_writes_nothing, |backend| {
    let mut parents = Parents::new(backend, 100);
    let print = parents.saltern.run(&["run", "--print"]).expect_code(0);
    assert_eq!(
        print
            .stdout
            .lines()
            .filter(|l| l.contains("wrap") && l.starts_with("parents"))
            .count(),
        100,
        "{}",
        print.stdout
    );
    for command in [&["scan"][..], &["plan"], &["run"], &["status"]] {
        parents.saltern.run(command).expect_code(0);
    }
    assert_eq!(wrapped(&mut parents.db), 0);
    let sql = crate::e2e::in_ledger(backend, "SELECT COUNT(*) FROM {run}");
    assert!(parents.db.try_query(&sql).is_err(), "a ledger was made");
});

#[test]
fn a_database_that_is_not_there_is_temporary() {
    for url in [
        "postgres://saltern@localhost/shop?host=/nowhere",
        "mysql://saltern@localhost/shop?socket=/nowhere/s",
    ] {
        let mut saltern = Saltern::new(url, &parents_config(""));
        saltern.have_no_patience();
        let finished = saltern.run(&["run", "--execute"]).expect_code(5);
        assert!(
            finished.stderr.contains("cannot connect"),
            "{}",
            finished.stderr
        );
    }
}

on_each_backend!(a_table_that_is_not_there_is_named, |backend| {
    let parents = Parents::new(backend, 1);
    let config = format!(
        "[[credential]]\nname = \"x\"\ntable = \"nobody\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"auto\"\n{CHEAP}"
    );
    parents.saltern.configure(&config);
    let refused = parents.execute(&[]).expect_code(4);
    assert!(refused.stderr.contains("nobody"), "{}", refused.stderr);
});
