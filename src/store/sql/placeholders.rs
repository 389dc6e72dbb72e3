//! Rewrites the parameters of a statement as its database's driver wants them.

use std::borrow::Cow;

use super::kind::Kind;
use super::text::{OPERATORS_QUESTION_MARK, Stretch, stretches};

/// Rewrites `?` to `$1…` for PostgreSQL.
///
/// A `?` inside quotes or a comment is left alone. One of the operator's own comes back as it was.
pub(super) fn placeholders(kind: Kind, sql: &str) -> Cow<'_, str> {
    if !kind.words().numbers_parameters || !sql.contains(['?', OPERATORS_QUESTION_MARK]) {
        return Cow::Borrowed(sql);
    }
    let cut = stretches(kind, sql).unwrap_or_else(|| vec![(0..sql.len(), Stretch::Code)]);
    let mut out = String::with_capacity(sql.len() + 16);
    let mut n = 0;
    for (range, stretch) in cut {
        for c in sql[range].chars() {
            match c {
                '?' if stretch == Stretch::Code => {
                    n += 1;
                    out.push('$');
                    out.push_str(&n.to_string());
                }
                OPERATORS_QUESTION_MARK => out.push('?'),
                c => out.push(c),
            }
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_marks_become_numbers_on_postgresql_except_in_quotes() {
        assert_eq!(
            placeholders(Kind::Postgres, "a = ? AND b = '?' AND \"c?\" = ?"),
            "a = $1 AND b = '?' AND \"c?\" = $2"
        );
        assert_eq!(
            placeholders(
                Kind::Postgres,
                "DELETE /* the user's? */ WHERE id = ? -- it's\n AND a = ?"
            ),
            "DELETE /* the user's? */ WHERE id = $1 -- it's\n AND a = $2"
        );
        assert_eq!(placeholders(Kind::MySql, "a = ?"), "a = ?");
    }
}
