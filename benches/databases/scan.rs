//! `scan` beside the same SELECT through the same driver with the rows dropped, and the database's own client.
//!
//!     cargo bench --bench databases -- scan --rows 1000000 --rounds 5 --database postgresql
//!
//! The table has a key and a password. With `--table wide` it has two dates, a tenant, a status and a scheme too, and the SELECT reads
//! them in the way of `scan`.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::place::{
    Backend, Place, argument, fill, own_cpu_seconds, row, settings, spread, text_argument,
};
use futures_util::TryStreamExt as _;
use saltern::engine::{Event, Observer, Purpose, Session, scan_columns};
use saltern::secret::DatabaseUrl;
use sqlx::Connection as _;

struct Deaf;

impl Observer for Deaf {
    fn on(&self, _: Option<&str>, _: &Event) {}
}

pub(crate) fn bench() {
    let rows = argument("--rows", 1_000_000);
    let rounds = argument("--rounds", 5);
    println!(
        "{rows} rows of unsalted MD5, {rounds} rounds; million rows a second, median (min to max)"
    );
    row(&[
        "database",
        "scan",
        "SELECT, rows dropped",
        "scan ÷ SELECT",
        "own client",
        "own ns a row: scan",
        "SELECT",
    ]
    .map(str::to_owned));
    let settings = settings("");
    let is_wide = text_argument("--table").is_some_and(|name| name == "wide");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let only = text_argument("--database");
    for backend in [Backend::Sqlite, Backend::Postgres, Backend::MariaDb] {
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
        runtime.block_on(fill(&place.url, rows));
        if is_wide {
            runtime.block_on(widen(backend, &place.url));
        }
        let sql = select_sql(backend, is_wide);
        let (mut ours, mut bare, mut ratio, mut client) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        // Of this process alone: on a machine that others use too, it says more than the clock.
        let (mut scan_ns, mut select_ns) = (Vec::new(), Vec::new());
        let ns = |since: f64| (own_cpu_seconds() - since) * 1e9 / rows as f64;
        for _ in 0..rounds {
            let million = rows as f64 / 1e6;
            let begun = own_cpu_seconds();
            let scan = runtime.block_on(scan_once(&settings, &place.url, rows));
            scan_ns.push(ns(begun));
            let begun = own_cpu_seconds();
            let select = runtime.block_on(select_once(backend, &place.url, &sql, rows));
            select_ns.push(ns(begun));
            ours.push(million / scan);
            bare.push(million / select);
            ratio.push(select / scan);
            if let Some(seconds) = client_once(backend, &place.url) {
                client.push(million / seconds);
            }
        }
        let show = |values: &mut Vec<f64>| {
            if values.is_empty() {
                return "not installed".to_owned();
            }
            let (min, median, max) = spread(values);
            format!("{median:.2} ({min:.2} to {max:.2})")
        };
        let whole = |values: &mut Vec<f64>| {
            let (min, median, max) = spread(values);
            format!("{median:.0} ({min:.0} to {max:.0})")
        };
        row(&[
            backend.name().to_owned(),
            show(&mut ours),
            show(&mut bare),
            show(&mut ratio),
            show(&mut client),
            whole(&mut scan_ns),
            whole(&mut select_ns),
        ]);
    }
}

async fn scan_once(settings: &saltern::config::Settings, url: &str, rows: usize) -> f64 {
    let begun = Instant::now();
    let mut session = Session::open(settings, DatabaseUrl::parse(url).unwrap())
        .await
        .unwrap();
    let looks = scan_columns(&mut session, Purpose::Count, &Deaf)
        .await
        .unwrap();
    assert_eq!(looks[0].census.rows, rows as u64);
    session.conn.close().await;
    begun.elapsed().as_secs_f64()
}

/// Columns as many user tables have them.
async fn widen(backend: Backend, url: &str) {
    let (later, text) = match backend {
        Backend::Sqlite => ("datetime('2015-01-01', '+' || id || ' minutes')", "text"),
        Backend::Postgres => ("timestamp '2015-01-01' + id * interval '1 minute'", "text"),
        Backend::MariaDb => ("timestampadd(minute, id, '2015-01-01')", "varchar(20)"),
    };
    let cast = match backend {
        Backend::Postgres => "::text",
        Backend::Sqlite | Backend::MariaDb => "",
    };
    let sql = format!(
        "ALTER TABLE parent RENAME TO narrow; \
         CREATE TABLE parent (id BIGINT PRIMARY KEY, password VARCHAR(255), created_at {time}, updated_at {time}, tenant_id INTEGER, \
         status {text}, hash_type SMALLINT); \
         INSERT INTO parent SELECT id, password, {later}, {later}, id * 7 % 20, \
         CASE WHEN id % 9 = 0 THEN 'disabled'{cast} ELSE 'active' END, id % 3 FROM narrow; \
         DROP TABLE narrow",
        time = match backend {
            Backend::Postgres => "TIMESTAMP",
            Backend::Sqlite | Backend::MariaDb => "DATETIME",
        },
    );
    macro_rules! run {
        ($connection:ty) => {{
            let mut conn = <$connection>::connect(url).await.unwrap();
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                .execute(&mut conn)
                .await
                .unwrap();
            conn.close().await.unwrap();
        }};
    }
    match backend {
        Backend::Sqlite => run!(sqlx::SqliteConnection),
        Backend::Postgres => run!(sqlx::PgConnection),
        Backend::MariaDb => run!(sqlx::MySqlConnection),
    }
}

/// The SELECT of `scan`: the value, and the columns that divide the rows.
fn select_sql(backend: Backend, is_wide: bool) -> String {
    let (value, rest) = match backend {
        Backend::Sqlite => (
            "t.id, CAST(t.password AS BLOB), unicode(typeof(t.password))",
            " ORDER BY t.id",
        ),
        Backend::Postgres => ("convert_to(t.password::text, 'UTF8')", ""),
        Backend::MariaDb => ("CAST(CONVERT(t.password USING utf8mb4) AS BINARY)", ""),
    };
    let integer = |name: &str| match backend {
        Backend::Sqlite => {
            format!("CASE WHEN typeof(t.{name}) IN ('integer', 'null') THEN t.{name} ELSE 0 END")
        }
        Backend::Postgres => format!("t.{name}::int8"),
        Backend::MariaDb => format!("CAST(t.{name} AS SIGNED)"),
    };
    let moment = |name: &str| match backend {
        Backend::Sqlite => format!("CAST(substr(CAST(t.{name} AS TEXT), 1, 65) AS BLOB)"),
        Backend::Postgres => format!(
            "CASE WHEN isfinite(t.{name}) THEN (date_part('epoch', (t.{name})::timestamp) * 1000)::int8 \
             WHEN t.{name} IS NOT NULL THEN 0::int8 END"
        ),
        Backend::MariaDb => format!(
            "CASE WHEN t.{name} IS NULL THEN NULL ELSE \
             COALESCE(CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', t.{name}) DIV 1000 AS SIGNED), 0) END"
        ),
    };
    let word = |name: &str| match backend {
        Backend::Sqlite => format!("CAST(substr(CAST(t.{name} AS TEXT), 1, 65) AS BLOB)"),
        Backend::Postgres => format!("substr(t.{name}::text, 1, 65)"),
        Backend::MariaDb => format!("substr(CONVERT(t.{name} USING utf8mb4), 1, 65)"),
    };
    let mut list = vec![value.to_owned()];
    if is_wide {
        list.push(integer("hash_type"));
    }
    list.push(integer("id"));
    if is_wide {
        list.extend([moment("created_at"), moment("updated_at")]);
        list.extend([integer("tenant_id"), word("status")]);
    }
    format!("SELECT {} FROM parent t{rest}", list.join(", "))
}

/// The same columns as `scan` reads, the rows counted and dropped.
async fn select_once(backend: Backend, url: &str, sql: &str, rows: usize) -> f64 {
    macro_rules! select {
        ($connection:ty) => {{
            let mut conn = <$connection>::connect(url).await.unwrap();
            let mut stream = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch(&mut conn);
            let mut seen = 0;
            while stream.try_next().await.unwrap().is_some() {
                seen += 1;
            }
            drop(stream);
            assert_eq!(seen, rows);
            conn.close().await.unwrap();
        }};
    }
    let begun = Instant::now();
    match backend {
        Backend::Sqlite => select!(sqlx::SqliteConnection),
        Backend::Postgres => select!(sqlx::PgConnection),
        Backend::MariaDb => select!(sqlx::MySqlConnection),
    }
    begun.elapsed().as_secs_f64()
}

/// The database's own client, its output thrown away; none where it is not there.
fn client_once(backend: Backend, url: &str) -> Option<f64> {
    let mut command = match backend {
        Backend::Sqlite => {
            let mut c = Command::new("sqlite3");
            c.args([url.strip_prefix("sqlite:")?, "SELECT password FROM parent"]);
            c
        }
        Backend::Postgres => {
            let mut c = Command::new("psql");
            c.args([url, "-qAtc", "COPY (SELECT password FROM parent) TO STDOUT"]);
            c
        }
        Backend::MariaDb => {
            let socket = url.split("socket=").nth(1)?.split('&').next()?;
            let database = url.split('?').next()?.rsplit('/').next()?;
            let mut c = Command::new("mariadb");
            c.args([
                "--no-defaults",
                "--quick",
                "-N",
                "-uroot",
                "-S",
                socket,
                database,
                "-e",
                "SELECT password FROM parent",
            ]);
            c
        }
    };
    let begun = Instant::now();
    let status = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    status.success().then(|| begun.elapsed().as_secs_f64())
}
