//! `scan` beside the same SELECT through the same driver with the rows dropped, and the database's own client.
//!
//!     cargo bench --bench databases -- scan --rows 1000000 --rounds 5 --database postgresql

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::place::{Backend, Place, argument, fill, row, settings, spread, text_argument};
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
    ]
    .map(str::to_owned));
    let settings = settings("");
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
        let (mut ours, mut bare, mut ratio, mut client) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let million = rows as f64 / 1e6;
            let scan = runtime.block_on(scan_once(&settings, &place.url, rows));
            let select = runtime.block_on(select_once(backend, &place.url, rows));
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
        row(&[
            backend.name().to_owned(),
            show(&mut ours),
            show(&mut bare),
            show(&mut ratio),
            show(&mut client),
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

/// The SELECT of `scan`, its rows counted and dropped.
async fn select_once(backend: Backend, url: &str, rows: usize) -> f64 {
    macro_rules! select {
        ($connection:ty, $sql:expr) => {{
            let mut conn = <$connection>::connect(url).await.unwrap();
            let mut stream = sqlx::query($sql).fetch(&mut conn);
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
        Backend::Sqlite => select!(
            sqlx::SqliteConnection,
            "SELECT t.id, CAST(t.password AS BLOB), unicode(typeof(t.password)) FROM parent t ORDER BY t.id"
        ),
        Backend::Postgres => select!(
            sqlx::PgConnection,
            "SELECT convert_to(t.password::text, 'UTF8') FROM parent t"
        ),
        Backend::MariaDb => select!(
            sqlx::MySqlConnection,
            "SELECT CAST(t.password AS BINARY) FROM parent t"
        ),
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
