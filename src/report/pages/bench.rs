//! How fast this machine hashes.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::report::object::{REPORT_VERSION, object};
use crate::report::table::{Align, TextTable};
use crate::report::text::{bytes, count, duration, rate};
use crate::scheme::Outer;

/// One thing that was measured.
#[derive(Clone, Debug)]
pub struct BenchLine {
    /// The hash and its parameters.
    pub outer: Outer,
    /// What computed it.
    pub kernel: &'static str,
    /// The hashing threads.
    pub threads: usize,
    /// The hashes at once on each.
    pub lockstep: usize,
    /// The variant of the kernel, and why it is that one; none where it has none.
    pub variant: Option<String>,
    /// The memory that they took, in bytes.
    pub memory_bytes: u64,
    /// Of all threads together.
    pub hashes_per_second: f64,
}

/// All measurements, and the number of rows for which times are worked out.
#[derive(Clone, Debug)]
pub struct BenchReport {
    /// In the order in which it was measured.
    pub measured: Vec<BenchLine>,
    /// The hash that the configuration asks for.
    pub target: Option<Outer>,
    /// The rows of a table.
    pub rows: u64,
}

/// The object of a report.
#[derive(Serialize)]
struct BenchObject {
    v: u32,
    rows: u64,
    measured: Vec<BenchLineObject>,
}

#[derive(Serialize)]
struct BenchLineObject {
    #[serde(flatten)]
    hash: HashParameters,
    target: bool,
    kernel: &'static str,
    threads: usize,
    lockstep: usize,
    variant: Option<String>,
    memory_bytes: u64,
    hashes_per_second: f64,
    seconds: f64,
}

/// A hash with its parameters, by the names of `[target]`.
#[derive(Serialize)]
#[serde(tag = "algorithm")]
enum HashParameters {
    #[serde(rename = "argon2id")]
    Argon2id {
        memory_kib: u32,
        iterations: u32,
        parallelism: u32,
    },
    #[serde(rename = "bcrypt")]
    Bcrypt { cost: u32 },
    #[serde(rename = "pbkdf2-sha256")]
    Pbkdf2Sha256 { iterations: u32 },
}

impl BenchReport {
    /// The text for people.
    pub fn text(&self) -> String {
        let for_rows = format!("{} rows", count(self.rows));
        let mut table = TextTable::new(
            2,
            &[
                ("hash", Align::Left),
                ("kernel", Align::Left),
                ("threads", Align::Right),
                ("at once", Align::Right),
                ("memory", Align::Right),
                ("hashes", Align::Right),
                (&for_rows, Align::Right),
                ("variant", Align::Left),
            ],
        );
        for one in &self.measured {
            table.row([
                words(&one.outer),
                one.kernel.to_owned(),
                one.threads.to_string(),
                one.lockstep.to_string(),
                bytes(one.memory_bytes),
                rate(one.hashes_per_second),
                duration(self.seconds(one)),
                one.variant.clone().unwrap_or_default(),
            ]);
        }
        let mut out = table.render();
        if let Some(target) = self.target {
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "\n  the target of the configuration is {}",
                words(&target)
            );
        }
        out
    }

    /// The object for machines.
    pub fn json(&self) -> Value {
        let measured = self.measured.iter().map(|one| BenchLineObject {
            hash: HashParameters::of(&one.outer),
            target: self.target == Some(one.outer),
            kernel: one.kernel,
            threads: one.threads,
            lockstep: one.lockstep,
            variant: one.variant.clone(),
            memory_bytes: one.memory_bytes,
            hashes_per_second: one.hashes_per_second,
            seconds: self.seconds(one),
        });
        object(&BenchObject {
            v: REPORT_VERSION,
            rows: self.rows,
            measured: measured.collect(),
        })
    }

    fn seconds(&self, one: &BenchLine) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a time is told roughly")]
        let rows = self.rows as f64;
        rows / one.hashes_per_second
    }
}

impl HashParameters {
    fn of(outer: &Outer) -> Self {
        match *outer {
            Outer::Argon2id {
                memory_kib,
                iterations,
                parallelism,
            } => Self::Argon2id {
                memory_kib,
                iterations,
                parallelism,
            },
            Outer::Bcrypt { cost, .. } => Self::Bcrypt { cost },
            Outer::Pbkdf2Sha256 { iterations } => Self::Pbkdf2Sha256 { iterations },
        }
    }
}

fn words(outer: &Outer) -> String {
    match *outer {
        Outer::Argon2id {
            memory_kib,
            iterations,
            parallelism,
        } => format!("argon2id m={memory_kib} t={iterations} p={parallelism}"),
        Outer::Bcrypt { cost, .. } => format!("bcrypt cost {cost}"),
        Outer::Pbkdf2Sha256 { iterations } => format!("pbkdf2-sha256 i={iterations}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> BenchReport {
        let outer = Outer::Pbkdf2Sha256 { iterations: 7 };
        BenchReport {
            measured: vec![BenchLine {
                outer,
                kernel: "avx2",
                threads: 2,
                lockstep: 3,
                variant: None,
                memory_bytes: 6 << 20,
                hashes_per_second: 250.0,
            }],
            target: Some(outer),
            rows: 1_000_000,
        }
    }

    #[test]
    fn a_table_of_so_many_rows_takes_so_long() {
        let text = report().text();
        for part in [
            "1,000,000 rows",
            "pbkdf2-sha256 i=7",
            "avx2",
            "6.0 MiB",
            "250/s",
            "1 h 06 min",
            "the target of the configuration",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn the_object_has_the_names_of_the_configuration() {
        let json = report().json();
        let one = &json["measured"][0];
        assert_eq!(one["algorithm"], "pbkdf2-sha256");
        assert_eq!(one["iterations"], 7);
        assert_eq!(one["target"], true);
        assert_eq!(one["seconds"], 4_000.0);
    }
}
