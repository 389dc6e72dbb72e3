//! Who was reset, why and when, from the ledger: as text, as an object, and as CSV.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::report::object::{REPORT_VERSION, object};
use crate::report::table::{Align, TextTable};
use crate::report::text::{count, safe, stamp};
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
    /// Rows that it changed, by a reset or in another way.
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

/// The object of a report.
#[derive(Serialize)]
struct ResetsObject<'a> {
    v: u32,
    runs: Vec<ResetRunObject<'a>>,
}

#[derive(Serialize)]
struct ResetRunObject<'a> {
    run: &'a str,
    state: &'a str,
    created_ms: i64,
    done: i64,
    reset: u64,
    closes: bool,
    sums: Vec<ResetSumObject<'a>>,
}

#[derive(Serialize)]
struct ResetSumObject<'a> {
    credential: &'a str,
    rule: &'a str,
    reason: &'a str,
    class: &'a str,
    how: &'a str,
    rows: u64,
    first_ms: i64,
    last_ms: i64,
}

#[derive(Serialize)]
struct ResetRowObject<'a> {
    run: &'a str,
    credential: &'a str,
    key: &'a str,
    rule: &'a str,
    reason: &'a str,
    class: &'a str,
    at_ms: i64,
    how: &'a str,
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
            let mut table = TextTable::new(
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

    /// The object for machines, without the rows.
    pub fn json(&self, runs: &[ResetRun]) -> Value {
        object(&ResetsObject {
            v: REPORT_VERSION,
            runs: runs.iter().map(|run| self.run_object(run)).collect(),
        })
    }

    fn run_object<'a>(&'a self, run: &'a ResetRun) -> ResetRunObject<'a> {
        let of_run = self.by.iter().filter(|([of, ..], _)| *of == run.run);
        let sums = of_run.map(
            |([_, credential, rule, reason, class, how], sum)| ResetSumObject {
                credential,
                rule,
                reason,
                class,
                how,
                rows: sum.rows,
                first_ms: sum.first_ms,
                last_ms: sum.last_ms,
            },
        );
        ResetRunObject {
            run: &run.run,
            state: &run.state,
            created_ms: run.created_ms,
            done: run.done,
            reset: self.of_run(&run.run),
            closes: self.closes(run),
            sums: sums.collect(),
        }
    }

    /// Whether the list fits the run: it has no more rows than were changed, and the run's counts
    /// add up.
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

/// The first line of the CSV.
pub const RESET_CSV_HEAD: &str = "run,credential,key,rule,reason,class,at_ms,how";

/// A row of the CSV.
pub fn reset_csv(line: &ResetLine) -> String {
    let cells = [
        &line.run,
        &line.credential,
        &line.row_key,
        &line.rule,
        &line.reason,
        &line.class,
    ];
    let cells: Vec<String> = cells.into_iter().map(|cell| csv_cell(cell)).collect();
    format!("{},{},{}", cells.join(","), line.at_ms, csv_cell(&line.how))
}

/// A row as an object, one a line.
pub fn reset_line(line: &ResetLine) -> Value {
    object(&ResetRowObject {
        run: &line.run,
        credential: &line.credential,
        key: &line.row_key,
        rule: &line.rule,
        reason: &line.reason,
        class: &line.class,
        at_ms: line.at_ms,
        how: &line.how,
    })
}

/// What a spreadsheet may take for the begin of a formula. Some drop what steers a line before it,
/// and some read signs of full width.
const FORMULA_SIGNS: [char; 11] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// A cell by RFC 4180. A text that a spreadsheet would run as a formula gets a mark in front.
pub fn csv_cell(cell: &str) -> String {
    let formula = cell.starts_with(FORMULA_SIGNS);
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

    #[test]
    fn what_a_spreadsheet_may_run_is_marked() {
        for sign in FORMULA_SIGNS {
            let cell = format!("{sign}cmd|' /C calc'!A0");
            assert_eq!(csv_cell(&cell), format!("\"'{cell}\""));
        }
        assert_eq!(csv_cell("a=b"), "a=b");
    }

    fn line(key: &str, at_ms: i64) -> ResetLine {
        ResetLine {
            chunk: 0,
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
