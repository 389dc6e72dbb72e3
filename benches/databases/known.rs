//! `scan` with a word list: what judging a whole column by it costs.
//!
//!     cargo bench --bench databases -- known --rows 5000000 --words 10000000 --rounds 3
//!
//! On PostgreSQL: rows of unsalted MD5, a list of which one word in a thousand is a row's, and the same scan without a list. Peak memory is
//! this process's, the bench's own included.

use std::io::{BufWriter, Write as _};
use std::time::Instant;

use crate::place::{Backend, Place, argument, fill, row, settings, spread};
use saltern::engine::{Event, Observer, Purpose, Session, scan_columns};
use saltern::secret::DatabaseUrl;

struct Deaf;

impl Observer for Deaf {
    fn on(&self, _: Option<&str>, _: &Event) {}
}

/// One word in so many is a row's.
const KNOWN_EACH: usize = 1_000;

pub(crate) fn bench() {
    let rows = argument("--rows", 5_000_000);
    let words = argument("--words", 10_000_000);
    let rounds = argument("--rounds", 3);
    let Some(place) = Place::new(Backend::Postgres) else {
        println!("PostgreSQL: not installed, left out");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("words.txt");
    let mut out = BufWriter::new(std::fs::File::create(&list).unwrap());
    for n in 0..words {
        if n % KNOWN_EACH == 0 {
            writeln!(out, "bench-{}", n / KNOWN_EACH).unwrap();
        } else {
            writeln!(out, "word {n}").unwrap();
        }
    }
    out.into_inner().unwrap();
    let known = words.div_ceil(KNOWN_EACH).min(rows) as u64;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(fill(&place.url, rows));
    println!(
        "PostgreSQL, {rows} rows of unsalted MD5, {words} words, {rounds} rounds; seconds, median (min to max)"
    );
    row(&["scan", "scan with the list", "peak memory MiB"].map(str::to_owned));
    let asked = settings(&format!(
        "[known]\nwordlist = {:?}\n",
        list.display().to_string()
    ));
    let (mut plain, mut with_list) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        plain.push(runtime.block_on(scan_once(&settings(""), &place.url, None)));
        with_list.push(runtime.block_on(scan_once(&asked, &place.url, Some(known))));
    }
    let show = |values: &mut Vec<f64>| {
        let (min, median, max) = spread(values);
        format!("{median:.2} ({min:.2} to {max:.2})")
    };
    row(&[
        show(&mut plain),
        show(&mut with_list),
        peak_memory_mib().to_string(),
    ]);
}

async fn scan_once(settings: &saltern::config::Settings, url: &str, known: Option<u64>) -> f64 {
    let begun = Instant::now();
    let mut session = Session::open(settings, DatabaseUrl::parse(url).unwrap())
        .await
        .unwrap();
    let looks = scan_columns(&mut session, Purpose::Count, &Deaf)
        .await
        .unwrap();
    assert_eq!(looks[0].known.as_ref().map(|known| known.all.known), known);
    session.conn.close().await;
    begun.elapsed().as_secs_f64()
}

fn peak_memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
