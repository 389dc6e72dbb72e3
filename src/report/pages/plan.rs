//! A plan: what would happen to how many rows, why, and how long it takes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::config::Settings;
use crate::engine::{ColumnScan, RunPlan, reader_labels};
use crate::policy::Action;
use crate::report::object::{REPORT_VERSION, object};
use crate::report::parts::{
    CoverageObject, KnownObject, RefusalObject, coverage_words, known_line, label_names, long_rows,
    long_words, rule_name, why,
};
use crate::report::table::{Align, TextTable};
use crate::report::text::{bytes, count, duration, rate, safe};

/// A database doesn't tell which platform uses it, so this is always said.
const SESSIONS: &str = "sessions and reset links that are bound to the stored hash (Django, Laravel, Devise, WordPress) end when it changes";

/// A plan with what is needed to read it.
#[derive(Clone, Copy)]
pub struct PlanReport<'a> {
    /// The configuration.
    pub settings: &'a Settings,
    /// The plan.
    pub plan: &'a RunPlan,
    /// How many machines share the work.
    pub machines: u32,
}

/// The object of a report.
#[derive(Serialize)]
struct PlanObject<'a> {
    v: u32,
    digest: &'a str,
    credentials: Vec<PlanColumn<'a>>,
    hashes: u64,
    machine: MachineObject,
    estimate: Option<EstimateObject>,
    warnings: Vec<String>,
    refusals: Vec<RefusalObject<'a>>,
}

#[derive(Serialize)]
struct PlanColumn<'a> {
    name: &'a str,
    rows: u64,
    excepted: u64,
    known: Option<KnownObject>,
    long_passwords: Option<u64>,
    coverage: Vec<CoverageObject>,
    groups: Vec<PlanGroup>,
    labels: Vec<String>,
}

/// Rows of a line for which the plan is the same.
#[derive(Serialize)]
struct PlanGroup {
    class: &'static str,
    what: String,
    action: &'static str,
    reason: &'static str,
    rule: Option<String>,
    due: bool,
    rows: u64,
    labels: Vec<String>,
}

#[derive(Serialize)]
struct MachineObject {
    hashes_per_second: f64,
    threads: usize,
    kernel: &'static str,
    lockstep: usize,
    memory_bytes: u64,
}

#[derive(Serialize)]
struct EstimateObject {
    seconds: f64,
    hours: f64,
    machines: u32,
    hours_on_machines: f64,
}

impl PlanReport<'_> {
    /// The text for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.table(&mut out);
        self.sums(&mut out);
        self.cost(&mut out);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  digest    {}", self.plan.digest);
        for warning in self.warnings() {
            let _ = writeln!(out, "\nwarning: {}", safe(&warning));
        }
        for refusal in &self.plan.refusals {
            let _ = writeln!(
                out,
                "\nrun --execute would refuse: {}\nwhat to do: {}",
                safe(&refusal.what),
                safe(&refusal.hint)
            );
        }
        out
    }

    /// The object for machines.
    pub fn json(&self) -> Value {
        let plan = self.plan;
        object(&PlanObject {
            v: REPORT_VERSION,
            digest: &plan.digest,
            credentials: plan.columns.iter().map(|scan| self.column(scan)).collect(),
            hashes: plan.hashes,
            machine: MachineObject {
                hashes_per_second: plan.calibration.hashes_per_second,
                threads: plan.budget.threads,
                kernel: plan.budget.plan.implementation().as_str(),
                lockstep: plan.budget.plan.lockstep(),
                memory_bytes: plan.budget.hashing_bytes,
            },
            estimate: plan.estimate.map(|estimate| EstimateObject {
                seconds: estimate.seconds(),
                hours: estimate.hours(),
                machines: self.machines,
                hours_on_machines: estimate.hours_on(self.machines),
            }),
            warnings: self.warnings(),
            refusals: plan.refusals.iter().map(RefusalObject::of).collect(),
        })
    }

    fn column<'a>(&'a self, scan: &'a ColumnScan) -> PlanColumn<'a> {
        let groups = scan.groups.iter().map(|group| {
            let line = scan.line(group);
            PlanGroup {
                class: line.class.as_str(),
                what: line.label(),
                action: group.decision.action.as_str(),
                reason: group.decision.reason.as_str(),
                rule: rule_name(&self.settings.rules, &group.decision),
                due: group.decision.due,
                rows: group.rows,
                labels: label_names(self.settings, scan, group),
            }
        });
        PlanColumn {
            name: &scan.credential,
            rows: scan.census.rows,
            excepted: scan.excepted,
            known: scan.known.as_ref().map(|known| KnownObject::of(&known.all)),
            long_passwords: long_rows(scan, self.settings),
            coverage: CoverageObject::all(scan, self.settings.credential(&scan.credential)),
            groups: groups.collect(),
            labels: reader_labels(self.settings, scan)
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }

    /// The plan's warnings, and one on users who are logged in while their value is wrapped.
    fn warnings(&self) -> Vec<String> {
        let mut warnings = self.plan.warnings.clone();
        if self.plan.columns.iter().any(|scan| scan.wraps() > 0) {
            warnings.push(SESSIONS.to_owned());
        }
        for scan in &self.plan.columns {
            let words = long_words(scan, self.settings);
            warnings.extend(words.map(|words| format!("{}: {words}", scan.credential)));
        }
        warnings
    }

    fn table(&self, out: &mut String) {
        let mut table = TextTable::new(
            2,
            &[
                ("credential", Align::Left),
                ("class", Align::Left),
                ("what", Align::Left),
                ("rows", Align::Right),
                ("action", Align::Left),
                ("label", Align::Left),
                ("why", Align::Left),
            ],
        );
        for scan in &self.plan.columns {
            for group in &scan.groups {
                let line = scan.line(group);
                table.row([
                    scan.credential.clone(),
                    line.class.to_string(),
                    line.label(),
                    count(group.rows),
                    group.decision.action.to_string(),
                    label_names(self.settings, scan, group)
                        .iter()
                        .map(|label| format!("--{label}"))
                        .collect::<Vec<_>>()
                        .join(" or "),
                    why(self.settings, scan, group),
                ]);
            }
        }
        out.push_str(&table.render());
    }

    fn sums(&self, out: &mut String) {
        let mut by_action: BTreeMap<Action, u64> = BTreeMap::new();
        for scan in &self.plan.columns {
            for group in &scan.groups {
                *by_action.entry(group.decision.action).or_default() += group.rows;
            }
        }
        let parts: Vec<String> = by_action
            .iter()
            .rev()
            .map(|(action, rows)| format!("{action} {}", count(*rows)))
            .collect();
        let _ = writeln!(out, "\n  rows      {}", parts.join(", "));
        for scan in &self.plan.columns {
            if let Some(credential) = self.settings.credential(&scan.credential) {
                for evidence in &scan.census.shapes {
                    if let Some(words) = coverage_words(scan, credential, evidence).first() {
                        let _ = writeln!(out, "  proof     {}: {words}", safe(&scan.credential));
                    }
                }
            }
            if let Some(known) = &scan.known {
                let _ = writeln!(
                    out,
                    "  known     {}: {}",
                    safe(&scan.credential),
                    known_line(&known.all)
                );
            }
        }
    }

    fn cost(&self, out: &mut String) {
        let plan = self.plan;
        let _ = writeln!(
            out,
            "  machine   {} hashes a second measured, on {} {} with {} at once on each by kernel {}; {} for hashing",
            rate(plan.calibration.hashes_per_second).trim_end_matches("/s"),
            plan.budget.threads,
            if plan.budget.threads == 1 {
                "thread"
            } else {
                "threads"
            },
            plan.budget.plan.lockstep(),
            plan.budget.plan.implementation().as_str(),
            bytes(plan.budget.hashing_bytes)
        );
        let time = match plan.estimate {
            None => "nothing is to be hashed".to_owned(),
            Some(estimate) if self.machines > 1 => format!(
                "{} here, {} on {} such machines, for {} hashes",
                duration(estimate.seconds()),
                duration(estimate.hours_on(self.machines) * 3_600.0),
                self.machines,
                count(plan.hashes)
            ),
            Some(estimate) => format!(
                "{} here, for {} hashes",
                duration(estimate.seconds()),
                count(plan.hashes)
            ),
        };
        let _ = writeln!(out, "  time      {time}");
    }
}
