//! Text of SQL: quoted identifiers, and conditions and statements that the operator wrote.

use super::error::StoreError;
use super::kind::Kind;
use std::ops::Range;

/// A quoted identifier. Names are exact: never case-folded, never split at a dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident(String);

impl Ident {
    /// Quotes a name for a database.
    ///
    /// # Errors
    /// A name that is empty or holds NUL can't be an identifier anywhere.
    pub fn new(kind: Kind, name: &str) -> Result<Self, StoreError> {
        if name.is_empty() || name.contains('\0') {
            return Err(StoreError::refused(
                format!("{name:?} can't be the name of a table or column"),
                "correct it in the configuration",
            ));
        }
        let mark = kind.words().identifier_quote;
        let mut quoted = String::with_capacity(name.len() + 2);
        quoted.push(mark);
        for c in name.chars() {
            if c == mark {
                quoted.push(mark);
            }
            quoted.push(c);
        }
        quoted.push(mark);
        Ok(Self(quoted))
    }

    /// `schema.table` or `table`.
    pub fn table(kind: Kind, schema: Option<&str>, table: &str) -> Result<Self, StoreError> {
        let table = Self::new(kind, table)?;
        match schema {
            None => Ok(table),
            Some(schema) => Ok(Self(format!("{}.{}", Self::new(kind, schema)?, table))),
        }
    }
}

impl std::fmt::Display for Ident {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a condition that the operator wrote is one expression.
///
/// Only then may it be a part of a longer one.
pub fn is_condition(kind: Kind, condition: &str) -> bool {
    is_one_expression(kind, condition)
}

/// The character that stands for a `?` of the operator's own SQL until it is sent.
///
/// PostgreSQL has JSON operators of that sign.
pub(crate) const OPERATORS_QUESTION_MARK: char = '\u{1}';

/// A condition that the operator wrote, made safe to embed: in parentheses, on lines of its own.
///
/// It may end in a comment, which would hide what follows on its line.
pub(crate) fn operators(kind: Kind, condition: &str) -> String {
    let condition = if kind.words().numbers_parameters {
        condition.replace('?', "\u{1}")
    } else {
        condition.to_owned()
    };
    format!("(\n{condition}\n)")
}

/// Whether a condition is one expression.
///
/// Its parentheses, quotes and comments all close within it, and it ends no statement. Any other
/// would reach beyond the parentheses that it is put into, and change which rows are touched.
pub(crate) fn is_one_expression(kind: Kind, condition: &str) -> bool {
    let Some(cut) = stretches(kind, condition) else {
        return false;
    };
    let code = cut
        .into_iter()
        .filter(|(_, stretch)| *stretch == Stretch::Code)
        .flat_map(|(range, _)| condition[range].bytes());
    let mut depth = 0_i32;
    for byte in code {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b';' => return false,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// What a stretch of SQL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stretch {
    Code,
    Quoted,
    Comment,
}

/// Cuts the operator's SQL into code, quotes and comments; none where one of these is left open.
pub(crate) fn stretches(kind: Kind, sql: &str) -> Option<Vec<(Range<usize>, Stretch)>> {
    let bytes = sql.as_bytes();
    let mut cut = Vec::new();
    let mut code_from = 0;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (len, stretch) = match rest[0] {
            quote @ (b'\'' | b'"' | b'`') => {
                let escapes = kind.words().backslash_escapes && quote != b'`';
                let mut end = 1;
                loop {
                    match rest.get(end)? {
                        b'\\' if escapes => end += 2,
                        c if *c == quote => break,
                        _ => end += 1,
                    }
                }
                (end + 1, Stretch::Quoted)
            }
            b'-' if rest.starts_with(b"--") => {
                let end = rest.iter().position(|b| *b == b'\n');
                (end.unwrap_or(rest.len()), Stretch::Comment)
            }
            b'/' if rest.starts_with(b"/*") => {
                let end = rest.windows(2).position(|pair| pair == b"*/")?;
                (end + 2, Stretch::Comment)
            }
            _ => {
                at += 1;
                continue;
            }
        };
        cut.push((code_from..at, Stretch::Code));
        cut.push((at..at + len, stretch));
        at += len;
        code_from = at;
    }
    cut.push((code_from..bytes.len(), Stretch::Code));
    Some(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_reaches_beyond_its_parentheses_is_none() {
        for bad in [
            "1) OR (1",
            "a = '",
            "a = 1; DELETE FROM t",
            "((a = 1)",
            "a /* b",
            "a) --",
        ] {
            assert!(!is_one_expression(Kind::Sqlite, bad), "{bad}");
        }
        for good in [
            "a = ')'",
            "a IN (1, 2) -- (",
            "(a) /* ( */ AND \"b)\" = 1",
            "tenant = 3",
            "a = 'it''s'",
        ] {
            assert!(is_one_expression(Kind::Sqlite, good), "{good}");
        }
        assert!(is_one_expression(Kind::MySql, r"a = '\')'"));
    }

    #[test]
    fn a_quote_inside_a_name_is_doubled() {
        assert_eq!(
            Ident::new(Kind::Postgres, "a\"b")
                .expect("legal")
                .to_string(),
            "\"a\"\"b\""
        );
        assert_eq!(
            Ident::new(Kind::MySql, "a`b").expect("legal").to_string(),
            "`a``b`"
        );
    }

    #[test]
    fn a_dot_in_a_name_does_not_split_it() {
        assert_eq!(
            Ident::table(Kind::Sqlite, None, "a.b")
                .expect("legal")
                .to_string(),
            "\"a.b\""
        );
    }

    #[test]
    fn an_empty_name_and_nul_are_refused() {
        assert!(Ident::new(Kind::Sqlite, "").is_err());
        assert!(Ident::new(Kind::Sqlite, "a\0b").is_err());
    }
}
