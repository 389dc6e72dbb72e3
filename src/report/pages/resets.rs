//! Who was reset, why and when: from the ledger, for people, for machines and as a table of comma-separated values.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::report::table::{Align, Table};
use crate::report::text::{count, safe, stamp};
use crate::report::version::REPORT_VERSION;
use crate::store::ledger::ResetLine;

/// What the ledger's chunks say of a run that has reset rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetRun {
    /// The run.
    pub run: String,
    /// Its state.
    pub state: String,
    /// When it began.
    pub created_ms: i64,
    /// Rows that it changed, by a reset or otherwise.
    pub done: i64,
    /// Whether its counts add up.
    pub closes: bool,
}

/// How many rows one rule has reset in one run, for one reason.
#[derive(Clone, Debug, Default)]
pub struct ResetSums {
    by: BTreeMap<[String; 6], Sum>,
}

#[derive(Clone, Copy, Debug)]
struct Sum {
    rows: u64,
    first_ms: i64,
    last_ms: i64,
}

impl ResetSums {
    /// Takes a row into account.
    pub fn add(&mut self, line: &ResetLine) {
        let of = [
            line.run.clone(),
            line.credential.clone(),
            line.rule.clone(),
            line.reason.clone(),
            line.class.clone(),
            line.how.clone(),
        ];
        let sum = self.by.entry(of).or_insert(Sum {
            rows: 0,
            first_ms: line.at_ms,
            last_ms: line.at_ms,
        });
        sum.rows += 1;
        sum.first_ms = sum.first_ms.min(line.at_ms);
        sum.last_ms = sum.last_ms.max(line.at_ms);
    }

    /// How many rows a run has reset.
    pub fn of_run(&self, run: &str) -> u64 {
        let of = self.by.iter().filter(|([of, ..], _)| of == run);
        of.map(|(_, sum)| sum.rows).sum()
    }

    /// The text for people.
    pub fn text(&self, runs: &[ResetRun]) -> String {
        if self.by.is_empty() {
            return "nobody has been reset\n".to_owned();
        }
        let mut out = String::new();
        for run in runs {
            let rows = self.of_run(&run.run);
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "run {} ({}), begun {}: {} reset, {}",
                safe(&run.run),
                safe(&run.state),
                stamp(run.created_ms),
                count(rows),
                self.verdict(run)
            );
            let mut table = Table::new(
                2,
                &[
                    ("credential", Align::Left),
                    ("rule", Align::Left),
                    ("reason", Align::Left),
                    ("class", Align::Left),
                    ("how", Align::Left),
                    ("rows", Align::Right),
                    ("from", Align::Left),
                    ("to", Align::Left),
                ],
            );
            for ([_, credential, rule, reason, class, how], sum) in
                self.by.iter().filter(|([of, ..], _)| *of == run.run)
            {
                table.row([
                    credential.clone(),
                    rule.clone(),
                    reason.clone(),
                    class.clone(),
                    how.clone(),
                    count(sum.rows),
                    stamp(sum.first_ms),
                    stamp(sum.last_ms),
                ]);
            }
            out.push_str(&table.render());
            out.push('\n');
        }
        out
    }

    /// The object for machines, but for the rows.
    pub fn json(&self, runs: &[ResetRun]) -> Value {
        let runs: Vec<Value> = runs
            .iter()
            .map(|run| {
                let sums: Vec<Value> = self
                    .by
                    .iter()
                    .filter(|([of, ..], _)| *of == run.run)
                    .map(|([_, credential, rule, reason, class, how], sum)| {
                        json!({
                            "credential": credential, "rule": rule, "reason": reason, "class": class,
                            "how": how, "rows": sum.rows, "first_ms": sum.first_ms, "last_ms": sum.last_ms,
                        })
                    })
                    .collect();
                json!({
                    "run": run.run,
                    "state": run.state,
                    "created_ms": run.created_ms,
                    "done": run.done,
                    "reset": self.of_run(&run.run),
                    "closes": self.closes(run),
                    "sums": sums,
                })
            })
            .collect();
        json!({ "v": REPORT_VERSION, "runs": runs })
    }

    /// Whether what is listed can be what was changed: never more, and the run's own counts add up.
    pub fn closes(&self, run: &ResetRun) -> bool {
        run.closes && i64::try_from(self.of_run(&run.run)).is_ok_and(|rows| rows <= run.done)
    }

    fn verdict(&self, run: &ResetRun) -> String {
        let others = run.done - i64::try_from(self.of_run(&run.run)).unwrap_or(i64::MAX);
        if self.closes(run) {
            format!(
                "{} changed otherwise, {} in all; the counts add up",
                count(others),
                count(run.done)
            )
        } else {
            format!(
                "THE COUNTS DO NOT ADD UP: {} changed in all",
                count(run.done)
            )
        }
    }
}

/// The head of the table.
pub const RESET_CSV_HEAD: &str = "run,credential,key,rule,reason,class,at_ms,how";

/// A row of the table.
pub fn reset_csv(line: &ResetLine) -> String {
    let cells = [
        &line.run,
        &line.credential,
        &line.row_key,
        &line.rule,
        &line.reason,
        &line.class,
    ];
    let cells: Vec<String> = cells.into_iter().map(|cell| quoted(cell)).collect();
    format!("{},{},{}", cells.join(","), line.at_ms, quoted(&line.how))
}

/// A row as an object, one a line.
pub fn reset_line(line: &ResetLine) -> Value {
    json!({
        "run": line.run, "credential": line.credential, "key": line.row_key, "rule": line.rule,
        "reason": line.reason, "class": line.class, "at_ms": line.at_ms, "how": line.how,
    })
}

/// RFC 4180; what a spreadsheet would take for a formula is kept from being one.
pub fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let mark = if formula { "'" } else { "" };
    if formula || cell.contains([',', '"', '\n', '\r']) {
        format!("\"{mark}{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(key: &str, at_ms: i64) -> ResetLine {
        ResetLine {
            run: "r1".to_owned(),
            credential: "parents".to_owned(),
            row_key: format!("[\"{key}\"]"),
            rule: "stale".to_owned(),
            reason: "=1+1, \"x\"".to_owned(),
            class: "weak".to_owned(),
            how: "hard".to_owned(),
            at_ms,
        }
    }

    fn run(done: i64) -> ResetRun {
        ResetRun {
            run: "r1".to_owned(),
            state: "done".to_owned(),
            created_ms: 0,
            done,
            closes: true,
        }
    }

    #[test]
    fn more_rows_than_were_changed_can_not_be_overlooked() {
        let mut sums = ResetSums::default();
        sums.add(&line("1", 5));
        sums.add(&line("2", 9));
        assert!(sums.closes(&run(2)) && sums.closes(&run(3)) && !sums.closes(&run(1)));
        assert!(sums.text(&[run(1)]).contains("DO NOT ADD UP"));
        let json = sums.json(&[run(3)]);
        assert_eq!(json["runs"][0]["reset"], 2);
        assert_eq!(json["runs"][0]["sums"][0]["last_ms"], 9);
    }

    #[test]
    fn a_cell_is_quoted_and_never_a_formula() {
        assert_eq!(
            reset_csv(&line("1", 5)),
            "r1,parents,\"[\"\"1\"\"]\",stale,\"'=1+1, \"\"x\"\"\",weak,5,hard"
        );
    }
}
