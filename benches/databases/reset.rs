//! `reset` beside one set-based transaction that makes the same writes: the update, a line for each row, the operator's own statement.
//!
//!     cargo bench --bench databases -- reset --rows 1000000 --rounds 5 --database postgresql
//!
//! Beside either, a login of somebody's writes another column of a row of the same table, again and again; the longest that it
//! waited is the longest that a page, or the one transaction, held a lock against a user.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::place::{Backend, Place, argument, fill, row, settings, spread, text_argument};
use saltern::config::Settings;
use saltern::engine::{Choice, End, Event, Job, Mode, Observer, RunOptions, Session, Stop, run};
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
        "{rows} rows reset, their sessions deleted, {rounds} rounds; median (min to max); waits of a user in ms, the longest of a round"
    );
    row(&[
        "database",
        "reset, s",
        "one transaction, s",
        "one ÷ reset",
        "waits: reset",
        "waits: one",
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
        let [mut ours, mut one, mut ratio, mut our_waits, mut one_waits] =
            [const { Vec::new() }; 5];
        for _ in 0..rounds {
            runtime.block_on(start_over(backend, &place.url));
            let (seconds, wait) = beside_a_user(&place.url, rows, || {
                runtime.block_on(reset_once(&place.url, rows));
            });
            ours.push(seconds);
            our_waits.push(wait);
            let (own, own_wait) = (seconds, wait);
            runtime.block_on(start_over(backend, &place.url));
            let (seconds, wait) = beside_a_user(&place.url, rows, || {
                runtime.block_on(script(&place.url, one_transaction(backend)));
            });
            one.push(seconds);
            one_waits.push(wait);
            ratio.push(seconds / own);
            eprintln!(
                "{}: {own:.1} s and {own_wait:.0} ms, beside {seconds:.1} s",
                backend.name()
            );
        }
        let show = |values: &mut Vec<f64>, digits: usize| {
            let (min, median, max) = spread(values);
            format!("{median:.digits$} ({min:.digits$} to {max:.digits$})")
        };
        row(&[
            backend.name().to_owned(),
            show(&mut ours, 1),
            show(&mut one, 1),
            show(&mut ratio, 2),
            show(&mut our_waits, 0),
            show(&mut one_waits, 0),
        ]);
    }
}

/// Seconds that the work took, and milliseconds that a user waited at most meanwhile.
fn beside_a_user(url: &str, rows: usize, work: impl FnOnce()) -> (f64, f64) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let user = scope.spawn(|| wait_as_a_user(url, rows, &over));
        let begun = Instant::now();
        work();
        let seconds = begun.elapsed().as_secs_f64();
        over.store(true, Ordering::Relaxed);
        (seconds, user.join().unwrap())
    })
}

/// Touches one row after another, all over the table.
fn wait_as_a_user(url: &str, rows: usize, over: &AtomicBool) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    macro_rules! touch {
        ($connection:ty, $patience:expr, $sql:expr) => {{
            let mut conn = <$connection>::connect(url).await.unwrap();
            // What it measures is how long a lock is held, however long that is.
            sqlx::raw_sql($patience).execute(&mut conn).await.unwrap();
            let mut longest = Duration::ZERO;
            let mut id = 0;
            while !over.load(Ordering::Relaxed) {
                // A stride that is prime to any number of rows in use.
                id = (id + 7_919) % rows;
                let begun = Instant::now();
                sqlx::query($sql)
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
                "UPDATE parent SET seen = seen + 1 WHERE id = ?"
            )
        } else {
            touch!(
                sqlx::PgConnection,
                "SET lock_timeout = 0",
                "UPDATE parent SET seen = seen + 1 WHERE id = $1"
            )
        }
    })
}

/// The table as it was, a session for everybody, and no ledger.
async fn start_over(backend: Backend, url: &str) {
    let common =
        "DROP TABLE IF EXISTS parent; DROP TABLE IF EXISTS session; DROP TABLE IF EXISTS note;
        CREATE TABLE parent (id BIGINT PRIMARY KEY, password VARCHAR(255), seen INTEGER NOT NULL);
        CREATE TABLE session (user_id BIGINT PRIMARY KEY, token VARCHAR(64));
        INSERT INTO parent SELECT id, password, 0 FROM first;
        INSERT INTO session SELECT id, password FROM first;";
    let note = match backend {
        Backend::MariaDb => {
            "CREATE TABLE note (run VARCHAR(100) NOT NULL, chunk BIGINT NOT NULL, credential VARCHAR(100) NOT NULL, row_key VARCHAR(512) NOT NULL,
             rule VARCHAR(100) NOT NULL, reason VARCHAR(512) NOT NULL, class VARCHAR(100) NOT NULL, at_ms BIGINT NOT NULL,
             PRIMARY KEY (run, chunk, row_key)) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
             ANALYZE TABLE parent, session"
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

async fn reset_once(url: &str, rows: usize) {
    let settings = everybody(rows);
    let session = Session::open(&settings, DatabaseUrl::parse(url).unwrap())
        .await
        .unwrap();
    let options = RunOptions {
        job: Job::Reset(Arc::new(Choice {
            reason: "a bench".to_owned(),
            ..Choice::default()
        })),
        mode: Mode::Execute,
        ..RunOptions::default()
    };
    let finished = run(session, &options, &Deaf, &Stop::new()).await.unwrap();
    assert_eq!(
        (finished.end, finished.accounts.done),
        (End::Done, i64::try_from(rows).unwrap())
    );
}

fn everybody(rows: usize) -> Settings {
    let mut settings = settings(
        "[credential.on_reset]\nsql = [\"DELETE FROM session WHERE user_id IN (:keys)\"]\n",
    );
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
