//! The lines of `saltern verify`: whether a password opens a value.

use serde::Serialize;

use crate::report::object::object;

/// The answer to one line of input.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedLine<'a> {
    /// The number of the line, from 1.
    pub line: u64,
    /// `match`, `mismatch`, `unsupported` or `error`.
    pub outcome: &'static str,
    /// The scheme that matched, or the only one that was tried.
    pub scheme: Option<&'a str>,
    /// Why it could not be verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
}

impl VerifiedLine<'_> {
    /// The line above the rows.
    pub fn headings() -> String {
        row(["line", "outcome", "scheme", ""])
    }

    /// For people.
    pub fn text(&self) -> String {
        let (scheme, reason) = (self.scheme.unwrap_or(""), self.reason.unwrap_or(""));
        row([&self.line.to_string(), self.outcome, scheme, reason])
    }

    /// For machines.
    pub fn json(&self) -> String {
        format!("{}\n", object(self))
    }
}

fn row([line, outcome, scheme, reason]: [&str; 4]) -> String {
    let text = format!("{line:>8}  {outcome:<11}  {scheme:<20}  {reason}");
    format!("{}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_line_for_people_and_for_machines() {
        let mut line = VerifiedLine {
            line: 7,
            outcome: "match",
            scheme: Some("md5"),
            reason: None,
        };
        assert_eq!(line.text(), "       7  match        md5\n");
        assert_eq!(
            line.json(),
            "{\"line\":7,\"outcome\":\"match\",\"scheme\":\"md5\"}\n"
        );
        line.reason = Some("why");
        line.scheme = None;
        assert_eq!(
            line.json(),
            "{\"line\":7,\"outcome\":\"match\",\"reason\":\"why\",\"scheme\":null}\n"
        );
        assert_eq!(VerifiedLine::headings(), "    line  outcome      scheme\n");
    }
}
