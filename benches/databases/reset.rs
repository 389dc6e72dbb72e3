//! `reset` beside one set-based transaction that makes the same writes: the update, a line for each row, the operator's own statement.
//!
//!     cargo bench --bench databases -- reset --rows 1000000 --rounds 5 --database postgresql
//!
//! With `--except CONDITION` there is an exception, and each page asks its rows again.
//!
//! Beside either, a login of somebody's writes another column of a row of the same table, again and again; the longest that it
//! waited is what a page, or the one transaction, cost a user. Another does the same with a table that nobody locks: what it waits is the server's
//! and the machine's, and in every user's wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::place::{Backend, Place, Ticks, argument, fill, row, settings, spread, text_argument};
use saltern::config::Settings;
use saltern::engine::{
    End, Event, Job, Mode, Observer, ResetRequest, RunOptions, Session, Stop, run,
};
use saltern::policy::{Action, Rule, Rules, When};
use saltern::secret::DatabaseUrl;
use sqlx::{AssertSqlSafe, Connection as _};

struct Deaf;

impl Observer for Deaf {
    fn on(&self, _: Option<&str>, _: &Event) {}
}

pub(crate) fn bench() {
    let rows = argument("--rows", 1_000_000);
    let rounds = argument("--rounds", 5);
    println!(
        "{rows} rows reset, their sessions deleted, {rounds} rounds; median (min to max); in ms, the longest of a round: how long a transaction \
         of the reset was open, and how long users waited for a row of the table, and beside it for one that nobody locks"
    );
    row(&[
        "database",
        "reset, s",
        "one transaction, s",
        "one ÷ reset",
        "locked: reset",
        "waits: reset",
        "beside: reset",
        "waits: one",
        "beside: one",
    ]
    .map(str::to_owned));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let only = text_argument("--database");
    for backend in [Backend::Postgres, Backend::MariaDb] {
        if only
            .as_deref()
            .is_some_and(|name| !name.eq_ignore_ascii_case(backend.name()))
        {
            continue;
        }
        let Some(place) = Place::new(backend) else {
            println!("{}: not installed, left out", backend.name());
            continue;
        };
        runtime.block_on(async {
            fill(&place.url, rows).await;
            script(&place.url, "ALTER TABLE parent RENAME TO first").await;
        });
        let mut table: [Vec<f64>; 8] = [const { Vec::new() }; 8];
        for _ in 0..rounds {
            runtime.block_on(start_over(backend, &place.url));
            let mut locked = 0.0;
            let own = beside_users(&place.url, rows, || {
                locked = runtime.block_on(reset_once(&place.url, rows));
            });
            runtime.block_on(start_over(backend, &place.url));
            let one = beside_users(&place.url, rows, || {
                runtime.block_on(script(&place.url, one_transaction(backend)));
            });
            eprintln!(
                "{}: {:.1} s, {locked:.0} ms locked, waits {:.0} ms and {:.0} ms, {:.0} % stolen; one {:.1} s, {:.0} ms and {:.0} ms, {:.0} %",
                backend.name(),
                own.seconds,
                own.wait,
                own.beside,
                own.stolen * 100.0,
                one.seconds,
                one.wait,
                one.beside,
                one.stolen * 100.0,
            );
            let cells = [
                own.seconds,
                one.seconds,
                one.seconds / own.seconds,
                locked,
                own.wait,
                own.beside,
                one.wait,
                one.beside,
            ];
            for (column, cell) in table.iter_mut().zip(cells) {
                column.push(cell);
            }
        }
        let show = |values: &mut Vec<f64>, digits: usize| {
            let (min, median, max) = spread(values);
            format!("{median:.digits$} ({min:.digits$} to {max:.digits$})")
        };
        let cells = table
            .iter_mut()
            .zip([1, 1, 2, 0, 0, 0, 0, 0])
            .map(|(column, digits)| show(column, digits));
        let line: Vec<String> = std::iter::once(backend.name().to_owned())
            .chain(cells)
            .collect();
        row(&line);
    }
}

/// What was measured of one or the other.
struct Measured {
    /// Seconds that it took.
    seconds: f64,
    /// Milliseconds that a user waited at most meanwhile.
    wait: f64,
    /// The same of one whose row nobody locks.
    beside: f64,
    /// The share of the processors' time that other machines had.
    stolen: f64,
}

fn beside_users(url: &str, rows: usize, work: impl FnOnce()) -> Measured {
    let over = AtomicBool::new(false);
    let ticks = Ticks::now();
    std::thread::scope(|scope| {
        let user = scope.spawn(|| wait_as_a_user(url, "parent", rows, &over));
        let other = scope.spawn(|| wait_as_a_user(url, "aside", rows.min(100_000), &over));
        let begun = Instant::now();
        work();
        let seconds = begun.elapsed().as_secs_f64();
        over.store(true, Ordering::Relaxed);
        Measured {
            seconds,
            wait: user.join().unwrap(),
            beside: other.join().unwrap(),
            stolen: ticks.stolen_since(),
        }
    })
}

/// Touches one row after another, all over the table.
fn wait_as_a_user(url: &str, table: &str, rows: usize, over: &AtomicBool) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let touch = format!("UPDATE {table} SET seen = seen + 1 WHERE id = ");
    macro_rules! touch {
        ($connection:ty, $patience:expr, $mark:expr) => {{
            let sql = format!("{touch}{}", $mark);
            let mut conn = <$connection>::connect(url).await.unwrap();
            // What it measures is how long a lock is held, however long that is.
            sqlx::raw_sql($patience).execute(&mut conn).await.unwrap();
            let mut longest = Duration::ZERO;
            let mut id = 0;
            while !over.load(Ordering::Relaxed) {
                // A stride that is prime to any number of rows in use.
                id = (id + 7_919) % rows;
                let begun = Instant::now();
                sqlx::query(AssertSqlSafe(sql.as_str()))
                    .bind(i64::try_from(id).unwrap())
                    .execute(&mut conn)
                    .await
                    .unwrap();
                longest = longest.max(begun.elapsed());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            longest.as_secs_f64() * 1_000.0
        }};
    }
    runtime.block_on(async {
        if url.starts_with("mysql") {
            touch!(
                sqlx::MySqlConnection,
                "SET SESSION innodb_lock_wait_timeout = 3600",
                "?"
            )
        } else {
            touch!(sqlx::PgConnection, "SET lock_timeout = 0", "$1")
        }
    })
}

/// The table as it was, a session for everybody, and no ledger.
async fn start_over(backend: Backend, url: &str) {
    let common =
        "DROP TABLE IF EXISTS parent; DROP TABLE IF EXISTS session; DROP TABLE IF EXISTS note; DROP TABLE IF EXISTS aside;
        CREATE TABLE parent (id BIGINT PRIMARY KEY, password VARCHAR(255), seen INTEGER NOT NULL);
        CREATE TABLE session (user_id BIGINT PRIMARY KEY, token VARCHAR(64));
        INSERT INTO parent SELECT id, password, 0 FROM first;
        CREATE TABLE aside (id BIGINT PRIMARY KEY, password VARCHAR(255), seen INTEGER NOT NULL);
        INSERT INTO session SELECT id, password FROM first;
        INSERT INTO aside SELECT id, password, 0 FROM first WHERE id < 100000;";
    let note = match backend {
        Backend::MariaDb => {
            "CREATE TABLE note (run VARCHAR(100) NOT NULL, chunk BIGINT NOT NULL, credential VARCHAR(100) NOT NULL, row_key VARCHAR(512) NOT NULL,
             rule VARCHAR(100) NOT NULL, reason VARCHAR(512) NOT NULL, class VARCHAR(100) NOT NULL, at_ms BIGINT NOT NULL,
             PRIMARY KEY (run, chunk, row_key)) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
             ANALYZE TABLE parent, session, aside"
        }
        _ => {
            "CREATE TABLE note (run text NOT NULL, chunk BIGINT NOT NULL, credential text NOT NULL, row_key text NOT NULL, rule text NOT NULL,
             reason text NOT NULL, class text NOT NULL, at_ms BIGINT NOT NULL, PRIMARY KEY (run, chunk, row_key));
             DROP SCHEMA IF EXISTS saltern CASCADE"
        }
    };
    script(url, common).await;
    script(url, note).await;
    if backend == Backend::Postgres {
        for sql in [
            "VACUUM ANALYZE parent",
            "VACUUM ANALYZE session",
            "VACUUM ANALYZE aside",
            "CHECKPOINT",
        ] {
            script(url, sql).await;
        }
    } else {
        drop_ledger(url).await;
    }
}

async fn drop_ledger(url: &str) {
    let mut conn = sqlx::MySqlConnection::connect(url).await.unwrap();
    let tables: Vec<(String,)> = sqlx::query_as(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'saltern\\_%'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    for (table,) in tables {
        sqlx::raw_sql(AssertSqlSafe(format!("DROP TABLE `{table}`")))
            .execute(&mut conn)
            .await
            .unwrap();
    }
    conn.close().await.unwrap();
}

/// The milliseconds that its longest transaction was open.
async fn reset_once(url: &str, rows: usize) -> f64 {
    let settings = everybody(rows);
    let session = Session::open(&settings, DatabaseUrl::parse(url).unwrap())
        .await
        .unwrap();
    let options = RunOptions {
        job: Job::Reset(Arc::new(ResetRequest {
            reason: "a bench".to_owned(),
            ..ResetRequest::default()
        })),
        mode: Mode::Execute,
        ..RunOptions::default()
    };
    let finished = run(session, &options, &Deaf, &Stop::new()).await.unwrap();
    assert_eq!(
        (finished.end, finished.accounts.done),
        (End::Done, i64::try_from(rows).unwrap())
    );
    finished.longest_lock_ms as f64
}

fn everybody(rows: usize) -> Settings {
    let except = text_argument("--except").map_or(String::new(), |condition| {
        format!("except = {}\n", serde_json::Value::from(condition))
    });
    let on_reset =
        "[credential.on_reset]\nsql = [\"DELETE FROM session WHERE user_id IN (:keys)\"]\n";
    let mut settings = settings(&format!("{except}{on_reset}"));
    settings.rules = Rules::new(vec![Rule {
        name: Some("bench".to_owned()),
        when: When::default(),
        action: Action::Reset,
        deadline: None,
        max_rows: Some(rows as u64),
        soft: false,
    }]);
    settings
}

/// What a DBA would write: everything at once, with a random value in each row.
fn one_transaction(backend: Backend) -> &'static str {
    match backend {
        Backend::MariaDb => {
            "START TRANSACTION;
             UPDATE parent SET password = CONCAT('!saltern:reset:', LEFT(TO_BASE64(RANDOM_BYTES(16)), 22));
             INSERT INTO note SELECT '00000000-0000-0000-0000-000000000000', 1, 'parents', id, 'bench', 'a bench', 'weak', UNIX_TIMESTAMP(UTC_TIMESTAMP(3)) * 1000 FROM parent;
             DELETE FROM session WHERE user_id IN (SELECT id FROM parent);
             COMMIT"
        }
        _ => {
            "WITH gone AS (UPDATE parent SET password = '!saltern:reset:' || left(translate(gen_random_uuid()::text, '-', ''), 22) RETURNING id),
                  noted AS (INSERT INTO note SELECT '00000000-0000-0000-0000-000000000000', 1, 'parents', id::text, 'bench', 'a bench', 'weak',
                                   (extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM gone)
             DELETE FROM session WHERE user_id IN (SELECT id FROM gone)"
        }
    }
}

async fn script(url: &str, sql: &'static str) {
    macro_rules! script {
        ($connection:ty) => {{
            let mut conn = <$connection>::connect(url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
            conn.close().await.unwrap();
        }};
    }
    if url.starts_with("mysql") {
        script!(sqlx::MySqlConnection)
    } else {
        script!(sqlx::PgConnection)
    }
}
