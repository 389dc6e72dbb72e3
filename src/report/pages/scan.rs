//! What a scan found, column by column. Its text is in `scan_text`.

use serde::Serialize;
use serde_json::Value;

use crate::census::{ColumnLine, Duplicates, LoginAges};
use crate::config::Settings;
use crate::engine::{ColumnScan, dependencies, reader_labels, reader_rows};
use crate::report::object::{REPORT_VERSION, object};
use crate::report::parts::{
    CoverageObject, KnownObject, ProofObject, ReaderObject, RefusalObject, SpellingObject,
    WaitLine, label_names, long_rows, rule_name, waits_of,
};
use crate::scheme::{Declared, Scheme};

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
    /// The object for machines.
    pub fn json(&self) -> Value {
        let columns = self.scans.iter().map(|scan| self.column_object(scan));
        object(&ScanObject {
            v: REPORT_VERSION,
            credentials: columns.collect(),
        })
    }

    pub(super) fn declared(&self, scan: &ColumnScan) -> Declared {
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
