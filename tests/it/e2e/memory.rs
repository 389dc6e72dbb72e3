//! Memory: what the hashing needs and at most 64 MiB more, however large the table is.

use super::CHEAP;
use crate::db::TestDb;
use crate::saltern::Saltern;
use crate::servers::{self, Backend};

/// Over threads × lockstep × the KDF's memory.
const OVERHEAD_KIB_MAX: u64 = 64 << 10;

/// Of the rows so many are weak; the others are strong already, so that a million are hashed in no time.
const WEAK: u64 = 20_000;

fn table(db: &mut TestDb, rows: u64) {
    db.exec("CREATE TABLE parent (id INTEGER PRIMARY KEY, password VARCHAR(255))");
    let every = rows / WEAK;
    let weak = |hex: &str| format!("CASE WHEN n % {every} = 0 THEN {hex}");
    let strong = "'$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAA'";
    let (hex, digits, numbers) = match db.backend() {
        Backend::Postgres => (
            "md5(n::text)",
            "lpad(n::text, 43, '0')",
            format!("generate_series(1, {rows}) AS s(n)"),
        ),
        _ => ("printf('%032x', n)", "printf('%043d', n)", "s".to_owned()),
    };
    let with = match db.backend() {
        Backend::Postgres => String::new(),
        _ => format!(
            "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows})"
        ),
    };
    db.exec(&format!(
        "INSERT INTO parent {with} SELECT n, {} ELSE {strong} || substr({digits}, 1, 6) || '$' || {digits} END FROM {numbers}",
        weak(hex)
    ));
}

fn check(backend: Backend, rows: u64) {
    let mut db = TestDb::new(backend);
    table(&mut db, rows);
    let config = format!(
        "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\nreaders_ready = true\n{CHEAP}"
    );
    let saltern = Saltern::new(&db.url(), &config);
    let mut hashing_kib = 0;
    for command in [
        &["run", "--execute", "--json"][..],
        &["scan", "--json"],
        &["plan", "--json"],
    ] {
        let finished = saltern.run(command).expect_code(0);
        if let Some(started) = finished
            .stdout
            .lines()
            .find(|line| line.contains("\"started\""))
        {
            let started: serde_json::Value = serde_json::from_str(started).unwrap();
            hashing_kib = started["memory_bytes"].as_u64().unwrap() >> 10;
        }
        println!(
            "{backend:?}, {rows} rows, {command:?}: {} KiB at most, of them {hashing_kib} to hash in; {:?}",
            finished.peak_rss_kib, finished.elapsed
        );
        assert!(
            finished.peak_rss_kib <= hashing_kib + OVERHEAD_KIB_MAX,
            "{command:?} took {} KiB, of which {hashing_kib} to hash in",
            finished.peak_rss_kib
        );
    }
    assert_eq!(super::wrapped(&mut db), WEAK);
}

fn on_postgres(rows: u64) {
    match servers::url(Backend::Postgres) {
        Ok(_) => check(Backend::Postgres, rows),
        Err(missing) => servers::leave_out(missing),
    }
}

/// `SALTERN_TEST_ROWS=1000000` asks for a million, which takes minutes.
fn many() -> u64 {
    let rows = std::env::var("SALTERN_TEST_ROWS").ok();
    rows.map_or(300_000, |rows| rows.parse().unwrap())
}

#[test]
fn at_a_hundred_thousand_rows_it_is_bounded() {
    check(Backend::Sqlite, 100_000);
    on_postgres(100_000);
}

#[test]
fn at_many_more_rows_it_is_no_more_on_postgres() {
    on_postgres(many());
}

#[test]
fn at_many_more_rows_it_is_no_more_on_sqlite() {
    check(Backend::Sqlite, many());
}
