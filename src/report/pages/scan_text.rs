//! What a scan found, as text for people.

use std::fmt::Write as _;

use super::scan::ScanReport;
use crate::census::{ColumnLine, DivisionStanding};
use crate::engine::{ColumnScan, DependencyKind, Group, dependencies, reader_labels};
use crate::report::parts::{
    action_words, coverage_words, known_words, label_names, line_words, long_words, proof_words,
    reader_words, waits_of,
};
use crate::report::table::{Align, TextTable};
use crate::report::text::{count, percent, safe};
use crate::scheme::Class;

impl ScanReport<'_> {
    /// The text for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (at, scan) in self.scans.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            self.column(&mut out, scan);
        }
        out
    }

    fn column(&self, out: &mut String, scan: &ColumnScan) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{}: {} rows of {}",
            safe(&scan.credential),
            count(scan.census.rows),
            self.place(scan)
        );
        let mut table = TextTable::new(
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
                ("label", Align::Left),
            ],
        );
        let knows_logins = {
            let ages = scan.census.login_ages;
            scan.census.rows > 0 && ages.unknown < scan.census.rows
        };
        for (at, line) in scan.census.lines.iter().enumerate() {
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
                percent(line.rows, scan.census.rows),
                duplicates(line),
                login(ages.under_30_days),
                login(ages.under_1_year),
                login(ages.under_2_years),
                login(ages.older),
                login(ages.never),
                self.rules(scan, at),
                self.labels(scan, at),
            ]);
        }
        if !table.is_empty() {
            out.push_str(&table.render());
        }
        self.notes(out, scan);
    }

    /// The notes below the table.
    fn notes(&self, out: &mut String, scan: &ColumnScan) {
        for evidence in &scan.census.shapes {
            let _ = writeln!(out, "  {}", proof_words(evidence, self.declared(scan)));
            if let Some(credential) = self.settings.credential(&scan.credential) {
                for words in coverage_words(scan, credential, evidence) {
                    let _ = writeln!(out, "    {words}");
                }
            }
        }
        for line in &scan.census.lines {
            if let Some(words) = line_words(line, &scan.census) {
                let _ = writeln!(out, "  {words}");
            }
        }
        if let Some(form) = scan.census.one_form {
            let _ = writeln!(
                out,
                "  {} of {} values have {} characters of an alphabet of digests: no column of passwords (plaintext_is_certain)",
                count(form.rows),
                count(form.of),
                form.characters
            );
        }
        let empty: u64 = scan
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
        if scan.beyond_login_work > 0 {
            let _ = writeln!(
                out,
                "  {} {} more than login_work_max in [serve]: no login can check {}",
                count(scan.beyond_login_work),
                if scan.beyond_login_work == 1 {
                    "value costs"
                } else {
                    "values cost"
                },
                if scan.beyond_login_work == 1 {
                    "it"
                } else {
                    "them"
                },
            );
        }
        for words in known_words(scan) {
            let _ = writeln!(out, "  {}", safe(&words));
        }
        self.unreadable_logins(out, scan);
        for wait in waits_of(self.settings, scan) {
            let _ = writeln!(out, "  {}", wait.words(scan.counted_ms));
        }
        let _ = writeln!(out, "  {}", reader_words(scan, self.settings));
        if let Some(words) = long_words(scan, self.settings) {
            let _ = writeln!(out, "  {words}");
        }
        self.dependencies(out, scan);
        let labels = reader_labels(self.settings, scan);
        if !labels.is_empty() {
            let labels: Vec<String> = labels.iter().map(|label| format!("--{label}")).collect();
            let _ = writeln!(
                out,
                "  a login must know {}; `saltern reader` prints the code for it",
                labels.join(", ")
            );
        }
        if scan.excepted > 0 {
            let _ = writeln!(
                out,
                "  {} more rows are left out by `except`",
                count(scan.excepted)
            );
        }
        self.unlisted(out, scan);
        for edge in &scan.edges {
            let _ = writeln!(
                out,
                "  a run would refuse: {}\n    what to do: {}",
                safe(&edge.what),
                safe(&edge.hint)
            );
        }
    }

    /// The rows of a divided credential that are in no part.
    fn unlisted(&self, out: &mut String, scan: &ColumnScan) {
        let credential = self.settings.credential(&scan.credential);
        let Some(part) = credential.and_then(|credential| credential.format.as_ref()) else {
            return;
        };
        for unlisted in &scan.unlisted {
            let value = unlisted.value.as_deref().unwrap_or("NULL");
            let _ = writeln!(
                out,
                "  {} more rows of {} have {} = {}, which is not listed: they stay as they are",
                count(unlisted.rows),
                safe(&part.of),
                safe(&part.column),
                safe(value)
            );
        }
    }

    /// Whether another part of a divided credential may need a column, or is yet to come: the last
    /// part speaks for all.
    fn is_needed_by_another_part(&self, scan: &ColumnScan, kind: DependencyKind) -> bool {
        let of = |scan: &ColumnScan| self.settings.credential(&scan.credential);
        let Some(part) = of(scan).and_then(|credential| credential.format.as_ref()) else {
            return false;
        };
        let mut last = None;
        let mut needed = false;
        for other in self.scans {
            if let Some(credential) = of(other).filter(|other| other.file_name() == part.of) {
                last = Some(&other.credential);
                needed |= is_unsure(other) || !other.unlisted.is_empty();
                let own = dependencies(other, credential);
                needed |= own.iter().any(|dependency| dependency.kind == kind);
            }
        }
        needed || last != Some(&scan.credential)
    }

    /// Rows whose last login is there and can't be read.
    fn unreadable_logins(&self, out: &mut String, scan: &ColumnScan) {
        let credential = self.settings.credential(&scan.credential);
        let Some(column) = credential.and_then(|c| c.last_login.as_ref()) else {
            return;
        };
        let ages = scan.census.login_ages;
        let readable = ages.under_30_days + ages.under_1_year + ages.under_2_years + ages.older;
        let is_said = credential.is_some_and(|known| known.last_login_null_is_never);
        let is_empty = ages.unknown == 0 && readable == 0 && ages.never > 0;
        if is_empty && !is_said {
            let _ = writeln!(
                out,
                "  the column {} is NULL in all rows: what decides by the last login is refused, unless last_login_null_is_never = true says \
                 that NULL means never",
                safe(column)
            );
        }
        let what = match (ages.unknown, readable) {
            (0, _) => return,
            (_, 0) => "no value can be read as a time, so nothing can be decided by the last login",
            _ => "those can't be read as a time, and count as unknown",
        };
        let _ = writeln!(
            out,
            "  the column {} has a last login in {} rows that is no time: {what}",
            safe(column),
            count(ages.unknown)
        );
    }

    /// The columns that a login needs beside the value, and those that it no longer needs.
    fn dependencies(&self, out: &mut String, scan: &ColumnScan) {
        let Some(credential) = self.settings.credential(&scan.credential) else {
            return;
        };
        let dependencies = dependencies(scan, credential);
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
        let unsure = is_unsure(scan);
        for kind in [DependencyKind::Salt, DependencyKind::Salt2] {
            if !unsure
                && kind
                    .column(credential)
                    .is_some_and(|column| has_passed(scan, &column))
                && let Some(column) = kind.column(credential)
                && !dependencies
                    .iter()
                    .any(|dependency| dependency.kind == kind)
                && !self.is_needed_by_another_part(scan, kind)
            {
                let _ = writeln!(out, "  no row needs the column {} any more", safe(&column));
            }
        }
    }

    fn rules(&self, scan: &ColumnScan, line: usize) -> String {
        let groups: Vec<&Group> = scan
            .groups
            .iter()
            .filter(|group| group.line == line)
            .collect();
        let words = |group: &Group| action_words(self.settings, scan, group);
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

    /// The labels that the rows of a line have or would get.
    fn labels(&self, scan: &ColumnScan, line: usize) -> String {
        let mut labels: Vec<String> = Vec::new();
        for group in scan.groups.iter().filter(|group| group.line == line) {
            for label in label_names(self.settings, scan, group) {
                let label = format!("--{label}");
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
        }
        labels.join(" or ")
    }

    fn place(&self, scan: &ColumnScan) -> String {
        match self.settings.credential(&scan.credential) {
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
}

/// Whether the proof holds for the rows with a salt and for those without one.
fn has_passed(scan: &ColumnScan, column: &str) -> bool {
    scan.census.shapes.iter().all(|evidence| {
        let coverage = evidence.coverage.as_ref();
        let of_column = coverage.and_then(|coverage| {
            let mut divisions = coverage.divisions.iter();
            divisions.find(|division| division.name == column)
        });
        of_column.is_some_and(|division| {
            matches!(
                division.standing,
                DivisionStanding::Covered | DivisionStanding::NotDividing
            )
        })
    }) && scan.proven.is_whole()
}

/// How many rows share their value with another.
fn duplicates(line: &ColumnLine) -> String {
    let d = line.duplicates;
    if d.distinct == 0 {
        return String::new();
    }
    let about = if d.exact { "" } else { "~" };
    format!("{about}{}", count(d.rows))
}

/// Whether a row may need a salt although nobody knows: it is of no known scheme.
fn is_unsure(scan: &ColumnScan) -> bool {
    scan.census
        .lines
        .iter()
        .any(|line| line.scheme.is_none() && matches!(line.class, Class::Weak | Class::Unknown))
}
