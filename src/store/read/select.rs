//! The one SELECT of rows: its list of columns, and how a row of the answer is read.

use std::sync::Arc;

use super::row::{CompanionValue, Row, ScanRow, Storage};
use crate::policy::LastLogin;
use crate::secret::{InnerSalt, StoredHash};
use crate::store::sql::{RowRef, StoreError, moment};
use crate::store::table::{CredentialColumn, Key, KeyKind, LastLoginSql, UNREADABLE};

/// Which columns are selected, beside the value and what the rules ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum SelectedColumns {
    /// No others.
    Value,
    /// The key.
    Keyed,
    /// The key, and the value as Unicode text where that differs from its bytes.
    Whole,
}

/// A SELECT of a column's rows.
pub(in crate::store) struct RowSelect<'c> {
    column: &'c CredentialColumn,
    list: String,
    kinds: Vec<KeyKind>,
    layout: Layout,
}

/// Where the columns of an answer stand.
#[derive(Clone, Copy)]
struct Layout {
    key: usize,
    value: usize,
    storage: Option<usize>,
    last_login: Option<usize>,
    except: Option<usize>,
    must_change: Option<usize>,
    unicode: Option<usize>,
    companions: usize,
    dividers: usize,
}

impl<'c> RowSelect<'c> {
    /// Selects these columns.
    pub(in crate::store) fn of(column: &'c CredentialColumn, columns: SelectedColumns) -> Self {
        let words = column.kind.words();
        let mut list: Vec<String> = Vec::new();
        let mut next = 0;
        if columns != SelectedColumns::Value {
            list.push(column.key_select());
            next = column.keys.len();
        }
        let mut add = |list: &mut Vec<String>, sql: String| {
            list.push(sql);
            next += 1;
            next - 1
        };
        let value = add(&mut list, column.bytes.clone());
        let storage = (words.types_values)
            .then(|| add(&mut list, format!("unicode(typeof(t.{}))", column.value)));
        let last_login = column.last_login.as_ref().map(|l| {
            let (LastLoginSql::Millis(sql) | LastLoginSql::Epoch(sql) | LastLoginSql::Text(sql)) =
                l;
            add(&mut list, sql.clone())
        });
        let except = column.except.as_ref();
        let except = except.map(|condition| add(&mut list, words.truth(condition)));
        let must_change = column.on_reset.must_change.as_ref();
        let must_change = must_change.map(|flag| add(&mut list, words.truth(&flag.is_set)));
        let unicode = column
            .unicode
            .as_ref()
            .filter(|_| columns == SelectedColumns::Whole)
            .map(|sql| add(&mut list, sql.clone()));
        // Last, so that asking for none changes nothing of the rest.
        let companions = next;
        let read = &column.read_companions;
        list.extend(read.iter().map(|one| one.sql.clone()));
        list.extend(read.iter().filter_map(|one| one.matches.clone()));
        let dividers =
            companions + read.len() + read.iter().filter(|one| one.matches.is_some()).count();
        list.extend(column.dividers.iter().map(|divider| divider.sql.clone()));
        Self {
            column,
            list: list.join(", "),
            kinds: column.key_kinds(),
            layout: Layout {
                key: 0,
                value,
                storage,
                last_login,
                except,
                must_change,
                unicode,
                companions,
                dividers,
            },
        }
    }

    /// The statement.
    ///
    /// `conditions` stand before the credential's own `where`; `rest` is what follows them, with a
    /// blank before it.
    pub(in crate::store) fn sql(&self, mut conditions: Vec<String>, rest: &str) -> String {
        conditions.extend(self.column.filter.clone());
        let mut sql = format!("SELECT {} FROM {} t", self.list, self.column.table_ident);
        if !conditions.is_empty() {
            sql.push_str(" WHERE ");
            sql.push_str(&conditions.join(" AND "));
        }
        sql.push_str(rest);
        sql
    }

    /// The statement of at most two rows and of a value that is there without them, too.
    ///
    /// Its columns are those of the statement, then whether there is a row, then the value.
    pub(super) fn sql_beside(&self, conditions: Vec<String>, value: &str) -> String {
        let columns = self.layout.dividers + self.column.dividers.len();
        let names: Vec<String> = (0..=columns).map(|at| format!("c{at}")).collect();
        let found = Self {
            column: self.column,
            list: format!("{}, {}", self.list, self.column.kind.words().integer("1")),
            kinds: Vec::new(),
            layout: self.layout,
        };
        format!(
            "WITH r ({}) AS ({}) SELECT r.*, w.beside FROM (SELECT {value} AS beside) w LEFT JOIN r ON 1 = 1",
            names.join(", "),
            found.sql(conditions, " LIMIT 2"),
        )
    }

    /// A row of the answer to [`Self::sql_beside`], if there is one, and the value.
    pub(super) fn keep_beside(
        &self,
        row: RowRef<'_>,
    ) -> Result<(Option<Row>, Option<Vec<u8>>), StoreError> {
        let found = self.layout.dividers + self.column.dividers.len();
        let beside = row.bytes(found + 1)?.map(<[u8]>::to_vec);
        let kept = match row.int(found)? {
            Some(_) => Some(self.keep(row)?),
            None => None,
        };
        Ok((kept, beside))
    }

    /// A row of the answer as it streams by.
    pub(super) fn view<'r>(&'r self, row: RowRef<'r>) -> Result<ScanRow<'r>, StoreError> {
        let stored = row.bytes(self.layout.value)?;
        Ok(ScanRow {
            value: stored.map(|v| &v[..v.len() - self.column.form.padding(v)]),
            storage: self.storage(&row)?,
            last_login: self.last_login(&row)?,
            excepted: holds(&row, self.layout.except)?,
            must_change: holds(&row, self.layout.must_change)?,
            key_at: self.layout.key,
            companions: &self.column.companions,
            read_companions: &self.column.read_companions,
            companions_at: self.layout.companions,
            dividers: &self.column.dividers,
            dividers_at: self.layout.dividers,
            kinds: &self.kinds,
            row,
        })
    }

    /// A row of the answer, kept.
    pub(in crate::store) fn keep(&self, row: RowRef<'_>) -> Result<Row, StoreError> {
        let layout = &self.layout;
        let unicode = match layout.unicode {
            Some(i) => row.bytes(i)?.map(StoredHash::new),
            None => None,
        };
        let key = Key::read(&row, &self.kinds, layout.key)?;
        let stored = row.bytes(layout.value)?;
        let mut matches = layout.companions + self.column.companions.len();
        let companion_values = (layout.companions..)
            .zip(self.column.read_companions.iter())
            .map(|(at, read)| {
                let found = if read.matches.is_some() {
                    matches += 1;
                    row.number(matches - 1)?
                } else {
                    1
                };
                let none = read.empty.filter(|_| found <= 1).map(|_| &[][..]);
                Ok(CompanionValue {
                    beside: read.salt_beside(row.bytes(at)?, found),
                    bytes: row.bytes(at)?.or(none).map(InnerSalt::new),
                    padding: read.padding,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        let divided = (0..)
            .zip(self.column.dividers.iter())
            .map(|(i, divider)| Ok(divider.read(&row, layout.dividers + i)?.into()))
            .collect::<Result<_, StoreError>>()?;
        Ok(Row {
            key,
            divided,
            companions: Arc::clone(&self.column.companions),
            companion_values,
            padding: stored.map_or(0, |v| self.column.form.padding(v)),
            stored: stored.map(StoredHash::new),
            unicode,
            storage: self.storage(&row)?,
            last_login: self.last_login(&row)?,
            excepted: holds(&row, layout.except)?,
            must_change: holds(&row, layout.must_change)?,
        })
    }

    /// `typeof` answers text, blob, integer, real or null; its first letter tells them apart.
    fn storage(&self, row: &RowRef<'_>) -> Result<Storage, StoreError> {
        let Some(i) = self.layout.storage else {
            return Ok(Storage::Text);
        };
        Ok(match row.int(i)?.and_then(|n| u8::try_from(n).ok()) {
            Some(b'i' | b'r') => Storage::Number,
            Some(b'b') => Storage::Blob,
            _ => Storage::Text,
        })
    }

    fn last_login(&self, row: &RowRef<'_>) -> Result<LastLogin, StoreError> {
        let (Some(i), Some(sql)) = (self.layout.last_login, &self.column.last_login) else {
            return Ok(LastLogin::Unknown);
        };
        Ok(match sql {
            LastLoginSql::Millis(_) => row.int(i)?.map_or(LastLogin::Never, |ms| {
                if ms == UNREADABLE {
                    LastLogin::Unknown
                } else {
                    LastLogin::At(ms)
                }
            }),
            LastLoginSql::Epoch(_) => row
                .int(i)?
                .map_or(LastLogin::Never, |n| LastLogin::At(moment::from_epoch(n))),
            LastLoginSql::Text(_) => match row.bytes(i)? {
                None => LastLogin::Never,
                Some(b) => std::str::from_utf8(b)
                    .ok()
                    .and_then(moment::parse)
                    .map_or(LastLogin::Unknown, LastLogin::At),
            },
        })
    }
}

/// A condition that was asked for; false where it was not.
fn holds(row: &RowRef<'_>, at: Option<usize>) -> Result<bool, StoreError> {
    Ok(match at {
        Some(i) => row.int(i)? == Some(1),
        None => false,
    })
}
