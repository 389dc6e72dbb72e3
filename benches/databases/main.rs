//! What a run and a scan cost beside the hash and the driver, on private servers.
//!
//!     cargo bench --bench databases -- job
//!     cargo bench --bench databases -- scan
//!     cargo bench --bench databases -- known
//!     cargo bench --bench databases -- reset

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench that panics has failed, and it prints"
)]

mod job;
mod known;
mod place;
mod reset;
mod scan;

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    match wanted.as_str() {
        "job" => job::bench(),
        "scan" => scan::bench(),
        "known" => known::bench(),
        "reset" => reset::bench(),
        // `cargo test --benches` comes this way; there is nothing to test.
        _ => eprintln!("say which: job, scan, known or reset"),
    }
}
