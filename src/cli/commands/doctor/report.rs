//! The findings of the doctor, as text and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::exit::Exit;
use crate::store::preflight::{Finding, Severity};

/// The advice of a finding that asks for nothing. It gets no line in the text.
pub(super) const NOTHING: &str = "nothing";

/// Everything that was found.
#[derive(Clone, Debug)]
pub struct Doctor {
    /// About the server or the file.
    pub database: Vec<Finding>,
    /// About each credential, in the order of the configuration.
    pub credentials: Vec<Examined>,
    /// About this machine.
    pub machine: Vec<Finding>,
}

/// A credential and what was found about it.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The credential's name.
    pub credential: String,
    /// Its table.
    pub table: String,
    /// Its column.
    pub column: String,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Doctor {
    /// Every finding.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.database
            .iter()
            .chain(
                self.credentials
                    .iter()
                    .flat_map(|examined| &examined.findings),
            )
            .chain(&self.machine)
    }

    /// The outcome of the command: 4 where a run would be refused, 0 otherwise.
    pub fn exit(&self) -> Exit {
        if self.count(Severity::Refuse) > 0 {
            Exit::Refused
        } else {
            Exit::Done
        }
    }

    fn count(&self, severity: Severity) -> usize {
        self.findings()
            .filter(|finding| finding.severity == severity)
            .count()
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
        let (refusals, warnings) = (self.count(Severity::Refuse), self.count(Severity::Warn));
        let verdict = match (refusals, warnings) {
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
        let list = |findings: &[Finding]| -> Vec<Value> {
            findings
                .iter()
                .map(|f| json!({ "severity": f.severity.as_str(), "code": f.code, "what": f.what, "why": f.why, "todo": f.todo }))
                .collect()
        };
        let credentials: Vec<Value> = self
            .credentials
            .iter()
            .map(|e| json!({ "credential": e.credential, "table": e.table, "column": e.column, "findings": list(&e.findings) }))
            .collect();
        json!({
            "refusals": self.count(Severity::Refuse),
            "warnings": self.count(Severity::Warn),
            "database": list(&self.database),
            "credentials": credentials,
            "machine": list(&self.machine),
        })
    }
}

fn section(text: &mut String, title: &str, findings: &[Finding]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{title}");
    if findings.is_empty() {
        text.push_str("  ok\n");
    }
    for finding in findings {
        let _ = writeln!(
            text,
            "  {:<6} {}  [{}]",
            finding.severity.as_str(),
            finding.what,
            finding.code
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
    fn a_refusal_makes_the_exit_code_4_and_a_warning_does_not() {
        let finding = |severity| Finding {
            severity,
            code: "memory",
            what: "a".to_owned(),
            why: "b".to_owned(),
            todo: "c".to_owned(),
        };
        let mut doctor = Doctor {
            database: vec![finding(Severity::Warn)],
            credentials: Vec::new(),
            machine: Vec::new(),
        };
        assert_eq!(doctor.exit().code(), 0);
        doctor.machine.push(finding(Severity::Refuse));
        assert_eq!(doctor.exit().code(), 4);
        assert!(
            doctor
                .text()
                .contains("refuse a  [memory]\n         why: b\n         do:  c\n"),
            "{}",
            doctor.text()
        );
        assert_eq!(doctor.json()["refusals"], 1);
    }
}
