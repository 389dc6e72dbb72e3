//! The command as people, cron and scripts use it: streams, exit codes, what is printed and what is not.

use std::io::Read;
use std::process::{Command, Stdio};

use rustix::process::Signal;

use crate::db::TestDb;
use crate::saltern::Saltern;
use crate::servers::Backend;

/// A table of MD5s and the configuration for it; the hash is cheap.
fn parents(rows: usize) -> (TestDb, Saltern) {
    let mut db = TestDb::new(Backend::Sqlite);
    db.exec("CREATE TABLE parent (id INTEGER PRIMARY KEY, password TEXT)");
    db.insert(
        "parent",
        &["id", "password"],
        (0..rows).map(|n| [Some(n.to_string()), Some(md5(n))]),
    );
    let saltern = Saltern::new(&db.url(), &config("md5", 64));
    (db, saltern)
}

fn config(scheme: &str, memory_kib: u32) -> String {
    format!(
        "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"{scheme}\"\n\
         readers_ready = true\n[target]\nalgorithm = \"argon2id\"\nmemory_kib = {memory_kib}\niterations = 1\n"
    )
}

fn md5(n: usize) -> String {
    use md5::{Digest, Md5};
    Md5::digest(format!("password{n}"))
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

#[test]
fn a_typo_is_exit_2_and_names_what_was_meant() {
    let (_db, saltern) = parents(1);
    let finished = saltern.run(&["sacn"]).expect_code(2);
    assert!(finished.stderr.contains("scan"), "{}", finished.stderr);
    assert_eq!(finished.stdout, "");
}

#[test]
fn a_bench_measures_the_target_on_one_thread_and_on_all_without_a_database() {
    let saltern = Saltern::new("sqlite:nowhere", &config("md5", 64));
    let arguments = ["bench", "--target-only", "--rows", "1000", "--threads", "2"];
    let measured = saltern.run(&[&arguments[..], &["--seconds", "0", "--json"]].concat());
    let measured = measured.expect_code(0).json();
    let of = |threads: u64| {
        let all = measured["measured"].as_array().unwrap();
        all.iter().find(|one| one["threads"] == threads).unwrap()
    };
    for one in [of(1), of(2)] {
        assert_eq!(
            (&one["memory_kib"], &one["kernel"]),
            (&64.into(), &"crate".into())
        );
        let rate = one["hashes_per_second"].as_f64().unwrap();
        assert!((one["seconds"].as_f64().unwrap() - 1_000.0 / rate).abs() < 1e-6);
    }
    std::fs::remove_file(saltern.folder().join("saltern.toml")).unwrap();
    saltern.run(&["bench", "--target-only"]).expect_code(2);
}

#[test]
fn a_dry_run_writes_nothing_not_even_a_ledger() {
    let (mut db, saltern) = parents(20);
    let finished = saltern.run(&["run"]).expect_code(0);
    assert!(
        finished.stdout.contains("nothing was written"),
        "{}",
        finished.stdout
    );
    assert_eq!(db.count("SELECT COUNT(*) FROM sqlite_master"), 1);
    assert_eq!(
        db.count("SELECT COUNT(*) FROM parent WHERE length(password) = 32"),
        20
    );
}

#[test]
fn quiet_prints_nothing_on_success() {
    let (_db, saltern) = parents(20);
    let finished = saltern.run(&["run", "--execute", "-q"]).expect_code(0);
    assert_eq!(
        (finished.stdout.as_str(), finished.stderr.as_str()),
        ("", "")
    );
}

#[test]
fn the_last_json_line_is_the_outcome_with_the_exit_code() {
    let (_db, saltern) = parents(20);
    let lines = saltern
        .run(&["run", "--execute", "--json"])
        .expect_code(0)
        .json_lines();
    for line in &lines {
        for field in ["v", "ts", "type", "run", "worker"] {
            assert!(line.get(field).is_some(), "no {field} in {line}");
        }
    }
    let last = lines.last().unwrap();
    assert_eq!(
        (last["type"].as_str(), last["exit_code"].as_u64()),
        (Some("outcome"), Some(0))
    );
    assert_eq!(last["accounts"]["done"], 20);
    assert_eq!(
        lines
            .iter()
            .filter(|line| line["type"] == "outcome")
            .count(),
        1
    );
}

#[test]
fn the_last_json_line_of_a_failure_has_its_exit_code_too() {
    let saltern = Saltern::new("sqlite:nowhere.db", &config("md5", 64));
    let finished = saltern.run(&["run", "--execute", "--json"]).expect_code(2);
    let last = finished.json_lines().pop().unwrap();
    assert_eq!(last["exit_code"], 2);
    assert!(last["error"].is_string() && last["what_to_do"].is_string());
}

#[test]
fn max_rows_is_exit_8_and_the_same_command_goes_on() {
    let (mut db, saltern) = parents(30);
    saltern
        .run(&["run", "--execute", "--max-rows", "10"])
        .expect_code(8);
    assert_eq!(
        db.count("SELECT COUNT(*) FROM parent WHERE length(password) = 32"),
        20
    );
    saltern.run(&["run", "--execute"]).expect_code(0);
    assert_eq!(
        db.count("SELECT COUNT(*) FROM parent WHERE length(password) = 32"),
        0
    );
}

#[test]
fn a_canary_is_exit_10_and_writes_only_its_rows() {
    let (mut db, saltern) = parents(30);
    saltern
        .run(&["run", "--execute", "--canary", "3"])
        .expect_code(10);
    assert_eq!(
        db.count("SELECT COUNT(*) FROM parent WHERE length(password) > 32"),
        3
    );
}

#[test]
fn nothing_to_do_is_exit_9_only_where_it_was_asked_for() {
    let (_db, saltern) = parents(5);
    saltern.run(&["run", "--execute"]).expect_code(0);
    saltern.run(&["run", "--execute"]).expect_code(0);
    saltern
        .run(&["run", "--execute", "--exit-nothing-to-do"])
        .expect_code(9);
}

#[test]
fn fail_on_is_exit_20_while_there_is_something_to_find() {
    let (_db, saltern) = parents(5);
    saltern
        .run(&["scan", "--fail-on", "plaintext"])
        .expect_code(0);
    saltern
        .run(&["scan", "--fail-on", "plaintext,weak"])
        .expect_code(20);
    saltern.run(&["run", "--execute"]).expect_code(0);
    saltern.run(&["scan", "--fail-on", "weak"]).expect_code(0);
}

#[test]
fn an_unproven_column_is_planned_with_exit_0_and_refused_with_exit_4() {
    let (mut db, saltern) = parents(5);
    saltern.configure(&config("auto", 64));
    let plan = saltern.run(&["plan"]).expect_code(0);
    assert!(plan.stdout.contains("would refuse"), "{}", plan.stdout);
    let refused = saltern.run(&["run", "--execute"]).expect_code(4);
    assert!(
        refused.stderr.contains("what to do: "),
        "{}",
        refused.stderr
    );
    assert_eq!(
        db.count("SELECT COUNT(*) FROM parent WHERE length(password) = 32"),
        5
    );
}

#[test]
fn print_shows_credential_key_scheme_and_action() {
    let (_db, saltern) = parents(2);
    let finished = saltern.run(&["run", "--print"]).expect_code(0);
    let rows: Vec<&str> = finished.stdout.lines().take(2).collect();
    assert_eq!(rows, ["parents\t0\tmd5\twrap", "parents\t1\tmd5\twrap"]);
}

#[test]
fn what_print_shows_is_taken_as_keys() {
    let (mut db, saltern) = parents(6);
    let shown = saltern.run(&["run", "--print"]).expect_code(0).stdout;
    let line = shown.lines().nth(2).unwrap();
    std::fs::write(saltern.folder().join("keys.txt"), line).unwrap();
    saltern
        .run(&["run", "--execute", "--keys", "keys.txt"])
        .expect_code(10);
    assert_eq!(
        db.count("SELECT COUNT(*) FROM parent WHERE password LIKE '$argon2id--md5$%'"),
        1
    );
    assert_eq!(
        db.count("SELECT id FROM parent WHERE password LIKE '$argon2id--md5$%'"),
        2
    );
}

#[test]
fn status_tells_a_run_from_the_ledger_alone() {
    let (_db, saltern) = parents(12);
    let before = saltern.run(&["status"]).expect_code(0);
    assert!(before.stdout.contains("no ledger"), "{}", before.stdout);
    saltern.run(&["run", "--execute"]).expect_code(0);
    let status = saltern.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!(status["run"]["state"], "done");
    assert_eq!(
        (
            &status["passes"][0]["candidates"],
            &status["passes"][0]["done"]
        ),
        (&12.into(), &12.into())
    );
    let id = status["run"]["id"].as_str().unwrap().to_owned();
    saltern.run(&["status", "--run", &id]).expect_code(0);
    saltern.run(&["status", "--run", "another"]).expect_code(2);
}

#[test]
fn recording_a_scan_keeps_its_counts() {
    let (mut db, saltern) = parents(12);
    saltern.run(&["scan", "--record"]).expect_code(0);
    assert_eq!(
        db.count("SELECT row_count FROM saltern_census WHERE class = 'weak'"),
        12
    );
}

#[test]
fn a_reader_that_goes_away_ends_the_output_quietly() {
    let (db, saltern) = parents(3_000);
    let mut child = Command::new(env!("CARGO_BIN_EXE_saltern"))
        .args(["run", "--print"])
        .current_dir(saltern.folder())
        .env("DATABASE_URL", db.url())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One byte, then the pipe is closed.
    let mut first = [0];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(
        !stderr.contains("panic") && !stderr.contains("bug") && !stderr.contains("roken"),
        "{stderr}"
    );
}

#[test]
fn a_signal_stops_cleanly_and_the_same_command_goes_on() {
    let (mut db, saltern) = parents(400);
    saltern.configure(&config("md5", 8_192));
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mut running = saltern.spawn(&["run", "--execute", "--json", "--max-rate", "40"]);
        assert!(
            running.wait_until(|r| r.stdout_so_far().contains("\"progress\"")),
            "{}",
            running.stderr_so_far()
        );
        running.signal(signal);
        let finished = running.finish().expect_code(code);
        assert_eq!(finished.json_lines().pop().unwrap()["exit_code"], code);
    }
    saltern.run(&["run", "--execute"]).expect_code(0);
    assert_eq!(
        db.count("SELECT COUNT(*) FROM parent WHERE password LIKE '$argon2id--md5$%'"),
        400
    );
}

#[test]
fn no_output_holds_a_stored_hash_or_the_databases_password() {
    let (_db, mut saltern) = parents(20);
    for arguments in [
        &["scan"][..],
        &["scan", "--json"],
        &["plan"],
        &["plan", "--json"],
        &["run", "--print"],
        &["run", "--execute", "--json"],
        &["status"],
    ] {
        let finished = saltern.run(arguments);
        for n in 0..20 {
            assert!(
                !finished.stdout.contains(&md5(n)) && !finished.stderr.contains(&md5(n)),
                "{arguments:?}"
            );
        }
    }
    saltern.set("DATABASE_URL", "postgres://app:c4nary@127.0.0.1:1/x");
    saltern.have_no_patience();
    for arguments in [
        &["scan"][..],
        &["run", "--json"],
        &["status"],
        &["scan", "postgres://app:c4nary@h/x"],
    ] {
        let finished = saltern.run(arguments);
        assert!(
            !finished.stdout.contains("c4nary") && !finished.stderr.contains("c4nary"),
            "{arguments:?}"
        );
    }
}

#[test]
fn ledger_sql_makes_a_ledger_that_a_run_takes() {
    let (mut db, saltern) = parents(5);
    let sql = saltern.run(&["ledger", "sql"]).expect_code(0).stdout;
    for statement in sql.split(";\n").filter(|statement| {
        statement
            .lines()
            .any(|line| !line.is_empty() && !line.starts_with("--"))
    }) {
        db.exec(statement);
    }
    saltern.run(&["run", "--execute"]).expect_code(0);
}

#[test]
fn output_that_cant_be_written_is_an_error_with_its_reason() {
    let (db, saltern) = parents(5);
    for arguments in [
        &["scan"][..],
        &["plan", "--json"],
        &["run", "--print"],
        &["status"],
        &["--help"],
        &["ledger", "sql"],
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_saltern"))
            .args(arguments)
            .current_dir(saltern.folder())
            .env("DATABASE_URL", db.url())
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(5), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            said.matches("cannot write the output: ").count(),
            1,
            "{arguments:?}: {said}"
        );
    }
}
