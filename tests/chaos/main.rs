//! The campaign of faults: an application works on a table, saltern runs over it, and meanwhile things go wrong.
//!
//! Each round has its own seed, which every failure names. A checker that shares no code with saltern says whether
//! somebody is locked out, whether an old password still opens, and whether the ledger's counts are the data's. Two
//! controls switch off what holds a run together: there the checker must find something.
//!
//! `SALTERN_TEST_CHAOS=SECONDS` makes it as long, on each database. `SALTERN_TEST_CHAOS_SEED=N` begins with that round.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that panics has failed; what was done is said on stdout; the environment says how long"
)]
#![expect(
    dead_code,
    reason = "the harness of the integration tests has more than a campaign needs"
)]

#[macro_use]
#[path = "../it/servers.rs"]
mod servers;
#[path = "../it/db.rs"]
mod db;
#[path = "../it/proxy.rs"]
mod proxy;
#[path = "../it/saltern.rs"]
mod saltern;
#[path = "../it/session.rs"]
mod session;

mod app;
mod check;
mod fault;
mod members;
mod random;
mod round;
mod sidecar;
mod table;
mod tally;
mod way;

use std::time::{Duration, Instant};

use fault::Fault;
use round::{Control, Ground, Round};
use servers::Backend;
use tally::Tally;

/// The first seed of the short campaign, the same each time.
const SEED: u64 = 20_151_114;
/// So many rounds where nothing asks for more.
const ROUNDS: u64 = 3;
/// A control that has found nothing after so many rounds has failed.
const CONTROL_ROUNDS: u64 = 6;

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().expect("a whole number"))
}

on_each_backend!(whatever_goes_wrong_nobody_is_locked_out, |backend| {
    let seed = number("SALTERN_TEST_CHAOS_SEED").unwrap_or(SEED + 1_000 * backend as u64);
    let time = number("SALTERN_TEST_CHAOS").map(Duration::from_secs);
    println!("chaos on {}: seed {seed}", backend.name());
    let since = Instant::now();
    let mut ground = Ground::own(backend);
    let mut tally = Tally::default();
    let mut found = Vec::new();
    for round in 0.. {
        let over = match time {
            Some(time) => since.elapsed() >= time,
            None => round == ROUNDS,
        };
        if over {
            break;
        }
        let anomalies = Round::new(&mut ground, &mut tally, seed + round).play();
        for anomaly in anomalies.data.into_iter().chain(anomalies.ends) {
            let line = format!("{}, seed {}: {anomaly}", backend.name(), seed + round);
            eprintln!("{line}");
            found.push(line);
        }
    }
    println!("{}", tally.words(since.elapsed()));
    assert!(found.is_empty(), "anomalies:\n{}", found.join("\n"));
});

/// Rounds under a control, until the checker finds what the control lets through.
fn something_is_found(backend: Backend, control: Control, faults: &[Fault]) {
    let mut ground = Ground::new(backend);
    let mut tally = Tally::default();
    for seed in SEED..SEED + CONTROL_ROUNDS {
        let round = Round::new(&mut ground, &mut tally, seed).under(control, faults);
        let mut anomalies = round.play().data;
        anomalies.retain(|anomaly| anomaly.contains(control.sign()));
        if !anomalies.is_empty() {
            println!(
                "seed {seed}: {} anomalies, the first: {}",
                anomalies.len(),
                anomalies[0]
            );
            return;
        }
    }
    panic!("{control:?}: nothing was found in {CONTROL_ROUNDS} rounds");
}

on_each_backend!(
    without_the_swaps_condition_lost_passwords_are_found,
    |backend| {
        something_is_found(backend, Control::NoSwapCondition, &[Fault::Nothing]);
    }
);

on_each_backend!(without_the_fence_wrong_counts_are_found, |backend| {
    something_is_found(backend, Control::NoFence, &[Fault::FreezeAtAPoint]);
});
