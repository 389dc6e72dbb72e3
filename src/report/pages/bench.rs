//! How fast this machine hashes, in words.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::report::table::{Align, Table};
use crate::report::text::{bytes, count, duration, rate};
use crate::report::version::REPORT_VERSION;
use crate::scheme::Outer;

/// One thing that was measured.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// The hash and its parameters.
    pub outer: Outer,
    /// What computed it.
    pub kernel: &'static str,
    /// The hashing threads.
    pub threads: usize,
    /// The hashes at once on each.
    pub lockstep: usize,
    /// The memory that they took, in bytes.
    pub memory_bytes: u64,
    /// All of them together.
    pub hashes_per_second: f64,
}

/// All that was measured, and for how many rows it is worked out.
#[derive(Clone, Debug)]
pub struct BenchReport {
    /// In the order in which it was measured.
    pub measured: Vec<Measured>,
    /// The hash that the configuration asks for.
    pub target: Option<Outer>,
    /// The rows of a table.
    pub rows: u64,
}

impl BenchReport {
    /// The text for people.
    pub fn text(&self) -> String {
        let for_rows = format!("{} rows", count(self.rows));
        let mut table = Table::new(
            2,
            &[
                ("hash", Align::Left),
                ("kernel", Align::Left),
                ("threads", Align::Right),
                ("at once", Align::Right),
                ("memory", Align::Right),
                ("hashes", Align::Right),
                (&for_rows, Align::Right),
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
        let measured: Vec<Value> = self
            .measured
            .iter()
            .map(|one| {
                let mut object = parameters(&one.outer);
                let more = json!({
                    "target": self.target == Some(one.outer),
                    "kernel": one.kernel,
                    "threads": one.threads,
                    "lockstep": one.lockstep,
                    "memory_bytes": one.memory_bytes,
                    "hashes_per_second": one.hashes_per_second,
                    "seconds": self.seconds(one),
                });
                if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
                    object.extend(more);
                }
                object
            })
            .collect();
        json!({ "v": REPORT_VERSION, "rows": self.rows, "measured": measured })
    }

    fn seconds(&self, one: &Measured) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a time is told roughly")]
        let rows = self.rows as f64;
        rows / one.hashes_per_second
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

/// The names of `[target]`.
fn parameters(outer: &Outer) -> Value {
    match *outer {
        Outer::Argon2id {
            memory_kib,
            iterations,
            parallelism,
        } => json!({
            "algorithm": "argon2id",
            "memory_kib": memory_kib,
            "iterations": iterations,
            "parallelism": parallelism,
        }),
        Outer::Bcrypt { cost, .. } => json!({ "algorithm": "bcrypt", "cost": cost }),
        Outer::Pbkdf2Sha256 { iterations } => {
            json!({ "algorithm": "pbkdf2-sha256", "iterations": iterations })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> BenchReport {
        let outer = Outer::Pbkdf2Sha256 { iterations: 7 };
        BenchReport {
            measured: vec![Measured {
                outer,
                kernel: "avx2",
                threads: 2,
                lockstep: 3,
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
