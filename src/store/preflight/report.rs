//! The findings as they are made.

use super::finding::{CODES, Finding, Severity};

/// The findings as they are made.
#[derive(Default)]
pub(super) struct Report(pub(super) Vec<Finding>);

/// The words of one finding.
pub(super) struct FindingWords {
    pub(super) what: String,
    pub(super) why: &'static str,
    pub(super) todo: String,
}

impl Report {
    fn add(&mut self, severity: Severity, code: &'static str, words: FindingWords) {
        debug_assert!(
            CODES.iter().any(|about| about.code == code),
            "{code} is not documented"
        );
        self.0.push(Finding {
            severity,
            code,
            what: words.what,
            why: words.why.to_owned(),
            todo: words.todo,
        });
    }

    /// Whether it has been said.
    pub(super) fn has(&self, code: &str) -> bool {
        self.0.iter().any(|finding| finding.code == code)
    }

    pub(super) fn refuse(&mut self, code: &'static str, words: FindingWords) {
        self.add(Severity::Refuse, code, words);
    }

    pub(super) fn warn(&mut self, code: &'static str, words: FindingWords) {
        self.add(Severity::Warn, code, words);
    }

    pub(super) fn info(&mut self, code: &'static str, words: FindingWords) {
        self.add(Severity::Info, code, words);
    }
}
