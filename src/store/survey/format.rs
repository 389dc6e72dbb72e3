//! A column that may say which scheme a row has: its values, and the forms beside each.

use super::form::FormCount;
use super::sample::{nameless, sample};
use crate::config::{Credential, FormatPart, FormatRows};
use crate::store::sql::{Conn, Query, StoreError};
use crate::store::table::{CredentialColumn, TableInfo, names};

/// A column that may say which scheme a row has.
#[derive(Clone, Debug)]
pub struct FormatSurvey {
    /// The column.
    pub column: String,
    /// Its values, the most frequent first.
    pub values: Vec<FormatValueSurvey>,
}

/// One value of such a column.
#[derive(Clone, Debug)]
pub struct FormatValueSurvey {
    /// The value, as text. None is NULL.
    pub value: Option<String>,
    /// The forms of sampled values beside it, the most frequent first.
    pub forms: Vec<FormCount>,
}

/// A column with more values says something else.
const VALUES_MAX: usize = 16;

/// So many rows are looked at for the values.
const ROWS_MAX: usize = 100_000;

/// A value is a word.
const CHARS_MAX: usize = 64;

/// Looks for a column beside the passwords whose name speaks of schemes and that has few values.
///
/// # Errors
/// Whatever the database says. A column that this user may not read is none.
pub(super) async fn look_for_format(
    conn: &mut Conn,
    schema: Option<&str>,
    info: &TableInfo,
    column: &CredentialColumn,
) -> Result<Option<FormatSurvey>, StoreError> {
    let named = info.columns.iter().filter(|other| {
        other.readable && other.name != column.info.name && names::speaks_of_schemes(&other.name)
    });
    for other in named {
        if let Some(values) = few_values(conn, column, &other.name).await? {
            let mut surveyed = Vec::new();
            for value in values {
                let part = Credential {
                    format: Some(FormatPart {
                        of: String::new(),
                        column: other.name.clone(),
                        rows: FormatRows::Listed(value.clone()),
                        group: None,
                        write: None,
                        named: vec![value.clone()],
                    }),
                    ..nameless(schema.map(str::to_owned), &info.table, &column.info.name)
                };
                let part = CredentialColumn::resolve(conn, &part).await?;
                surveyed.push(FormatValueSurvey {
                    value,
                    forms: sample(conn, &part).await?.forms,
                });
            }
            return Ok(Some(FormatSurvey {
                column: other.name.clone(),
                values: surveyed,
            }));
        }
    }
    Ok(None)
}

/// The values of a column, the most frequent first; none where they are no few words.
async fn few_values(
    conn: &mut Conn,
    column: &CredentialColumn,
    name: &str,
) -> Result<Option<Vec<Option<String>>>, StoreError> {
    let sql = format!(
        "SELECT v, COUNT(*) FROM (SELECT {} AS v FROM {} t LIMIT {ROWS_MAX}) AS sampled GROUP BY v ORDER BY 2 DESC LIMIT {}",
        column.text_of(name)?,
        column.table_ident,
        VALUES_MAX + 1
    );
    conn.begin().await?;
    let query = Query::of_values("looking at a format column", &sql, Vec::new());
    let read = conn
        .rows(query, |row| {
            Ok(row.bytes(0)?.map(|bytes| {
                let text = String::from_utf8_lossy(bytes);
                text.trim_end().to_owned()
            }))
        })
        .await;
    let values = conn.undone(read).await?;
    let is_word = |word: &str| {
        !word.is_empty()
            && word.chars().count() <= CHARS_MAX
            && !word.contains(['\'', '"', '`', '\\', '?'])
            && !word.chars().any(char::is_control)
    };
    let are_words = values.iter().flatten().all(|word| is_word(word));
    let has_words = values.iter().any(Option::is_some);
    Ok((are_words && has_words && values.len() <= VALUES_MAX).then_some(values))
}
