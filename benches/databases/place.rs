//! What both benches need: private servers, tables full of weak rows, settings, the processor time of processes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use md5::{Digest as _, Md5};
use saltern::config::{ConfigFile, Settings, parse};
use sqlx::{AssertSqlSafe, Connection as _};

/// Which database a bench runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// SQLite, in a file.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    MariaDb,
}

impl Backend {
    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MariaDb => "MariaDB",
        }
    }
}

/// A database for one round: a file in a folder of its own, or a private server.
pub(crate) struct Place {
    /// The database's URL.
    pub(crate) url: String,
    server: Option<(Child, Option<ChildStdin>)>,
    _folder: tempfile::TempDir,
}

impl Place {
    /// Makes it; none where the server is not installed.
    pub(crate) fn new(backend: Backend) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let name = match backend {
            Backend::Sqlite => {
                let file = folder.path().join("bench.db");
                std::fs::write(&file, b"").expect("an empty file");
                let url = format!("sqlite:{}", file.display());
                return Some(Self {
                    url,
                    server: None,
                    _folder: folder,
                });
            }
            Backend::Postgres => "postgres",
            Backend::MariaDb => "mariadb",
        };
        let mut child = Command::new("tests/server")
            .arg(name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tests/server starts");
        let input = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("a line");
        let Some(url) = line.trim().strip_prefix("ready ").map(str::to_owned) else {
            drop(input);
            child.wait().ok();
            return None;
        };
        Some(Self {
            url,
            server: Some((child, input)),
            _folder: folder,
        })
    }

    /// Processor seconds of the server and all that it started, the ended ones included.
    pub(crate) fn server_cpu_seconds(&self) -> f64 {
        self.server
            .as_ref()
            .map_or(0.0, |(child, _)| tree_cpu_seconds(child.id()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((child, input)) = &mut self.server {
            // The server ends when its standard input closes.
            drop(input.take());
            child.wait().ok();
        }
    }
}

/// Processor seconds of this process.
pub(crate) fn own_cpu_seconds() -> f64 {
    stat_seconds(std::process::id(), false)
}

fn tree_cpu_seconds(root: u32) -> f64 {
    let mut children: Vec<(u32, u32)> = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("/proc").flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|n| n.parse::<u32>().ok())
        else {
            continue;
        };
        if let Some(fields) = stat(pid) {
            children.push((pid, fields[1].parse().unwrap_or(0)));
        }
    }
    let mut tree = vec![root];
    let mut at = 0;
    while at < tree.len() {
        let parent = tree[at];
        tree.extend(
            children
                .iter()
                .filter(|(_, p)| *p == parent)
                .map(|(pid, _)| *pid),
        );
        at += 1;
    }
    tree.into_iter().map(|pid| stat_seconds(pid, true)).sum()
}

/// The fields of `/proc/PID/stat` behind the program's name: state, parent, … (proc(5)).
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(
        text[text.rfind(')')? + 1..]
            .split_ascii_whitespace()
            .map(str::to_owned)
            .collect(),
    )
}

fn stat_seconds(pid: u32, with_children: bool) -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let Some(fields) = stat(pid) else { return 0.0 };
    // utime, stime, cutime, cstime are fields 14 to 17 of the whole line, 12 to 15 (from 1) behind the name.
    let last = if with_children { 15 } else { 13 };
    fields[11..last]
        .iter()
        .filter_map(|f| f.parse::<f64>().ok())
        .sum::<f64>()
        / TICKS_A_SECOND
}

/// The processors' time so far, all of it and what other machines had (proc(5), the first line of `/proc/stat`).
pub(crate) struct Ticks {
    all: f64,
    stolen: f64,
}

impl Ticks {
    /// As of now.
    pub(crate) fn now() -> Self {
        let text = std::fs::read_to_string("/proc/stat").expect("/proc/stat");
        let line = text.lines().next().unwrap_or_default();
        // user, nice, system, idle, iowait, irq, softirq, steal.
        let fields: Vec<f64> = line
            .split_ascii_whitespace()
            .skip(1)
            .take(8)
            .filter_map(|f| f.parse().ok())
            .collect();
        Self {
            all: fields.iter().sum(),
            stolen: fields.last().copied().unwrap_or(0.0),
        }
    }

    /// The stolen share since then.
    pub(crate) fn stolen_since(&self) -> f64 {
        let now = Self::now();
        (now.stolen - self.stolen) / (now.all - self.all).max(1.0)
    }
}

/// The MD5 of a password that no list has.
pub(crate) fn md5_of(n: usize) -> String {
    Md5::digest(format!("bench-{n}"))
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// Makes `parent (id, password)` with so many MD5 rows.
pub(crate) async fn fill(url: &str, rows: usize) {
    const PAGE: usize = 5_000;
    macro_rules! fill {
        ($connection:ty, $sql:expr) => {{
            let mut conn = <$connection>::connect(url).await.expect("connects");
            sqlx::raw_sql($sql)
                .execute(&mut conn)
                .await
                .expect("creates");
            for first in (0..rows).step_by(PAGE) {
                let values: Vec<String> = (first..(first + PAGE).min(rows))
                    .map(|n| format!("({n}, '{}')", md5_of(n)))
                    .collect();
                let sql = format!("INSERT INTO parent VALUES {}", values.join(", "));
                sqlx::raw_sql(AssertSqlSafe(sql))
                    .execute(&mut conn)
                    .await
                    .expect("inserts");
            }
            conn.close().await.expect("closes");
        }};
    }
    const DDL: &str = "CREATE TABLE parent (id BIGINT PRIMARY KEY, password VARCHAR(255))";
    match url.split(':').next() {
        Some("sqlite") => fill!(
            sqlx::SqliteConnection,
            "CREATE TABLE parent (id INTEGER PRIMARY KEY, password VARCHAR(255))"
        ),
        Some("mysql") => fill!(sqlx::MySqlConnection, DDL),
        _ => fill!(sqlx::PgConnection, DDL),
    }
}

/// A configuration for that table.
pub(crate) fn settings(target: &str) -> Settings {
    let text = format!(
        "[database]\nurl_env = \"BENCH\"\n[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\n\
         scheme = \"md5\"\nreaders_ready = true\n{target}"
    );
    parse(&ConfigFile {
        path: Path::new("saltern.toml"),
        text: &text,
        mode: None,
    })
    .expect("a good configuration")
    .settings
}

/// A number from the command line: `--rows 4000`.
pub(crate) fn argument(name: &str, default: usize) -> usize {
    text_argument(name)
        .and_then(|v| v.parse().ok())
        .unwrap_or(default)
}

/// A word from the command line: `--database postgresql`.
pub(crate) fn text_argument(name: &str) -> Option<String> {
    let args: Vec<String> = std::env::args().collect();
    let at = args.iter().position(|a| a == name)?;
    args.get(at + 1).cloned()
}

/// Minimum, median and maximum.
pub(crate) fn spread(values: &mut [f64]) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    (
        values[0],
        values[values.len() / 2],
        values[values.len() - 1],
    )
}

/// Prints a row of a table.
pub(crate) fn row(cells: &[String]) {
    let mut out = std::io::stdout().lock();
    let line: Vec<String> = cells.iter().map(|c| format!("{c:>22}")).collect();
    writeln!(out, "{}", line.join(" ")).expect("standard output takes it");
}
