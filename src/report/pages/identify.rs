//! What single values may be: one JSON object a line for machines, a table for people.
//!
//! The value itself is never shown, only its form.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;

use crate::report::text::count;
use crate::scheme::{Candidate, Class, Recognised, Scheme, Shape, Strength};

/// One value, looked at.
#[derive(Clone, Copy, Debug)]
pub struct Identified<'a> {
    /// The line that it stands on, counted from 1.
    pub line: u64,
    /// What it is without any declaration.
    pub recognised: Recognised<'a>,
    /// Its class.
    pub class: Class,
    /// What it may be, likeliest first.
    pub candidates: &'a [Candidate],
    /// The one that it was proven to be.
    pub proof: Option<Scheme>,
}

/// How many candidates the table shows.
const SHOWN_MAX: usize = 4;

/// The table for people, a row at a time. A file has any number of lines, so no column waits for
/// its widest cell.
#[derive(Debug, Default)]
pub struct IdentifyTable {
    /// The shapes of which more than one scheme was named.
    ambiguous: BTreeSet<Shape>,
    /// Whether a value without a mark has the form of a hash.
    unmarked: bool,
}

/// The cells of a row.
struct IdentifyRow<'a> {
    line: &'a str,
    class: &'a str,
    form: &'a str,
    may_be: &'a str,
}

impl Identified<'_> {
    /// Appends `{"line":1,"class":…,"candidates":[…],"proof":null|"…"}` and a line feed.
    ///
    /// It writes by hand, because there may be millions of lines. Names of classes and schemes hold
    /// nothing that JSON escapes; a test checks that.
    pub fn json_line(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"line\":");
        // Writing to a vector cannot fail.
        let _ = write!(out, "{}", self.line);
        out.extend_from_slice(b",\"class\":\"");
        out.extend_from_slice(self.class.as_str().as_bytes());
        out.extend_from_slice(b"\",\"candidates\":[");
        for (at, candidate) in self.candidates.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"\"" } else { b",\"" });
            out.extend_from_slice(candidate.name().as_bytes());
            out.push(b'"');
        }
        out.extend_from_slice(b"],\"proof\":");
        match self.proof {
            Some(scheme) => {
                out.push(b'"');
                out.extend_from_slice(scheme.name().as_bytes());
                out.extend_from_slice(b"\"}\n");
            }
            None => out.extend_from_slice(b"null}\n"),
        }
    }
}

impl IdentifyTable {
    /// The headings.
    pub fn headings(out: &mut String) {
        IdentifyRow {
            line: "line",
            class: "class",
            form: "form",
            may_be: "what it may be",
        }
        .push(out);
    }

    /// Appends one value's row.
    pub fn row(&mut self, value: &Identified<'_>, out: &mut String) {
        let mut may_be = String::new();
        for (at, candidate) in value.candidates.iter().take(SHOWN_MAX).enumerate() {
            may_be.push_str(if at == 0 { "" } else { ", " });
            may_be.push_str(candidate.name());
        }
        if let Some(more @ 1..) = value.candidates.len().checked_sub(SHOWN_MAX) {
            // Writing to a string cannot fail.
            let _ = write!(may_be, " and {} more", count(more as u64));
        }
        if value.proof.is_some() {
            may_be.push_str(", proven: a common password's");
        }
        match value.recognised {
            Recognised::Digest { shape, .. } if value.candidates.len() > 1 => {
                self.ambiguous.insert(shape);
            }
            Recognised::Unknown => self.unmarked |= !value.candidates.is_empty(),
            _ => {}
        }
        IdentifyRow {
            line: &value.line.to_string(),
            class: value.class.as_str(),
            form: &form(value),
            may_be: &may_be,
        }
        .push(out);
    }

    /// The notes below the table: what would tell schemes apart that one value can't.
    pub fn notes(&self, out: &mut String) {
        if !self.ambiguous.is_empty() {
            let names: Vec<String> = self.ambiguous.iter().map(|shape| words(*shape)).collect();
            // Writing to a string cannot fail.
            let _ = write!(
                out,
                "\n{}: nothing in one value tells these schemes apart. What does:\n  \
                 many values of the column       saltern identify --column FILE\n  \
                 one whose password is known     saltern verify\n",
                names.join("; ")
            );
        }
        if self.unmarked {
            out.push_str(
                "\nA value of class unknown that may be something has the form of a hash and no mark: a plaintext may have it too.\n",
            );
        }
    }
}

impl IdentifyRow<'_> {
    fn push(&self, out: &mut String) {
        let Self {
            line,
            class,
            form,
            may_be,
        } = self;
        let text = format!("{line:>8}  {class:<9}  {form:<24}  {may_be}");
        out.push_str(text.trim_end());
        out.push('\n');
    }
}

/// The form in a few words.
fn form(value: &Identified<'_>) -> String {
    match value.recognised {
        Recognised::Null | Recognised::Empty => String::new(),
        Recognised::Marker(name) => format!("marker {name}"),
        Recognised::Dead => "saltern's reset".to_owned(),
        Recognised::Wrapped { inner, .. } => format!("wrapped {inner}"),
        Recognised::Native { params, .. } => parameters(&params),
        Recognised::Digest { shape, .. } => words(shape),
        Recognised::Plaintext(_) => "plaintext".to_owned(),
        Recognised::LooksHashed => "looks hashed".to_owned(),
        Recognised::Undecodable => "no UTF-8".to_owned(),
        Recognised::TooLong => "too long".to_owned(),
        Recognised::Unknown if value.candidates.is_empty() => "nothing known".to_owned(),
        Recognised::Unknown => "no mark".to_owned(),
    }
}

fn words(shape: Shape) -> String {
    let salt = if shape.is_joined() { " and a salt" } else { "" };
    format!("{} hex digits{salt}", shape.digits())
}

fn parameters(strength: &Strength) -> String {
    match *strength {
        Strength::Fast => "fast".to_owned(),
        Strength::Argon2 {
            memory_kib,
            iterations,
            parallelism,
            ..
        } => format!("m={memory_kib} t={iterations} p={parallelism}"),
        Strength::Bcrypt { cost } => format!("cost {cost}"),
        Strength::Scrypt { log_n, r, p } => format!("N=2^{log_n} r={r} p={p}"),
        Strength::Pbkdf2 { iterations, .. } => format!("{} iterations", count(iterations)),
        Strength::Rounds { rounds, .. } => format!("{} rounds", count(rounds)),
        Strength::Yescrypt { log_n, r } => format!("N=2^{log_n} r={r}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Target;
    use crate::scheme::identify;

    const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";

    fn with(value: &str, proof: Option<Scheme>, look: impl FnOnce(&Identified<'_>)) {
        let mut candidates = Vec::new();
        let recognised = identify(value.as_bytes(), &mut candidates);
        look(&Identified {
            line: 7,
            recognised,
            class: recognised.class(&Target::default().strength()),
            candidates: &candidates,
            proof,
        });
    }

    #[test]
    fn a_line_is_the_contracts_object() {
        for (value, class, first) in [
            (MD5, "weak", Some("md5")),
            ("!", "locked", None),
            ("", "empty", None),
            ("hunter2\"\\", "unknown", None),
            (
                "$2y$12$iy1ZFmZlC0yTeKR79aXhqeuSI9ZLroS1RicHxS8fG3RNFBr4QxHR6",
                "strong",
                Some("bcrypt-2y"),
            ),
        ] {
            with(value, None, |identified| {
                let mut line = Vec::new();
                identified.json_line(&mut line);
                assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
                let line: serde_json::Value = serde_json::from_slice(&line).expect("JSON");
                assert_eq!(line["line"], 7);
                assert_eq!(line["class"], class);
                assert_eq!(line["candidates"][0].as_str(), first);
                assert!(line["proof"].is_null());
                assert_eq!(line.as_object().map(serde_json::Map::len), Some(4));
            });
        }
        with(MD5, Some(Scheme::MD5), |identified| {
            let mut line = Vec::new();
            identified.json_line(&mut line);
            let line: serde_json::Value = serde_json::from_slice(&line).expect("JSON");
            assert_eq!(line["proof"], "md5");
        });
    }

    #[test]
    fn no_name_holds_what_json_escapes() {
        let plain = |name: &str| {
            name.bytes()
                .all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\')
        };
        assert!(Scheme::all().all(|scheme| plain(scheme.name()) && scheme.aliases().all(plain)));
        assert!(Class::ALL.into_iter().all(|class| plain(class.as_str())));
    }

    #[test]
    fn people_see_the_form_and_never_the_value() {
        let mut table = IdentifyTable::default();
        let mut out = String::new();
        for value in [MD5, "!", "hunter2"] {
            with(value, None, |identified| table.row(identified, &mut out));
        }
        table.notes(&mut out);
        assert!(
            out.contains("weak       32 hex digits             md5, ntlm, md4"),
            "{out}"
        );
        assert!(out.contains("locked     marker !"), "{out}");
        assert!(out.contains("--column"), "{out}");
        assert!(!out.contains(MD5) && !out.contains("hunter2"), "{out}");
    }

    #[test]
    fn nothing_is_noted_where_nothing_is_ambiguous() {
        let mut table = IdentifyTable::default();
        let mut out = String::new();
        with("!", None, |identified| table.row(identified, &mut out));
        let rows = out.len();
        table.notes(&mut out);
        assert_eq!(out.len(), rows);
    }
}
