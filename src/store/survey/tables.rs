//! Looks through the tables of a database for columns that may hold passwords.

use std::collections::BTreeSet;

use super::attributes::attributes;
use super::form::{FormCount, FormKind};
use super::format::{FormatSurvey, look_for_format};
use super::sample::{nameless, sample, words_of};
use crate::scheme::{Scheme, Shape};
use crate::store::preflight::unique_keys;
use crate::store::sql::{Conn, ErrorClass, Kind, Query, StoreError};
use crate::store::table::{
    CredentialColumn, Guess, TableInfo, TableOf, TypeFamily, describe_table, names,
};

/// The tables that are looked at, at most: a database with more such tables needs a person.
pub const TABLES_MAX: usize = 100;

/// One table that may hold passwords.
#[derive(Clone, Debug)]
pub struct TableSurvey {
    /// Its schema, where its name alone doesn't find it.
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// Columns of its primary key, or of another unique key without NULL.
    ///
    /// Empty where there is none that saltern can page by.
    pub key: Vec<String>,
    /// What is typed at login, by its name.
    pub login: Option<String>,
    /// The user's name, by its name.
    pub username: Option<String>,
    /// The time of the last login, by its name and type.
    pub last_login: Option<String>,
    /// Columns that are called a salt.
    pub salts: Vec<String>,
    /// The column that says which user a row belongs to, by its name.
    pub owner: Option<String>,
    /// What the table's name says that its rows are.
    pub table_of: TableOf,
    /// A column that says where a connection goes, by its name.
    pub connection: Option<String>,
    /// Columns that every update moves (MySQL's ON UPDATE CURRENT_TIMESTAMP).
    pub moving: Vec<String>,
    /// A column that may say which scheme a row has.
    pub format: Option<FormatSurvey>,
    /// The columns whose names are plausible.
    pub columns: Vec<ColumnSurvey>,
}

/// One column that may hold passwords.
#[derive(Clone, Debug)]
pub struct ColumnSurvey {
    /// The column.
    pub column: String,
    /// Its type.
    pub declared: String,
    /// What its name says.
    pub guess: Guess,
    /// The condition under which a row of the table holds a password: in a table of attributes and
    /// values. Its SQL.
    pub condition: Option<String>,
    /// How many different values the sample has.
    pub distinct: usize,
    /// The forms of the sampled values, the most frequent first; none where it was not sampled.
    pub forms: Vec<FormCount>,
    /// Why it was not sampled.
    pub not_read: Option<String>,
}

impl ColumnSurvey {
    /// How many rows were sampled.
    pub fn sampled(&self) -> usize {
        self.forms.iter().map(|form| form.rows).sum()
    }

    /// The share, from 0 to 1, of the values for which `is` holds; none where there are no values.
    ///
    /// NULL, empty strings and markers of locked accounts are no values.
    pub fn share(&self, is: impl Fn(FormKind) -> bool) -> Option<f64> {
        let values = || {
            self.forms
                .iter()
                .filter(|form| form.kind < FormKind::Locked)
        };
        let all = self.values();
        let some: usize = values()
            .filter(|form| is(form.kind))
            .map(|form| form.rows)
            .sum();
        #[expect(clippy::cast_precision_loss, reason = "at most a few hundred rows")]
        (all > 0).then(|| some as f64 / all as f64)
    }

    /// How many sampled rows have a value.
    pub fn values(&self) -> usize {
        self.forms
            .iter()
            .filter(|form| form.kind < FormKind::Locked)
            .map(|form| form.rows)
            .sum()
    }

    /// The forms of the sampled values in words.
    pub fn forms_in_words(&self) -> String {
        words_of(&self.forms)
    }
}

/// Looks at every table that this user can read and that has a column with a plausible name.
///
/// # Errors
/// Whatever the database says of its catalogue. A table that can't be read is left with the reason.
pub async fn survey(conn: &mut Conn) -> Result<Vec<TableSurvey>, StoreError> {
    let mut found: BTreeSet<(Option<String>, String)> = BTreeSet::new();
    let mut values: BTreeSet<(Option<String>, String)> = BTreeSet::new();
    for (schema, table, column) in all_columns(conn).await? {
        if Guess::in_table(&table, &column).is_some_and(|guess| guess != Guess::Method) {
            found.insert((schema, table));
        } else if names::is_value(&column) {
            values.insert((schema, table));
        }
    }
    let mut surveys = Vec::new();
    for (schema, table) in found.union(&values).take(TABLES_MAX).cloned() {
        if let Some(survey) = one_table(conn, schema, table).await? {
            surveys.push(survey);
        }
    }
    Ok(surveys)
}

/// Every column of every table of the application's: schema (where needed), table, column.
async fn all_columns(conn: &mut Conn) -> Result<Vec<(Option<String>, String, String)>, StoreError> {
    let sql = match conn.kind() {
        Kind::Postgres => {
            "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN NULL ELSE n.nspname::text END, c.relname::text, a.attname::text \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('information_schema', 'saltern') AND n.nspname NOT LIKE 'pg\\_%' \
             ORDER BY 1, 2, a.attnum"
        }
        Kind::MySql => {
            "SELECT NULL, CAST(c.TABLE_NAME AS CHAR), CAST(c.COLUMN_NAME AS CHAR) FROM information_schema.COLUMNS c \
             JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME \
             WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND c.TABLE_NAME NOT LIKE 'saltern\\_%' \
             ORDER BY 2, c.ORDINAL_POSITION"
        }
        Kind::Sqlite => {
            "SELECT NULL, m.name, x.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) x \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name NOT LIKE 'saltern\\_%' ESCAPE '\\' ORDER BY 2, x.cid"
        }
    };
    conn.rows(Query::ours("listing the tables", sql, Vec::new()), |row| {
        Ok((
            row.text(0)?.map(str::to_owned),
            row.owned(1)?,
            row.owned(2)?,
        ))
    })
    .await
}

async fn one_table(
    conn: &mut Conn,
    schema: Option<String>,
    table: String,
) -> Result<Option<TableSurvey>, StoreError> {
    let info = describe_table(conn, schema.as_deref(), &table).await?;
    let plausible: Vec<(String, Guess)> = info
        .columns
        .iter()
        .filter_map(|c| Some((c.name.clone(), Guess::in_table(&table, &c.name)?)))
        .collect();
    let table_of = TableOf::named(&table);
    let login = names::login(&info, table_of);
    let owner = names::owner(&info);
    let mut columns = Vec::new();
    let mut key = None;
    let mut format = None;
    // A table of attributes and values, in which some of the attributes are passwords of users.
    if let Some((attribute, value)) = names::attribute_and_value(&info)
        && (login.is_some() || owner.is_some())
        && let Some(found) =
            attributes(conn, (schema.as_deref(), &table), (&attribute, &value)).await?
    {
        key = Some(usable_key(conn, &found.values).await?);
        columns.push(ColumnSurvey {
            column: value,
            declared: found.declared,
            guess: Guess::Password,
            condition: Some(found.condition),
            distinct: found.sample.distinct,
            forms: found.sample.forms,
            not_read: None,
        });
    }
    if columns.is_empty() && plausible.iter().all(|(_, guess)| *guess == Guess::Method) {
        return Ok(None);
    }
    for (name, guess) in plausible {
        let declared = info
            .column(&name)
            .map(|c| c.declared.clone())
            .unwrap_or_default();
        let mut survey = ColumnSurvey {
            column: name.clone(),
            declared,
            guess,
            condition: None,
            distinct: 0,
            forms: Vec::new(),
            not_read: None,
        };
        match CredentialColumn::resolve(conn, &nameless(schema.clone(), &table, &name)).await {
            Ok(column) => {
                if key.is_none() {
                    key = Some(usable_key(conn, &column).await?);
                }
                match sample(conn, &column).await {
                    Ok(seen) => {
                        survey.forms = seen.forms;
                        survey.distinct = seen.distinct;
                        if format.is_none() && !names::speaks_of_schemes(&name) {
                            format =
                                look_for_format(conn, schema.as_deref(), &info, &column).await?;
                        }
                    }
                    Err(error) if error.class() == ErrorClass::Gone => return Err(error),
                    Err(error) => survey.not_read = Some(error.to_string()),
                }
            }
            // Of a type that holds no password.
            Err(StoreError::Refused { what, .. }) => survey.not_read = Some(what),
            Err(error) => return Err(error),
        }
        columns.push(survey);
    }
    let first = |names: &[&str]| names::first(&info, names);
    // What says which scheme a row has is no password.
    columns.retain(|survey| {
        let says = |format: &FormatSurvey| format.column == survey.column;
        !format.as_ref().is_some_and(says)
    });
    Ok(Some(TableSurvey {
        format,
        key: key.unwrap_or_default(),
        login,
        username: first(&names::USERNAME).filter(|name| names::is_text(&info, name)),
        last_login: names::last_login(&info).filter(|name| is_time(&info, name, conn.kind())),
        owner,
        table_of,
        connection: names::connection(&info),
        salts: info
            .columns
            .iter()
            .filter(|c| names::is_salt(&c.name))
            .map(|c| c.name.clone())
            .collect(),
        moving: info
            .columns
            .iter()
            .filter(|c| c.on_update)
            .map(|c| c.name.clone())
            .collect(),
        columns,
        schema,
        table,
    }))
}

fn is_time(info: &TableInfo, name: &str, kind: Kind) -> bool {
    info.column(name).is_some_and(|c| {
        kind == Kind::Sqlite
            || matches!(
                c.family,
                TypeFamily::Int
                    | TypeFamily::Uint
                    | TypeFamily::Text
                    | TypeFamily::Time
                    | TypeFamily::TimeWithZone
            )
    })
}

/// The first unique key that saltern can page by; the primary key comes first.
async fn usable_key(conn: &mut Conn, column: &CredentialColumn) -> Result<Vec<String>, StoreError> {
    let can_be_key = |name: &String| {
        column.table.column(name).is_some_and(|c| {
            matches!(
                c.family,
                TypeFamily::Int | TypeFamily::Uint | TypeFamily::Text | TypeFamily::Uuid
            ) || column.kind != Kind::Postgres
                && matches!(c.family, TypeFamily::Bytes | TypeFamily::FixedBytes)
        })
    };
    let keys = unique_keys(conn, column).await?;
    Ok(keys
        .into_iter()
        .find(|key| key.iter().all(can_be_key))
        .unwrap_or_default())
}

/// The schemes that a bare digest of so many digits may be of, likeliest first.
pub fn candidates(digits: usize) -> &'static [Scheme] {
    Shape::of_digits(digits).map_or(&[], Shape::candidates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::survey::form::form_of;

    #[test]
    fn a_form_tells_nothing_of_the_value() {
        for (value, form) in [
            (
                Some(&b"5f4dcc3b5aa765d61d8327deb882cf99"[..]),
                "32 lowercase hex",
            ),
            (
                Some(b"5F4DCC3B5AA765D61D8327DEB882CF99 "),
                "32 uppercase hex",
            ),
            (Some(b"hunter2"), "text of no known form"),
            (Some(b"!"), "markers of locked accounts"),
            (Some(b"\xff\xfe"), "bytes that are no text"),
            (Some(b""), "empty"),
            (None, "NULL"),
        ] {
            assert_eq!(form_of(value).to_string(), form);
        }
    }

    #[test]
    fn shares_are_of_what_is_there() {
        let survey = ColumnSurvey {
            column: "p".to_owned(),
            declared: String::new(),
            guess: Guess::Password,
            condition: None,
            distinct: 3,
            forms: vec![
                FormCount {
                    kind: FormKind::Null,
                    rows: 50,
                },
                FormCount {
                    kind: FormKind::Text,
                    rows: 3,
                },
                FormCount {
                    kind: FormKind::Own,
                    rows: 1,
                },
            ],
            not_read: None,
        };
        assert_eq!(survey.share(|kind| kind == FormKind::Text), Some(0.75));
        assert_eq!(survey.sampled(), 54);
    }
}
