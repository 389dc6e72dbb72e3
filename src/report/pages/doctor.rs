//! What `saltern doctor` found, as text and as JSON.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::report::object::object;
use crate::store::preflight::{Finding, Severity};

/// The advice of a finding that asks for nothing. It gets no line in the text.
pub(crate) const NOTHING: &str = "nothing";

/// Everything that was found.
#[derive(Clone, Debug, Serialize)]
pub struct DoctorReport {
    /// Findings that make a run refuse.
    pub refusals: usize,
    /// Findings that are to be read before a run.
    pub warnings: usize,
    /// About the server or the file.
    pub database: Vec<FindingLine>,
    /// About each credential, in the order of the configuration.
    pub credentials: Vec<ExaminedCredential>,
    /// About this machine.
    pub machine: Vec<FindingLine>,
}

/// A credential and what was found about it.
#[derive(Clone, Debug, Serialize)]
pub struct ExaminedCredential {
    /// The credential's name.
    pub credential: String,
    /// Its table.
    pub table: String,
    /// Its column.
    pub column: String,
    /// What was found.
    pub findings: Vec<FindingLine>,
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct FindingLine {
    /// `refuse`, `warn` or `info`.
    pub severity: &'static str,
    /// Its code, as `docs/findings.md` lists it.
    pub code: &'static str,
    /// What was found.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// What to do about it.
    pub todo: String,
}

impl DoctorReport {
    /// A report of findings about the database and the machine. The credentials' are added one by
    /// one.
    pub fn new(database: Vec<Finding>, machine: Vec<Finding>) -> Self {
        let mut report = Self {
            refusals: 0,
            warnings: 0,
            database: Vec::new(),
            credentials: Vec::new(),
            machine: Vec::new(),
        };
        report.database = report.counted(database);
        report.machine = report.counted(machine);
        report
    }

    /// Adds what was found about a credential.
    pub fn credential(&mut self, (name, table, column): (&str, &str, &str), found: Vec<Finding>) {
        let findings = self.counted(found);
        self.credentials.push(ExaminedCredential {
            credential: name.to_owned(),
            table: table.to_owned(),
            column: column.to_owned(),
            findings,
        });
    }

    fn counted(&mut self, findings: Vec<Finding>) -> Vec<FindingLine> {
        let of = |wanted| findings.iter().filter(|f| f.severity == wanted).count();
        self.refusals += of(Severity::Refuse);
        self.warnings += of(Severity::Warn);
        findings
            .into_iter()
            .map(|finding| FindingLine {
                severity: finding.severity.as_str(),
                code: finding.code,
                what: finding.what,
                why: finding.why,
                todo: finding.todo,
            })
            .collect()
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        section(&mut text, "the database", &self.database);
        for examined in &self.credentials {
            section(
                &mut text,
                &format!(
                    "{} ({}.{})",
                    examined.credential, examined.table, examined.column
                ),
                &examined.findings,
            );
        }
        section(&mut text, "this machine", &self.machine);
        let verdict = match (self.refusals, self.warnings) {
            (0, 0) => "Nothing stands in the way of a run.".to_owned(),
            (0, warnings) => {
                format!("Nothing stands in the way of a run; {warnings} to be read first.")
            }
            (refusals, _) => format!("A run would be refused: {refusals} to be put right first."),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{verdict}");
        text
    }

    /// For machines.
    pub fn json(&self) -> Value {
        object(self)
    }
}

fn section(text: &mut String, title: &str, findings: &[FindingLine]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{title}");
    if findings.is_empty() {
        text.push_str("  ok\n");
    }
    for finding in findings {
        let _ = writeln!(
            text,
            "  {:<6} {}  [{}]",
            finding.severity, finding.what, finding.code
        );
        let _ = writeln!(text, "         why: {}", finding.why);
        if finding.todo != NOTHING {
            let _ = writeln!(text, "         do:  {}", finding.todo);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_and_warnings_are_counted_and_shown() {
        let finding = |severity| Finding {
            severity,
            code: "memory",
            what: "a".to_owned(),
            why: "b".to_owned(),
            todo: "c".to_owned(),
        };
        let mut report = DoctorReport::new(vec![finding(Severity::Warn)], Vec::new());
        assert_eq!((report.refusals, report.warnings), (0, 1));
        report.credential(("a", "t", "p"), vec![finding(Severity::Refuse)]);
        assert_eq!((report.refusals, report.warnings), (1, 1));
        let text = report.text();
        let shown = "a (t.p)\n  refuse a  [memory]\n         why: b\n         do:  c\n";
        assert!(text.contains(shown), "{text}");
        let json = report.json();
        assert_eq!(json["refusals"], 1);
        assert_eq!(json["credentials"][0]["findings"][0]["severity"], "refuse");
    }
}
