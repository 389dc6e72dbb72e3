//! `accept` of `[[credential]]`: conditions on one column each, as reports print them.

use crate::config::document::{Section, Spanned};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{CredentialKey, SectionKey as _};
use crate::config::settings::{AcceptedPart, AcceptedTest};

/// Reads the conditions. `column` is the credential's own.
pub(super) fn read(
    section: &Section<'_, CredentialKey>,
    column: &str,
) -> Result<Vec<AcceptedPart>, ConfigError> {
    let mut parts: Vec<AcceptedPart> = Vec::new();
    for Spanned { value, span } in section.texts(CredentialKey::Accept)? {
        let Some(part) = parse(&value) else {
            return Err(section.refuse(span, ConfigProblem::Accept));
        };
        if part.column == column {
            let problem = ConfigProblem::OwnColumn {
                column: part.column,
                key: CredentialKey::Accept.as_str(),
            };
            return Err(section.refuse(span, problem));
        }
        if parts.contains(&part) {
            let problem = ConfigProblem::Twice {
                what: "condition",
                name: part.text(),
                first_line: section.line_of(&section.key_span(CredentialKey::Accept)),
            };
            return Err(section.refuse(span, problem));
        }
        parts.push(part);
    }
    Ok(parts)
}

/// One piece of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// A word or a number without quotes.
    Bare(String),
    /// A text in single quotes.
    Quoted(String),
    /// A name in double quotes or backticks.
    Name(String),
    Sign(&'static str),
}

fn parse(text: &str) -> Option<AcceptedPart> {
    let pieces = pieces(text)?;
    let (first, rest) = pieces.split_first()?;
    let column = match first {
        Piece::Bare(name) | Piece::Name(name) => name.clone(),
        Piece::Quoted(_) | Piece::Sign(_) => return None,
    };
    let is = |piece: &Piece, word: &str| matches!(piece, Piece::Bare(bare) if bare.eq_ignore_ascii_case(word));
    let value = |piece: &Piece| match piece {
        Piece::Bare(word) if word.eq_ignore_ascii_case("null") => None,
        Piece::Bare(text) | Piece::Quoted(text) => Some(text.clone()),
        Piece::Name(_) | Piece::Sign(_) => None,
    };
    let test = match rest {
        [is_word, null] if is(is_word, "is") && is(null, "null") => AcceptedTest::Among(vec![None]),
        [is_word, not, empty] if is(is_word, "is") && is(not, "not") && is(empty, "empty") => {
            AcceptedTest::Present
        }
        [Piece::Sign("="), one] => AcceptedTest::Among(vec![Some(value(one)?)]),
        [Piece::Sign(">="), one] => AcceptedTest::Between(Some(value(one)?), None),
        [Piece::Sign("<="), one] => AcceptedTest::Between(None, Some(value(one)?)),
        [between, from, and, to] if is(between, "between") && is(and, "and") => {
            AcceptedTest::Between(Some(value(from)?), Some(value(to)?))
        }
        [word, Piece::Sign("("), list @ .., Piece::Sign(")")] if is(word, "in") => {
            let mut values = Vec::new();
            for (at, piece) in list.iter().enumerate() {
                match piece {
                    Piece::Sign(",") if at % 2 == 1 => {}
                    null if at % 2 == 0 && is(null, "null") => values.push(None),
                    one if at % 2 == 0 => values.push(Some(value(one)?)),
                    _ => return None,
                }
            }
            if values.is_empty() || list.len() % 2 == 0 {
                return None;
            }
            AcceptedTest::Among(values)
        }
        _ => return None,
    };
    Some(AcceptedPart { column, test })
}

/// Cuts a condition into its pieces; none where a quote is left open or a sign is unknown.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    const SIGNS: [&str; 6] = [">=", "<=", "=", "(", ")", ","];
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            out.push(Piece::Sign(sign));
            rest = &rest[sign.len()..];
        } else if matches!(first, '\'' | '"' | '`') {
            let (inside, behind) = quoted(&rest[1..], first)?;
            out.push(if first == '\'' {
                Piece::Quoted(inside)
            } else {
                Piece::Name(inside)
            });
            rest = behind;
        } else {
            let is_bare =
                |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '+' | '$');
            let end = rest.find(|c| !is_bare(c)).unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            out.push(Piece::Bare(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Some(out)
}

/// What stands up to the closing quote, and what follows it. A doubled quote is one of the text.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut inside = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            inside.push(c);
        } else if text[at + 1..].starts_with(quote) {
            inside.push(quote);
            chars.next();
        } else {
            return Some((inside, &text[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_read_as_it_is_printed() {
        for text in [
            "hash_type = 3",
            "algo = 'md5'",
            "algo = ''",
            "salt is null",
            "salt is not empty",
            "hash_type in (3, 4, 'x''y')",
            "hash_type in (null, '', 7)",
            "id between 5 and 70000",
            "created_at >= '2019-03-01 00:00:00'",
            "id <= -5",
        ] {
            let part = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(part.text(), text);
        }
        let spelt = |text: &str| parse(text).map(|part| part.text());
        assert_eq!(spelt("\"hash_type\"=3").as_deref(), Some("hash_type = 3"));
        assert_eq!(spelt("`algo` IN (md5)").as_deref(), Some("algo = 'md5'"));
        assert_eq!(spelt("a Is Null").as_deref(), Some("a is null"));
    }

    #[test]
    fn what_is_no_such_condition_is_refused() {
        for text in [
            "",
            "hash_type",
            "hash_type = ",
            "hash_type = 3 or 1 = 1",
            "hash_type <> 3",
            "hash_type = 'a",
            "hash_type in ()",
            "hash_type in (1 2)",
            "hash_type in (1,)",
            "'hash_type' = 3",
            "id between 3",
            "a = b; c",
            "salt is not null",
            "salt = null",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
