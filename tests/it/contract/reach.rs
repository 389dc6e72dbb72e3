//! A page reaches its rows by their key: what the server itself counted, against a table that is much larger.

use std::time::{Duration, Instant};

use saltern::store::{Bounds, Key};

use super::setup::{Reader, Writer, credential, swaps_of};
use crate::db::TestDb;
use crate::servers::Backend;

const ROWS: usize = 3000;
const PAGE: usize = 8;
/// A page is read with a lookahead of a row or two, swapped, and read back: far from the whole table.
const READ_MAX: u64 = 6 * PAGE as u64;

/// A key whose parts are made of a number, as SQL.
type KeyColumns = [KeyColumn];
/// A column's type, and its value in a row.
type KeyColumn = (&'static str, fn(usize) -> String);

fn number(i: usize) -> String {
    (i * 7).to_string()
}

fn tenth(i: usize) -> String {
    (i / 1000).to_string()
}

fn name(i: usize) -> String {
    format!("'user {i:05} é'")
}

fn plain(i: usize) -> String {
    format!("'user-{i:05}'")
}

fn uuid(i: usize) -> String {
    format!("'{:08x}-1111-4222-8333-444455556666'", i * 77)
}

fn bytes(i: usize) -> String {
    format!("x'{:08x}111142228333444455556666'", i * 77)
}

fn fill(db: &mut TestDb, key: &KeyColumns) {
    let columns: Vec<String> = key
        .iter()
        .enumerate()
        .map(|(i, (declared, _))| format!("k{i} {declared} NOT NULL"))
        .collect();
    let names: Vec<String> = (0..key.len()).map(|i| format!("k{i}")).collect();
    db.exec("DROP TABLE IF EXISTS users");
    db.exec(&format!(
        "CREATE TABLE users ({}, v VARCHAR(200), PRIMARY KEY ({}))",
        columns.join(", "),
        names.join(", ")
    ));
    for start in (0..ROWS).step_by(500) {
        let rows: Vec<String> = (start..start + 500)
            .map(|i| {
                let parts: Vec<String> = key.iter().map(|(_, part)| part(i)).collect();
                format!("({}, '{i:0150}')", parts.join(", "))
            })
            .collect();
        db.exec(&format!("INSERT INTO users VALUES {}", rows.join(", ")));
    }
    let analyze = if db.backend() == Backend::Postgres {
        "ANALYZE users"
    } else {
        "ANALYZE TABLE users"
    };
    db.query(analyze);
}

/// A page in the middle: read between bounds, swapped, read back.
fn one_page(db: &TestDb, key: &KeyColumns, middle: (&Key, &Key)) {
    let names: Vec<String> = (0..key.len()).map(|i| format!("k{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut credential = credential("users", &names, "v");
    credential.name = format!("users {}", key[0].0);
    let mut reader = Reader::of(db, &credential);
    let rows = reader
        .page(Bounds {
            after: Some(middle.0),
            up_to: Some(middle.1),
            limit: PAGE,
        })
        .unwrap();
    assert_eq!(rows.len(), PAGE);
    drop(reader);
    let mut writer = Writer::of(db, &credential);
    assert_eq!(writer.swap(swaps_of(&rows)).accounts.done, PAGE as i64);
    writer.close();
}

fn middle(db: &TestDb, key: &KeyColumns) -> (Key, Key) {
    let names: Vec<String> = (0..key.len()).map(|i| format!("k{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = Reader::of(db, &credential("users", &names, "v")).pages(ROWS + 1);
    (rows[1500].key.clone(), rows[2800].key.clone())
}

/// Rows of the table that the server has read so far.
fn rows_read(db: &mut TestDb) -> u64 {
    let schema = db.name().to_owned();
    match db.backend() {
        Backend::MySql => db.count(&format!(
            "SELECT COALESCE(SUM(COUNT_FETCH), 0) FROM performance_schema.table_io_waits_summary_by_index_usage WHERE OBJECT_SCHEMA = '{schema}' AND OBJECT_NAME = 'users'"
        )),
        _ => db.count(&format!(
            "SELECT COALESCE(SUM(ROWS_READ), 0) FROM information_schema.TABLE_STATISTICS WHERE TABLE_SCHEMA = '{schema}' AND TABLE_NAME = 'users'"
        )),
    }
}

fn check_reads(backend: Backend) {
    let keys: Vec<Vec<KeyColumn>> = vec![
        vec![("INT", number)],
        vec![("BIGINT UNSIGNED", number)],
        vec![("VARCHAR(50) CHARACTER SET latin1", name)],
        vec![("VARCHAR(50) CHARACTER SET utf8mb4", name)],
        vec![(
            "VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            name,
        )],
        vec![("VARCHAR(50) CHARACTER SET ascii", plain)],
        vec![("CHAR(36) CHARACTER SET latin1", uuid)],
        vec![("BINARY(16)", bytes)],
        vec![("INT", tenth), ("VARCHAR(50) CHARACTER SET latin1", name)],
        vec![("INT", tenth), ("SMALLINT", tenth), ("BINARY(16)", bytes)],
    ];
    let mut db = TestDb::new(backend);
    if backend == Backend::MariaDb {
        db.exec("SET GLOBAL userstat = 1");
    }
    let mut keys = keys;
    if backend == Backend::MariaDb {
        keys.push(vec![("UUID", uuid)]);
    }
    for key in &keys {
        fill(&mut db, key);
        let middle = middle(&db, key);
        let before = rows_read(&mut db);

        one_page(&db, key, (&middle.0, &middle.1));

        // The counts come when the statements and connections have ended.
        let deadline = Instant::now() + Duration::from_secs(5);
        while rows_read(&mut db) < before + 2 * PAGE as u64 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        let read = rows_read(&mut db) - before;
        let declared: Vec<&str> = key.iter().map(|(declared, _)| *declared).collect();
        assert!(
            (2 * PAGE as u64..=READ_MAX).contains(&read),
            "{read} rows were read for a page of {PAGE}; key {declared:?}"
        );
        db.drop_ledger();
    }
}

#[test]
fn a_page_reads_its_own_rows_alone_on_mariadb() {
    crate::servers::on(Backend::MariaDb, check_reads);
}

mod a_page_reads_its_own_rows_alone {
    #[test]
    fn on_mysql() {
        crate::servers::on(crate::servers::Backend::MySql, super::check_reads);
    }
}

/// The server takes the table for empty, as it does after a restore that no statistics have followed.
fn forget_the_size(db: &mut TestDb) {
    let schema = db.name().to_owned();
    db.exec("ALTER TABLE users STATS_AUTO_RECALC = 0");
    db.exec(&format!(
        "UPDATE mysql.innodb_table_stats SET n_rows = 0, clustered_index_size = 1 WHERE database_name = '{schema}' AND table_name = 'users'"
    ));
    db.exec("FLUSH TABLES users");
}

/// Somebody holds a row far from the page, and nobody waits for it.
fn check_waits(backend: Backend) {
    let keys: [Vec<KeyColumn>; 3] = [
        vec![("INT", number)],
        vec![("VARCHAR(50) CHARACTER SET utf8mb4", name)],
        vec![("INT", tenth), ("VARCHAR(50) CHARACTER SET latin1", name)],
    ];
    let mut db = TestDb::new(backend);
    for key in &keys {
        fill(&mut db, key);
        forget_the_size(&mut db);
        let names: Vec<String> = (0..key.len()).map(|i| format!("k{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let credential = credential("users", &names, "v");
        let rows = Reader::of(&db, &credential).pages(ROWS + 1);
        let parts = names.iter().zip(key);
        let last: Vec<String> = parts
            .map(|(name, (_, part))| format!("{name} = {}", part(ROWS - 1)))
            .collect();
        let mut holder = db.connect();
        holder.exec("BEGIN");
        let hold = format!("UPDATE users SET v = 'held' WHERE {}", last.join(" AND "));
        assert_eq!(holder.exec(&hold), 1);
        let mut writer = Writer::of(&db, &credential);
        let written = writer.swap(swaps_of(&rows[..PAGE]));
        assert_eq!(written.accounts.done, PAGE as i64);
        assert!(!written.was_busy, "key {:?}: a page waited", key[0].0);
        writer.close();
        drop(holder);
        db.drop_ledger();
    }
}

#[test]
fn a_page_waits_for_its_own_rows_alone_whatever_the_statistics_say_on_mariadb() {
    crate::servers::on(Backend::MariaDb, check_waits);
}

mod a_page_waits_for_its_own_rows_alone_whatever_the_statistics_say {
    #[test]
    fn on_mysql() {
        crate::servers::on(crate::servers::Backend::MySql, super::check_waits);
    }
}

#[test]
fn a_page_scans_no_table_on_postgresql() {
    crate::servers::on(Backend::Postgres, |backend| {
        let keys: [Vec<KeyColumn>; 6] = [
            vec![("integer", number)],
            vec![("uuid", uuid)],
            vec![("text", name)],
            vec![("varchar(50)", name)],
            vec![("citext", name)],
            vec![("integer", tenth), ("varchar(50)", name)],
        ];
        let mut db = TestDb::new(backend);
        db.exec("CREATE EXTENSION citext");
        for key in &keys {
            fill(&mut db, key);
            let middle = middle(&db, key);
            // A connection that ends hands its counts in.
            db.reconnect();
            std::thread::sleep(Duration::from_millis(300));
            let counts = |db: &mut TestDb| {
                let row = db.query("SELECT seq_tup_read, coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'users'").remove(0);
                let mut numbers = row.into_iter().map(|n| n.unwrap().parse::<u64>().unwrap());
                (numbers.next().unwrap(), numbers.next().unwrap())
            };
            let before = counts(&mut db);

            one_page(&db, key, (&middle.0, &middle.1));

            let deadline = Instant::now() + Duration::from_secs(5);
            while counts(&mut db).1 < before.1 + 2 * PAGE as u64 && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(50));
            }
            let after = counts(&mut db);
            let declared: Vec<&str> = key.iter().map(|(declared, _)| *declared).collect();
            assert_eq!(
                after.0 - before.0,
                0,
                "key {declared:?}: the table was scanned"
            );
            assert!(
                (2 * PAGE as u64..=READ_MAX).contains(&(after.1 - before.1)),
                "key {declared:?}: {} rows were fetched",
                after.1 - before.1
            );
            db.drop_ledger();
        }
    });
}
