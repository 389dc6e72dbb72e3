//! The sidecar beside the bare hash, in the same rounds: `cargo bench --bench serve -- timing`,
//! `latency`, `throughput`, `overload`, `told-apart`.
//!
//! The database is a SQLite file, so that only the sidecar is measured. Machines are noisy, so only
//! ratios within a round count.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and one that panics has failed"
)]

#[path = "serve/told_apart.rs"]
mod told_apart;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use saltern::auth::Column;
use saltern::scheme::{Context, Declared, Dialect, Outer, Scheme, derive, native_string, wrap};
use saltern::secret::Password;
use sqlx::Connection as _;

const OUTER: Outer = Outer::Argon2id {
    memory_kib: 19_456,
    iterations: 2,
    parallelism: 1,
};
const COLUMN: Column = Column {
    declared: Declared::Scheme(Scheme::MD5),
    outer: OUTER,
    dialect: Dialect::Phc,
    normalize: None,
};
const PASSWORD: &str = "correct horse battery staple";

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
    let what = arguments.next().unwrap_or_default();
    let number = arguments.next().and_then(|n| n.parse().ok());
    match what.as_str() {
        "timing" => timing(number.unwrap_or(350)),
        "latency" => latency(number.unwrap_or(600)),
        "throughput" => throughput(number.unwrap_or(8)),
        "told-apart" => {
            let clients = arguments.next().and_then(|n| n.parse().ok());
            told_apart::told_apart(number.unwrap_or(1000), clients.unwrap_or(1));
        }
        "overload" => overload(number.unwrap_or(60)),
        _ => println!(
            "give one of timing, latency, throughput, overload, told-apart, and the number of rounds (overload: of seconds; told-apart: and of clients)"
        ),
    }
}

/// The medians of six kinds of mismatch, and how far they lie apart in hashes.
fn timing(rounds: u64) {
    let sidecar = Sidecar::start("");
    let mut client = sidecar.client();
    let kinds = [
        "nobody",
        "native",
        "locked",
        "unparsable",
        "legacy",
        "wrapped",
    ];
    let mut times = vec![Vec::new(); kinds.len()];
    let mut bare = Vec::new();
    for round in 0..rounds {
        bare.push(time(bare_hash));
        for step in 0..kinds.len() {
            // The order changes every round, so that it is not always the same kind that follows
            // the bare hash.
            let at = (step + usize::try_from(round).unwrap()) % kinds.len();
            times[at].push(time(|| client.login(kinds[at], "wrong", "mismatch")));
        }
    }
    let hash = median(&mut bare);
    println!(
        "bare hash: median {:.2} ms over {rounds} rounds",
        hash * 1e3
    );
    let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
    for (kind, (median, times)) in kinds.iter().zip(medians.iter().zip(&times)) {
        println!(
            "{kind:>10}: median {:.2} ms (quartiles {:.2} to {:.2})",
            median * 1e3,
            times[times.len() / 4] * 1e3,
            times[times.len() * 3 / 4] * 1e3
        );
    }
    let most = medians.iter().copied().fold(f64::MIN, f64::max);
    let least = medians.iter().copied().fold(f64::MAX, f64::min);
    println!(
        "apart: {:.1} % of a hash, over {} requests",
        (most - least) / hash * 100.0,
        rounds * 6
    );
}

/// A client who logs in over and over, beside the bare hash.
fn latency(rounds: u64) {
    let sidecar = Sidecar::start("");
    let mut client = sidecar.client();
    let (mut bare, mut served) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        bare.push(time(bare_hash));
        served.push(time(|| client.login("native", PASSWORD, "match")));
    }
    let p99 = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() * 99 / 100]
    };
    let (b50, s50) = (median(&mut bare), median(&mut served));
    let (b99, s99) = (p99(&mut bare), p99(&mut served));
    println!(
        "bare hash: median {:.2} ms, p99 {:.2} ms over {rounds} rounds",
        b50 * 1e3,
        b99 * 1e3
    );
    println!(
        "    login: median {:.2} ms, p99 {:.2} ms",
        s50 * 1e3,
        s99 * 1e3
    );
    println!("    ratio: median {:.3}, p99 {:.3}", s50 / b50, s99 / b99);
}

/// As many clients as cores, beside as many threads that only hash.
fn throughput(rounds: u64) {
    let cores = std::thread::available_parallelism().unwrap().get();
    let sidecar = Sidecar::start("");
    let window = Duration::from_secs(3);
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let bare = rate(cores, window, || bare_hash);
        let served = rate(cores, window, || {
            let mut client = sidecar.client();
            move || client.login("native", PASSWORD, "match")
        });
        println!(
            "{cores} threads hash {bare:.1} a second, {cores} clients log in {served:.1} a second: {:.3}",
            served / bare
        );
        ratios.push(served / bare);
    }
    let middle = median(&mut ratios);
    println!(
        "ratio: median {middle:.3} ({:.3} to {:.3})",
        ratios[0],
        ratios[ratios.len() - 1]
    );
}

/// Ten times as many clients as can be served or wait.
fn overload(seconds: u64) {
    let cores = std::thread::available_parallelism().unwrap().get();
    let sidecar = Sidecar::start("queue = 4\n");
    let clients = 10 * (cores + 4);
    let [served, refused] = [const { AtomicU64::new(0) }; 2];
    let other = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let mut resident = Vec::new();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                let mut client = sidecar.client();
                while !stop.load(Ordering::Relaxed) {
                    match client.post(&body("native", PASSWORD)).0 {
                        200 => served.fetch_add(1, Ordering::Relaxed),
                        503 => {
                            std::thread::sleep(Duration::from_millis(10));
                            refused.fetch_add(1, Ordering::Relaxed)
                        }
                        _ => other.fetch_add(1, Ordering::Relaxed),
                    };
                }
            });
        }
        for _ in 0..seconds {
            std::thread::sleep(Duration::from_secs(1));
            resident.push(sidecar.resident_kib());
        }
        stop.store(true, Ordering::Relaxed);
    });
    let tenth = resident.len() / 10;
    println!(
        "{clients} clients for {seconds} s: {} logins, {} times 503, {} other answers",
        served.into_inner(),
        refused.into_inner(),
        other.into_inner()
    );
    println!(
        "resident: {} KiB after {} s, {} KiB at the end, at most {} KiB",
        resident[tenth],
        tenth + 1,
        resident[resident.len() - 1],
        resident.iter().max().unwrap()
    );
}

fn bare_hash() {
    COLUMN.no_row(&Password::new(PASSWORD), &Context::default());
}

fn time(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64()
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// How often a second that many threads get something done.
fn rate<W: FnMut()>(threads: usize, window: Duration, worker: impl Fn() -> W + Sync) -> f64 {
    let began = Instant::now();
    let done: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut work = worker();
                    let mut done = 0;
                    while began.elapsed() < window {
                        work();
                        done += 1;
                    }
                    done
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let done = done as f64;
    done / began.elapsed().as_secs_f64()
}

/// The built command, serving a table with a row of each kind.
struct Sidecar {
    folder: tempfile::TempDir,
    child: Child,
}

impl Sidecar {
    fn start(serve: &str) -> Self {
        Self::with(&usual_rows(), serve)
    }

    fn with(rows: &[(&str, String)], serve: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fill(&folder.path().join("users.db"), rows);
        let config = format!(
            "[database]\nurl = \"sqlite:users.db\"\n[[credential]]\nname = \"users\"\ntable = \"user\"\nkey = \"id\"\ncolumn = \"password\"\n\
             scheme = \"md5\"\nlogin = \"name\"\nreaders_ready = true\n[serve]\nlogins_burst = 0\nfailures_max = 0\n{serve}"
        );
        std::fs::write(folder.path().join("saltern.toml"), config).unwrap();
        let child = Command::new(program())
            .arg("serve")
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let sidecar = Self { folder, child };
        while UnixStream::connect(sidecar.socket()).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        sidecar
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("saltern.sock")
    }

    fn client(&self) -> Client {
        Client(BufReader::new(UnixStream::connect(self.socket()).unwrap()))
    }

    fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}

/// The command: the one that was built beside this, or another version of it.
fn program() -> PathBuf {
    let other = std::env::var_os("SALTERN_BENCH_PROGRAM");
    other.map_or_else(|| env!("CARGO_BIN_EXE_saltern").into(), PathBuf::from)
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Client(BufReader<UnixStream>);

impl Client {
    fn login(&mut self, login: &str, password: &str, outcome: &str) {
        let (status, answer) = self.post(&body(login, password));
        assert!(
            status == 200 && answer.contains(&format!("\"{outcome}\"")),
            "{status}: {answer}"
        );
    }

    fn post(&mut self, body: &str) -> (u16, String) {
        let request = format!(
            "POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().unwrap()
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer).unwrap();
        (status, String::from_utf8(answer).unwrap())
    }
}

fn body(login: &str, password: &str) -> String {
    serde_json::json!({ "credential": "users", "login": login, "password": password }).to_string()
}

fn usual_rows() -> Vec<(&'static str, String)> {
    let salt = *b"0123456789abcdef";
    let native = COLUMN.hash(&Password::new(PASSWORD), &salt).unwrap();
    let md5 = saltern::scheme::digest(Scheme::MD5, PASSWORD.as_bytes()).unwrap();
    let outer = native_string(
        &OUTER,
        &salt,
        &derive(&OUTER, &salt, md5.as_bytes()).unwrap(),
    );
    let wrapped = wrap(&outer, &Scheme::MD5.inner_id().unwrap(), None);
    vec![
        ("native", native.as_str().to_owned()),
        ("locked", "!".to_owned()),
        ("unparsable", "gibberish".to_owned()),
        ("legacy", md5.to_string()),
        ("wrapped", wrapped),
    ]
}

fn fill(file: &Path, rows: &[(&str, String)]) {
    let mut sql =
        "CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT UNIQUE, password TEXT);".to_owned();
    for (name, value) in rows {
        write!(
            sql,
            "INSERT INTO user (name, password) VALUES ('{name}', '{value}');"
        )
        .unwrap();
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}?mode=rwc", file.display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
}
