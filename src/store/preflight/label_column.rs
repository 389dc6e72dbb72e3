//! The column of the labels, where they have one of their own.

use super::ask::attempt;
use super::report::{FindingWords, Report};
use super::want::Want;
use crate::scheme::{InnerId, Scheme};
use crate::store::sql::{Conn, Kind, StoreError};
use crate::store::table::{CredentialColumn, LabelColumn};

pub(super) async fn look(
    conn: &mut Conn,
    column: &CredentialColumn,
    want: &Want,
    report: &mut Report,
) -> Result<(), StoreError> {
    let Some(label) = &column.label else {
        return Ok(());
    };
    look_at_words(conn, column, label, report).await?;
    let (name, table) = (&label.info.name, &column.table_ident);
    // In the value the label stands behind two hyphens.
    let longest = want.longest_label.saturating_sub("--".len());
    if label.info.max_len.is_some_and(|max| max < longest as u64) {
        report.refuse(
            "marker-narrow",
            FindingWords {
                what: format!(
                    "column {name} of {table} is {}; the longest label has {longest} characters",
                    label.info.declared
                ),
                why: "a value whose label is cut or refused can't be opened by anybody",
                todo: format!("widen it to VARCHAR({}) or more", longest.max(64)),
            },
        );
    }
    if label.info.generated {
        report.refuse(
            "marker-generated",
            FindingWords {
                what: format!("column {name} of {table} is generated from others"),
                why: "the label is written with the value",
                todo: "name a column of its own in `marker_column`".to_owned(),
            },
        );
    }
    report.info(
        "marker-column",
        FindingWords {
            what: format!("the labels of wrapped values stand in column {name} of {table}"),
            why: "a reader that doesn't look at it takes a wrapped value for a native hash, and lets in whoever types the digest that leaked",
            todo: "see to it that every reader asks this column first, and that whoever changes a password empties it in the same statement".to_owned(),
        },
    );
    Ok(())
}

/// Rows with one word in the column of the labels.
struct MarkedRows {
    /// The word, without a setting behind it; empty for none.
    word: String,
    beside: MarkedValue,
    rows: u64,
}

/// What stands beside a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MarkedValue {
    /// Nothing that a label can belong to.
    Other,
    /// A native string of this scheme.
    Native(&'static str),
}

/// Whether the column already holds words of the application's own.
///
/// saltern would read them as labels. A bcrypt string beside "bcrypt" would be bcrypt over bcrypt,
/// and nobody could log in with it.
async fn look_at_words(
    conn: &mut Conn,
    column: &CredentialColumn,
    label: &LabelColumn,
    report: &mut Report,
) -> Result<(), StoreError> {
    let (at, value) = (format!("t.{}", label.ident), format!("t.{}", column.value));
    let word = match column.kind {
        Kind::Postgres => format!("COALESCE(split_part({at}::text, '$', 1), '')"),
        Kind::MySql => format!("COALESCE(SUBSTRING_INDEX({at}, '$', 1), '')"),
        Kind::Sqlite => {
            format!("COALESCE(substr(CAST({at} AS TEXT), 1, instr({at} || '$', '$') - 1), '')")
        }
    };
    let words = conn.words();
    let beside = words.integer(&format!(
        "(CASE WHEN {value} LIKE '$argon2id$%' THEN 1 WHEN {value} LIKE '$2_$%' THEN 2 \
         WHEN {value} LIKE '$pbkdf2-sha256$%' THEN 3 ELSE 0 END)"
    ));
    let filter = column.filter.as_ref();
    let filter = filter.map_or_else(String::new, |sql| format!(" WHERE {sql}"));
    let sql = format!(
        "SELECT w, b, {} FROM (SELECT {word} AS w, {beside} AS b FROM {} t{filter}) AS words GROUP BY w, b ORDER BY 3 DESC LIMIT 1000",
        words.integer("COUNT(*)"),
        column.table_ident
    );
    let found = attempt(conn, &sql, Vec::new(), |row| {
        let beside = match row.number(1)? {
            1 => MarkedValue::Native("argon2id"),
            2 => MarkedValue::Native("bcrypt"),
            3 => MarkedValue::Native("pbkdf2-sha256"),
            _ => MarkedValue::Other,
        };
        Ok(MarkedRows {
            word: row.owned(0)?,
            beside,
            rows: u64::try_from(row.number(2)?).unwrap_or(0),
        })
    })
    .await?;
    // Why the columns can't be read is a finding of its own.
    let Ok(found) = found else { return Ok(()) };
    if let Some(foreign) = foreign(&found) {
        report.refuse(
            "marker-foreign",
            FindingWords {
                what: format!(
                    "column {} of {} holds words that saltern did not write: {:?} in {} rows",
                    label.info.name, column.table_ident, foreign.word, foreign.rows
                ),
                why: "a word beside a native hash is read as the label of what is wrapped in it: nobody could log in with such a row",
                todo: "name an empty column of its own in `marker_column`; a column that says which scheme a row has belongs into [credential.format]".to_owned(),
            },
        );
    }
    Ok(())
}

/// The most rows of one word that is none of saltern's; none where all are.
fn foreign(found: &[MarkedRows]) -> Option<&MarkedRows> {
    let all: u64 = found.iter().map(|marked| marked.rows).sum();
    let marked = || found.iter().filter(|marked| !marked.word.is_empty());
    let is_foreign = |marked: &&MarkedRows| match (scheme_of(&marked.word), marked.beside) {
        (MarkerWord::Unknown, _) => true,
        (MarkerWord::Of(inner), MarkedValue::Native(outer)) => inner.name() == outer,
        _ => false,
    };
    // A label may be left over where the application has changed a password. In a column of the
    // application's own such rows are not few.
    let left_over = |marked: &&MarkedRows| marked.beside == MarkedValue::Other;
    let rows: u64 = marked().filter(left_over).map(|marked| marked.rows).sum();
    let many = rows > (all / LEFT_OVER_SHARE).max(1);
    marked()
        .find(is_foreign)
        .or_else(|| marked().find(left_over).filter(|_| many))
}

/// Labels may be left over in one row of so many.
const LEFT_OVER_SHARE: u64 = 100;

/// What a word is as a label.
enum MarkerWord {
    /// It is none.
    Unknown,
    /// That of a scheme.
    Of(Scheme),
    /// Another of saltern's.
    Known,
}

fn scheme_of(word: &str) -> MarkerWord {
    let Some(inner) = InnerId::parse(word) else {
        return MarkerWord::Unknown;
    };
    let short = inner.short().unwrap_or(inner);
    match Scheme::by_inner_id(&short) {
        Some(scheme) => MarkerWord::Of(scheme),
        None if short == InnerId::ANSWER1 || short == InnerId::SHA384_B64 => MarkerWord::Known,
        // An expression of an earlier configuration, which this one does not name.
        None if word.starts_with(OWN_PREFIX) && word.len() >= OWN_LEN => MarkerWord::Known,
        None => MarkerWord::Unknown,
    }
}

/// What the ids of expressions begin with, and how long they are at least: docs/wrapped.md.
const OWN_PREFIX: &str = "x-";
const OWN_LEN: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    const BCRYPT: MarkedValue = MarkedValue::Native("bcrypt");
    const ARGON2ID: MarkedValue = MarkedValue::Native("argon2id");

    #[track_caller]
    fn check(found: &[(&str, MarkedValue, u64)], expected: Option<&str>) {
        let found: Vec<MarkedRows> = found
            .iter()
            .map(|(word, beside, rows)| MarkedRows {
                word: (*word).to_owned(),
                beside: *beside,
                rows: *rows,
            })
            .collect();
        assert_eq!(foreign(&found).map(|marked| marked.word.as_str()), expected);
    }

    #[test]
    fn labels_of_wrapped_values_and_few_that_are_left_over_are_no_words_of_the_application() {
        check(&[("x-abcdefgh", ARGON2ID, 300)], None);
        check(&[("", MarkedValue::Other, 300)], None);
        check(
            &[
                ("", ARGON2ID, 30),
                ("md5", ARGON2ID, 270),
                ("md5", MarkedValue::Other, 2),
            ],
            None,
        );
        check(
            &[
                ("", BCRYPT, 30),
                ("md5", BCRYPT, 1),
                ("sha384-b64", BCRYPT, 1),
            ],
            None,
        );
        check(
            &[("", MarkedValue::Other, 2), ("md5", MarkedValue::Other, 1)],
            None,
        );
    }

    #[test]
    fn what_says_which_scheme_a_row_has_is_no_column_of_labels() {
        check(
            &[("", MarkedValue::Other, 300), ("bcrypt", BCRYPT, 1)],
            Some("bcrypt"),
        );
        check(
            &[("bcrypt", BCRYPT, 3), ("md5", MarkedValue::Other, 2)],
            Some("bcrypt"),
        );
        check(&[("md5", MarkedValue::Other, 300)], Some("md5"));
        check(&[("argon2id", ARGON2ID, 9)], Some("argon2id"));
        check(&[("MD5 (old)", MarkedValue::Other, 1)], Some("MD5 (old)"));
        check(
            &[("7", BCRYPT, 5), ("", MarkedValue::Other, 900)],
            Some("7"),
        );
    }
}
