//! The whole job beside the bare hash: how much of the threads' time is hashing, and what everything else costs.
//!
//!     cargo bench --bench databases -- job --rows 4000 --rounds 5
//!
//! Each round, on SQLite and on PostgreSQL: a new table of unsalted MD5, the bare hash rate of the same pool, then `run --execute`.
//! Busy share: time inside the hash ÷ (threads × wall), first read to last commit of the first pass. Other CPU: processor seconds of this
//! process and of the database server outside the hash, as a share of those inside it, in the same window; the sweep is apart.

use std::sync::Mutex;
use std::time::Duration;

use crate::place::{Backend, Place, argument, fill, own_cpu_seconds, row, settings, spread};
use saltern::engine::{
    End, Event, Mode, Observer, RunOptions, Session, Stop, budget, calibrate, plan_for, run,
};
use saltern::machine::Machine;
use saltern::secret::DatabaseUrl;

/// Processor time when the hashing began and when the first pass ended.
struct Watch<'p> {
    place: &'p Place,
    marks: Mutex<Vec<(f64, f64)>>,
}

impl Observer for Watch<'_> {
    fn on(&self, _: Option<&str>, event: &Event) {
        if matches!(event, Event::Pass { pass: 0 | 1 }) {
            self.marks
                .lock()
                .unwrap()
                .push((own_cpu_seconds(), self.place.server_cpu_seconds()));
        }
    }
}

pub(crate) fn bench() {
    let rows = argument("--rows", 4_000);
    let rounds = argument("--rounds", 5);
    let settings = settings(
        "[target]\nalgorithm = \"argon2id\"\nmemory_kib = 19456\niterations = 2\nparallelism = 1\n",
    );
    let outer = settings.target.outer;
    let kernel = saltern::kernel::Kernel::choose(None).kernel;
    let budget = budget(&Machine::detect(), &plan_for(&outer, kernel).unwrap(), None).unwrap();
    println!(
        "{rows} rows, argon2id m=19456 t=2 p=1, {} threads, {} in lockstep, kernel {}, {rounds} rounds; median (min to max)",
        budget.threads,
        budget.plan.lockstep(),
        kernel
    );
    row(&[
        "database",
        "busy share",
        "job ÷ bare hash",
        "other CPU %",
        "of it the server %",
        "rows a second",
    ]
    .map(str::to_owned));
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let mut busy = Vec::new();
        let mut ratio = Vec::new();
        let mut other = Vec::new();
        let mut server = Vec::new();
        let mut rate = Vec::new();
        for _ in 0..rounds {
            let Some(place) = Place::new(backend) else {
                println!("{}: not installed, left out", backend.name());
                break;
            };
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let watch = Watch {
                place: &place,
                marks: Mutex::default(),
            };
            let (bare, finished) = runtime.block_on(async {
                fill(&place.url, rows).await;
                let bare = calibrate(outer, &budget, Duration::from_secs(3))
                    .await
                    .unwrap()
                    .hashes_per_second;
                let session = Session::open(&settings, DatabaseUrl::parse(&place.url).unwrap())
                    .await
                    .unwrap();
                let options = RunOptions {
                    mode: Mode::Execute,
                    ..RunOptions::default()
                };
                let finished = run(session, &options, &watch, &Stop::new()).await.unwrap();
                let after = calibrate(outer, &budget, Duration::from_secs(3))
                    .await
                    .unwrap()
                    .hashes_per_second;
                (f64::midpoint(bare, after), finished)
            });
            assert_eq!(
                (finished.end, finished.accounts.done),
                (End::Done, i64::try_from(rows).unwrap())
            );
            let marks = watch.marks.lock().unwrap();
            let (own, theirs) = (marks[1].0 - marks[0].0, marks[1].1 - marks[0].1);
            busy.push(finished.busy_seconds / (budget.threads as f64 * finished.hashing_seconds));
            ratio.push(rows as f64 / finished.hashing_seconds / bare);
            other.push(
                (own + theirs - finished.hash_cpu_seconds) / finished.hash_cpu_seconds * 100.0,
            );
            server.push(theirs / finished.hash_cpu_seconds * 100.0);
            rate.push(rows as f64 / finished.hashing_seconds);
        }
        if busy.is_empty() {
            continue;
        }
        let show = |values: &mut Vec<f64>, digits: usize| {
            let (min, median, max) = spread(values);
            format!("{median:.digits$} ({min:.digits$} to {max:.digits$})")
        };
        row(&[
            backend.name().to_owned(),
            show(&mut busy, 3),
            show(&mut ratio, 3),
            show(&mut other, 2),
            show(&mut server, 2),
            show(&mut rate, 0),
        ]);
    }
}
