//! What bounds an invocation: it stops where it was told to, and the next one goes on.

use std::time::{Duration, Instant};

use super::{CHEAP, Parents, md5, opens, parents_config, password_of, wrapped};

on_each_backend!(
    max_rows_stops_after_so_many_and_the_next_goes_on,
    |backend| {
        let mut parents = Parents::new(backend, 2_500);
        for done in [1_111, 2_222] {
            parents
                .execute(&["-q", "--max-rows", "1111"])
                .expect_code(8);
            parents.check_ledger();
            assert_eq!(wrapped(&mut parents.db), done);
        }
        parents.finish_and_check();
        assert_eq!(parents.ledger_number("SELECT COUNT(*) FROM {run}"), 1);
    }
);

on_each_backend!(max_runtime_and_max_rate_hold_a_run_back, |backend| {
    let mut parents = Parents::new(backend, 1_500);
    let since = Instant::now();
    parents
        .execute(&["-q", "--max-runtime", "2s", "--max-rate", "200"])
        .expect_code(10);
    assert!(since.elapsed() > Duration::from_secs(2));
    let done = wrapped(&mut parents.db);
    // A page of a second's worth is let through at once, and one is on its way at the end.
    assert!(done <= 800, "{done} rows in 2 s at 200 a second");
    parents.check_ledger();
    parents.finish_and_check();
});

on_each_backend!(a_canary_is_written_checked_and_waited_for, |backend| {
    let mut parents = Parents::new(backend, 300);
    parents
        .db
        .exec("CREATE TABLE kid (id INTEGER PRIMARY KEY, pin VARCHAR(200))");
    parents.db.insert(
        "kid",
        &["id", "pin"],
        (0..50).map(|id| [Some(id.to_string()), Some(md5(&password_of(id)))]),
    );
    let unready = parents_config("").replace("readers_ready = true", "");
    let kids = "[[credential]]\nname = \"kids\"\ntable = \"kid\"\nkey = \"id\"\ncolumn = \"pin\"\nscheme = \"md5\"\n";
    parents.saltern.configure(&format!("{kids}{unready}"));

    parents.execute(&["-q", "--canary", "3"]).expect_code(10);

    // Of each credential, and no row more.
    assert_eq!(wrapped(&mut parents.db), 3);
    assert_eq!(
        parents
            .db
            .count("SELECT COUNT(*) FROM kid WHERE pin LIKE '$argon2id--md5$%'"),
        3
    );
    let keys = parents.saltern.folder().join("keys");
    std::fs::write(&keys, "parents\t77\nparents\t78\nkids\t9\nkids\t4711\n").unwrap();
    parents.execute(&["-q", "--keys", "keys"]).expect_code(10);
    for id in [77, 78] {
        let stored = parents
            .db
            .value(&format!("SELECT password FROM parent WHERE id = {id}"));
        assert!(opens(&stored.unwrap(), &password_of(id)));
    }
    assert_eq!(wrapped(&mut parents.db), 5);
    // More than ten rows need readers that are ready; so does the rest.
    parents.execute(&["-q", "--canary", "11"]).expect_code(4);
    parents.execute(&["-q"]).expect_code(4);
    let ready = "readers_ready = true\n";
    parents
        .saltern
        .configure(&format!("{kids}{ready}{}", parents_config("")));
    parents.execute(&["-q"]).expect_code(0);
    assert_eq!(wrapped(&mut parents.db), 300);
    assert_eq!(
        parents.ledger_number("SELECT SUM(done) FROM {chunk} WHERE candidates = done"),
        350
    );
    assert_eq!(
        parents
            .db
            .count("SELECT COUNT(*) FROM kid WHERE pin LIKE '$argon2id--md5$%'"),
        50
    );
});

on_each_backend!(a_pause_file_holds_a_run_until_it_is_gone, |backend| {
    let mut parents = Parents::new(backend, 500);
    let pause = parents.saltern.folder().join("pause");
    std::fs::write(&pause, "").unwrap();
    let mut run = parents.spawn(&["--json", "--pause-file", "pause"]);
    assert!(run.wait_until(|run| run.stdout_so_far().contains("\"paused\"")));
    assert_eq!(wrapped(&mut parents.db), 0);

    std::fs::remove_file(&pause).unwrap();

    run.finish().expect_code(0);
    parents.check_done();
});

on_each_backend!(
    a_run_waits_while_the_query_s_number_is_too_high,
    |backend| {
        let mut parents = Parents::new(backend, 500);
        parents.db.exec("CREATE TABLE behind (seconds VARCHAR(9))");
        parents.db.exec("INSERT INTO behind VALUES ('7.5')");
        // A number by type on every database, and a comment that must not eat what comes behind it.
        let query = "SELECT CAST(seconds AS DECIMAL(9, 2)) FROM behind -- the worst";
        let lagging = ["--json", "--max-lag", "5", "--lag-query", query];

        let mut run = parents.spawn(&lagging);
        assert!(run.wait_until(|run| run.stdout_so_far().contains("gives 7.5, above --max-lag 5")));
        // What can't be known is not good news.
        parents.db.exec("DROP TABLE behind");
        assert!(run.wait_until(|run| run.stdout_so_far().contains("gives no number")));
        assert_eq!(wrapped(&mut parents.db), 0);
        parents.db.exec("CREATE TABLE behind (seconds VARCHAR(9))");
        parents.db.exec("INSERT INTO behind VALUES ('5')");
        run.finish().expect_code(0);
        parents.check_done();
    }
);

on_each_backend!(
    a_query_without_a_number_is_refused_before_anything_is_written,
    |backend| {
        let mut parents = Parents::new(backend, 20);
        for query in ["SELECT NULL", "SELECT seconds FROM nowhere"] {
            let refused = parents
                .execute(&["-q", "--max-lag", "5", "--lag-query", query])
                .expect_code(4);
            assert!(refused.stderr.contains("--lag-query"), "{}", refused.stderr);
        }
        for query in ["SELECT 1; SELECT 2", "SELECT 1) + (2"] {
            parents
                .execute(&["-q", "--max-lag", "5", "--lag-query", query])
                .expect_code(2);
        }
        parents.execute(&["-q", "--max-lag", "5"]).expect_code(2);
        assert_eq!(wrapped(&mut parents.db), 0);
    }
);

on_each_backend!(
    what_arrives_behind_the_cursor_is_found_by_a_sweep,
    |backend| {
        let mut parents = Parents::new(backend, 1_000);
        let run = parents.spawn_writing(&["--max-rate", "400"]);
        let weak = md5(&password_of(0));
        parents.db.exec(&format!(
            "UPDATE parent SET password = '{weak}' WHERE id = 0"
        ));

        let finished = run.finish();

        let outcome = finished.json_lines().pop().unwrap();
        finished.expect_code(0);
        assert_eq!(outcome["arrived"], 1, "{outcome}");
        parents.check_done();
    }
);

on_each_backend!(nothing_to_do_is_told_where_it_is_asked_for, |backend| {
    let parents = Parents::new(backend, 20);
    parents.execute(&["-q"]).expect_code(0);
    parents
        .execute(&["-q", "--exit-nothing-to-do"])
        .expect_code(9);
    let quiet = parents.execute(&["-q"]).expect_code(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
});

on_each_backend!(
    a_row_that_cannot_be_helped_is_quarantined_and_the_rest_goes_on,
    |backend| {
        let mut parents = Parents::new(backend, 600);
        parents.db.exec("CREATE TABLE kid (id INTEGER PRIMARY KEY, pin VARCHAR(200), CHECK (id <> 5 OR pin NOT LIKE '$%'))");
        parents.db.insert(
            "kid",
            &["id", "pin"],
            (0..100).map(|id| {
                let pin = if id == 7 {
                    md5("x")
                } else {
                    format!("secret {id}")
                };
                [Some(id.to_string()), Some(pin)]
            }),
        );
        parents.saltern.configure(&format!(
        "[[credential]]\nname = \"kids\"\ntable = \"kid\"\nkey = \"id\"\ncolumn = \"pin\"\nscheme = \"plaintext\"\nreaders_ready = true\n{CHEAP}"
    ));

        parents.execute(&["-q"]).expect_code(3);

        let rows = parents.ledger("SELECT row_key, reason FROM {quarantine} ORDER BY reason");
        let rows: Vec<(&str, &str)> = rows
            .iter()
            .map(|row| (row[0].as_deref().unwrap(), row[1].as_deref().unwrap()))
            .collect();
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(
            rows[0].0.contains('7') && rows[0].1 == "looks-hashed",
            "{rows:?}"
        );
        assert!(
            rows[1].0.contains('5') && rows[1].1 == "write-refused",
            "{rows:?}"
        );
        for id in [0_u64, 99] {
            let stored = parents
                .db
                .value(&format!("SELECT pin FROM kid WHERE id = {id}"));
            assert!(opens(&stored.unwrap(), &format!("secret {id}")));
        }
        assert_eq!(
            parents
                .db
                .count("SELECT COUNT(*) FROM kid WHERE pin LIKE '$argon2id$%'"),
            98
        );
    }
);
