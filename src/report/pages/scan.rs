//! What a scan found, column by column.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::census::{ColumnLine, Duplicates, LoginAges};
use crate::config::Settings;
use crate::engine::{ColumnScan, DependencyKind, Group, dependencies};
use crate::report::parts::{
    action_words, known_json, known_words, line_words, of_look, proof_json, proof_words, rule_name,
    spelling_json,
};
use crate::report::table::{Align, Table};
use crate::report::text::{count, percent, safe};
use crate::report::version::REPORT_VERSION;
use crate::scheme::{Class, Declared, Scheme};

/// A scan of every column.
#[derive(Clone, Copy)]
pub struct ScanReport<'a> {
    /// The configuration.
    pub settings: &'a Settings,
    /// What was seen, in the order of the configuration.
    pub looks: &'a [ColumnScan],
}

impl ScanReport<'_> {
    /// The text for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (at, look) in self.looks.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            self.column(&mut out, look);
        }
        out
    }

    /// The object for machines.
    pub fn json(&self) -> Value {
        let credentials: Vec<Value> = self
            .looks
            .iter()
            .map(|look| self.column_json(look))
            .collect();
        json!({ "v": REPORT_VERSION, "credentials": credentials })
    }

    fn column(&self, out: &mut String, look: &ColumnScan) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{}: {} rows of {}",
            safe(&look.credential),
            count(look.census.rows),
            self.place(look)
        );
        let mut table = Table::new(
            2,
            &[
                ("class", Align::Left),
                ("what", Align::Left),
                ("rows", Align::Right),
                ("share", Align::Right),
                ("duplicates", Align::Right),
                ("login <30d", Align::Right),
                ("<1y", Align::Right),
                ("<2y", Align::Right),
                ("older", Align::Right),
                ("never", Align::Right),
                ("the rules", Align::Left),
            ],
        );
        let knows_logins = {
            let ages = look.census.login_ages;
            look.census.rows > 0 && ages.unknown < look.census.rows
        };
        for (at, line) in look.census.lines.iter().enumerate() {
            let ages = line.login_ages;
            let login = |n: u64| {
                if knows_logins {
                    count(n)
                } else {
                    String::new()
                }
            };
            table.row([
                line.class.to_string(),
                line.label(),
                count(line.rows),
                percent(line.rows, look.census.rows),
                duplicates(line),
                login(ages.under_30_days),
                login(ages.under_1_year),
                login(ages.under_2_years),
                login(ages.older),
                login(ages.never),
                self.rules(look, at),
            ]);
        }
        if !table.is_empty() {
            out.push_str(&table.render());
        }
        self.notes(out, look);
    }

    /// What the table has no column for.
    fn notes(&self, out: &mut String, look: &ColumnScan) {
        for evidence in &look.census.shapes {
            let _ = writeln!(out, "  {}", proof_words(evidence, self.declared(look)));
        }
        for line in &look.census.lines {
            if let Some(words) = line_words(line, &look.census) {
                let _ = writeln!(out, "  {words}");
            }
        }
        let empty: u64 = look
            .census
            .lines
            .iter()
            .map(|line| line.empty_password_rows)
            .sum();
        if empty == 1 {
            let _ = writeln!(out, "  1 row holds the digest of the empty password");
        } else if empty > 1 {
            let _ = writeln!(
                out,
                "  {} rows hold the digest of the empty password",
                count(empty)
            );
        }
        for words in known_words(look) {
            let _ = writeln!(out, "  {}", safe(&words));
        }
        for wait in of_look(self.settings, look) {
            let _ = writeln!(out, "  {}", wait.words(look.counted_ms));
        }
        self.dependencies(out, look);
        if look.excepted > 0 {
            let _ = writeln!(
                out,
                "  {} more rows are left out by `except`",
                count(look.excepted)
            );
        }
    }

    /// The columns that rows need, and those that no row needs any more.
    fn dependencies(&self, out: &mut String, look: &ColumnScan) {
        let Some(credential) = self.settings.credential(&look.credential) else {
            return;
        };
        let dependencies = dependencies(look, credential);
        for dependency in &dependencies {
            let column = dependency.column.as_deref().map_or_else(
                || format!("a {} that no column is named for", dependency.kind.as_str()),
                |column| format!("the column {}", safe(column)),
            );
            let _ = writeln!(
                out,
                "  {column} must stay as it is: {} rows can't be logged in with without it ({} of them wrapped)",
                count(dependency.rows),
                count(dependency.wrapped)
            );
        }
        // What nobody knows may be salted.
        let unsure = look.census.lines.iter().any(|line| {
            line.scheme.is_none() && matches!(line.class, Class::Weak | Class::Unknown)
        });
        for kind in [DependencyKind::Salt, DependencyKind::Salt2] {
            if !unsure
                && let Some(column) = kind.column(credential)
                && !dependencies
                    .iter()
                    .any(|dependency| dependency.kind == kind)
            {
                let _ = writeln!(out, "  no row needs the column {} any more", safe(column));
            }
        }
    }

    fn rules(&self, look: &ColumnScan, line: usize) -> String {
        let groups: Vec<&Group> = look
            .groups
            .iter()
            .filter(|group| group.line == line)
            .collect();
        let words = |group: &Group| action_words(&self.settings.rules, look, group);
        match groups[..] {
            [group] => words(group),
            _ => {
                let parts: Vec<String> = groups
                    .iter()
                    .map(|group| format!("{} {}", count(group.rows), words(group)))
                    .collect();
                parts.join("; ")
            }
        }
    }

    fn place(&self, look: &ColumnScan) -> String {
        match self.settings.credential(&look.credential) {
            Some(c) => {
                let schema = c
                    .schema
                    .as_ref()
                    .map_or_else(String::new, |schema| format!("{}.", safe(schema)));
                format!("{schema}{}.{}", safe(&c.table), safe(&c.column))
            }
            None => "an unknown column".to_owned(),
        }
    }

    fn declared(&self, look: &ColumnScan) -> Declared {
        self.settings
            .credential(&look.credential)
            .map_or(Declared::Auto, |credential| credential.scheme)
    }

    fn column_json(&self, look: &ColumnScan) -> Value {
        let credential = self.settings.credential(&look.credential);
        let lines: Vec<Value> = look
            .census
            .lines
            .iter()
            .enumerate()
            .map(|(at, line)| self.line_json(look, at, line))
            .collect();
        let proofs: Vec<Value> = look
            .census
            .shapes
            .iter()
            .map(|evidence| proof_json(evidence, self.declared(look)))
            .collect();
        let needed: Vec<Value> = credential
            .map(|credential| dependencies(look, credential))
            .unwrap_or_default()
            .iter()
            .map(|dependency| {
                json!({
                    "as": dependency.kind.as_str(),
                    "column": dependency.column,
                    "rows": dependency.rows,
                    "wrapped": dependency.wrapped,
                })
            })
            .collect();
        json!({
            "name": look.credential,
            "schema": credential.and_then(|c| c.schema.as_deref()),
            "table": credential.map(|c| c.table.as_str()),
            "column": credential.map(|c| c.column.as_str()),
            "rows": look.census.rows,
            "excepted": look.excepted,
            "lines": lines,
            "shapes": proofs,
            "needed_columns": needed,
            "known": look.known.as_ref().map(|known| known_json(&known.all)),
            "last_login": ages_json(look.census.login_ages),
            "counted_ms": look.counted_ms,
            "waiting": of_look(self.settings, look),
        })
    }

    fn line_json(&self, look: &ColumnScan, at: usize, line: &ColumnLine) -> Value {
        let groups: Vec<Value> = look
            .groups
            .iter()
            .filter(|group| group.line == at)
            .map(|group| {
                json!({
                    "action": group.decision.action.as_str(),
                    "reason": group.decision.reason.as_str(),
                    "rule": rule_name(&self.settings.rules, &group.decision),
                    "due": group.decision.due,
                    "rows": group.rows,
                })
            })
            .collect();
        let Duplicates {
            distinct,
            rows,
            exact,
        } = line.duplicates;
        json!({
            "class": line.class.as_str(),
            "what": line.label(),
            "scheme": line.scheme.map(Scheme::name),
            "proven": line.proven,
            "rows": line.rows,
            "share": look.census.share(line),
            "duplicates": { "distinct": distinct, "rows": rows, "exact": exact },
            "empty_password_rows": line.empty_password_rows,
            "spelling": spelling_json(line.spelling),
            "last_login": ages_json(line.login_ages),
            "known": look.known.as_ref().map(|known| known_json(&known.lines[at])),
            "rules": groups,
        })
    }
}

/// Rows that share their value with another.
fn duplicates(line: &ColumnLine) -> String {
    let d = line.duplicates;
    if d.distinct == 0 {
        return String::new();
    }
    let about = if d.exact { "" } else { "~" };
    format!("{about}{}", count(d.rows))
}

fn ages_json(ages: LoginAges) -> Value {
    json!({
        "under_30_days": ages.under_30_days,
        "under_1_year": ages.under_1_year,
        "under_2_years": ages.under_2_years,
        "older": ages.older,
        "never": ages.never,
        "unknown": ages.unknown,
    })
}
