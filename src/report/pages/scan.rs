//! What a scan found, column by column.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::census::{ColumnLine, DivisionStanding, Duplicates, LoginAges};
use crate::config::Settings;
use crate::engine::{ColumnScan, DependencyKind, Group, dependencies, reader_labels, reader_rows};
use crate::report::object::{REPORT_VERSION, object};
use crate::report::parts::{
    CoverageObject, KnownObject, ProofObject, ReaderObject, RefusalObject, SpellingObject,
    WaitLine, action_words, coverage_words, known_words, label_names, line_words, long_rows,
    long_words, proof_words, reader_words, rule_name, waits_of,
};
use crate::report::table::{Align, TextTable};
use crate::report::text::{count, percent, safe};
use crate::scheme::{Class, Declared, Scheme};

/// A scan of every column.
#[derive(Clone, Copy)]
pub struct ScanReport<'a> {
    /// The configuration.
    pub settings: &'a Settings,
    /// The scanned columns, in the order of the configuration.
    pub scans: &'a [ColumnScan],
}

/// The object of a report.
#[derive(Serialize)]
struct ScanObject<'a> {
    v: u32,
    credentials: Vec<ScanColumn<'a>>,
}

#[derive(Serialize)]
struct ScanColumn<'a> {
    name: &'a str,
    schema: Option<&'a str>,
    table: Option<&'a str>,
    column: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<FormatObject<'a>>,
    rows: u64,
    excepted: u64,
    lines: Vec<ScanLine>,
    shapes: Vec<ProofObject<'a>>,
    coverage: Vec<CoverageObject>,
    needed_columns: Vec<NeededColumn>,
    reader: ReaderObject,
    long_passwords: Option<u64>,
    beyond_login_work: u64,
    known: Option<KnownObject>,
    last_login: AgesObject,
    counted_ms: i64,
    waiting: Vec<WaitLine>,
    labels: Vec<String>,
    refusals: Vec<RefusalObject<'a>>,
}

/// The part of a divided credential.
#[derive(Serialize)]
struct FormatObject<'a> {
    /// The credential as the file has it.
    credential: &'a str,
    column: &'a str,
    /// The values of its rows; null is NULL.
    values: Vec<Option<&'a str>>,
    /// Rows that are in no part, with the first part alone.
    unlisted: Vec<UnlistedObject<'a>>,
}

#[derive(Serialize)]
struct UnlistedObject<'a> {
    value: Option<&'a str>,
    rows: u64,
}

#[derive(Serialize)]
struct ScanLine {
    class: &'static str,
    what: String,
    scheme: Option<&'static str>,
    proven: bool,
    rows: u64,
    share: f64,
    duplicates: DuplicatesObject,
    empty_password_rows: u64,
    spelling: SpellingObject,
    last_login: AgesObject,
    known: Option<KnownObject>,
    rules: Vec<GroupObject>,
}

/// Rows of a line that the rules decide in the same way.
#[derive(Serialize)]
struct GroupObject {
    action: &'static str,
    reason: &'static str,
    rule: Option<String>,
    due: bool,
    rows: u64,
    labels: Vec<String>,
}

/// A column that rows can't be checked without.
#[derive(Serialize)]
struct NeededColumn {
    #[serde(rename = "as")]
    needed_as: &'static str,
    column: Option<String>,
    rows: u64,
    wrapped: u64,
}

#[derive(Serialize)]
struct DuplicatesObject {
    distinct: u64,
    rows: u64,
    exact: bool,
}

#[derive(Serialize)]
struct AgesObject {
    under_30_days: u64,
    under_1_year: u64,
    under_2_years: u64,
    older: u64,
    never: u64,
    unknown: u64,
}

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

    /// The object for machines.
    pub fn json(&self) -> Value {
        let columns = self.scans.iter().map(|scan| self.column_object(scan));
        object(&ScanObject {
            v: REPORT_VERSION,
            credentials: columns.collect(),
        })
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

    fn declared(&self, scan: &ColumnScan) -> Declared {
        self.settings
            .credential(&scan.credential)
            .map_or(Declared::Auto, |credential| credential.scheme)
    }

    fn column_object<'a>(&'a self, scan: &'a ColumnScan) -> ScanColumn<'a> {
        let credential = self.settings.credential(&scan.credential);
        let declared = self.declared(scan);
        let lines = scan.census.lines.iter().enumerate();
        let shapes = scan.census.shapes.iter();
        let needed = credential.map(|credential| dependencies(scan, credential));
        ScanColumn {
            name: &scan.credential,
            schema: credential.and_then(|c| c.schema.as_deref()),
            table: credential.map(|c| c.table.as_str()),
            column: credential.map(|c| c.column.as_str()),
            format: credential.and_then(|credential| {
                let part = credential.format.as_ref()?;
                let unlisted = scan.unlisted.iter().map(|unlisted| UnlistedObject {
                    value: unlisted.value.as_deref(),
                    rows: unlisted.rows,
                });
                Some(FormatObject {
                    credential: &part.of,
                    column: &part.column,
                    values: part.values().iter().map(Option::as_deref).collect(),
                    unlisted: unlisted.collect(),
                })
            }),
            rows: scan.census.rows,
            excepted: scan.excepted,
            lines: lines
                .map(|(at, line)| self.line_object(scan, at, line))
                .collect(),
            shapes: shapes
                .map(|evidence| ProofObject::of(evidence, declared))
                .collect(),
            coverage: CoverageObject::all(scan, credential),
            needed_columns: needed
                .unwrap_or_default()
                .into_iter()
                .map(|dependency| NeededColumn {
                    needed_as: dependency.kind.as_str(),
                    column: dependency.column,
                    rows: dependency.rows,
                    wrapped: dependency.wrapped,
                })
                .collect(),
            reader: ReaderObject::of(reader_rows(scan, self.settings)),
            long_passwords: long_rows(scan, self.settings),
            beyond_login_work: scan.beyond_login_work,
            known: scan.known.as_ref().map(|known| KnownObject::of(&known.all)),
            last_login: AgesObject::of(scan.census.login_ages),
            counted_ms: scan.counted_ms,
            waiting: waits_of(self.settings, scan),
            labels: reader_labels(self.settings, scan)
                .iter()
                .map(ToString::to_string)
                .collect(),
            refusals: scan.edges.iter().map(RefusalObject::of).collect(),
        }
    }

    fn line_object(&self, scan: &ColumnScan, at: usize, line: &ColumnLine) -> ScanLine {
        let groups = scan.groups.iter().filter(|group| group.line == at);
        ScanLine {
            class: line.class.as_str(),
            what: line.label(),
            scheme: line.scheme.map(Scheme::name),
            proven: line.proven,
            rows: line.rows,
            share: scan.census.share(line),
            duplicates: DuplicatesObject::of(&line.duplicates),
            empty_password_rows: line.empty_password_rows,
            spelling: SpellingObject::of(line.spelling),
            last_login: AgesObject::of(line.login_ages),
            known: scan
                .known
                .as_ref()
                .map(|known| KnownObject::of(&known.lines[at])),
            rules: groups
                .map(|group| GroupObject {
                    action: group.decision.action.as_str(),
                    reason: group.decision.reason.as_str(),
                    rule: rule_name(&self.settings.rules, &group.decision),
                    due: group.decision.due,
                    rows: group.rows,
                    labels: label_names(self.settings, scan, group),
                })
                .collect(),
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

impl AgesObject {
    fn of(ages: LoginAges) -> Self {
        Self {
            under_30_days: ages.under_30_days,
            under_1_year: ages.under_1_year,
            under_2_years: ages.under_2_years,
            older: ages.older,
            never: ages.never,
            unknown: ages.unknown,
        }
    }
}

impl DuplicatesObject {
    fn of(duplicates: &Duplicates) -> Self {
        Self {
            distinct: duplicates.distinct,
            rows: duplicates.rows,
            exact: duplicates.exact,
        }
    }
}

/// Whether a row may need a salt although nobody knows: it is of no known scheme.
fn is_unsure(scan: &ColumnScan) -> bool {
    scan.census
        .lines
        .iter()
        .any(|line| line.scheme.is_none() && matches!(line.class, Class::Weak | Class::Unknown))
}
