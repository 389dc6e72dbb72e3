//! A credential's column, resolved against the catalogue: the SQL of reading and writing rows.
//!
//! Built once for a command; holds no connection. Whether the column is *fit* for a run is the
//! preflight's question.

use std::sync::Arc;

use super::assignments::assignments_sql;
use super::catalog::{describe_table, text_encoding, types_of};
use super::companion::{
    Companion, CompanionColumn, CompanionSource, CompanionSources, ReadCompanion,
};
use super::compare::{Compare, single};
use super::divider::{DividerColumn, divider_of};
use super::format::FormatColumn;
use super::info::{ColumnInfo, TableInfo};
use super::key::KeyKind;
use super::key_column::KeyColumn;
use super::label_column::{LabelColumn, UnlabelledSql};
use super::last_login::LastLoginSql;
use super::names;
use super::on_reset::OnResetSql;
use super::other_table::{JoinedTo, OtherColumn};
use super::padding::PaddedColumn;
use super::readings::{COMPANIONS, CompanionBytes, readings};
use super::statement;
use super::typed_login::{LoginWay, TypedLogin, TypedText, other_forms};
use super::value::{ValueForm, ValueSql};
use crate::census::DIVIDERS_MAX;
use crate::config::{CharPadding, Credential, EmptySalt, LoginColumns, LoginMatch};
use crate::scheme::{CompanionReadings, CompanionTexts};
use crate::secret::InnerSalt;
use crate::store::sql::{Conn, Ident, Kind, StoreError};

/// A credential's column and all that is needed to read and write it.
#[derive(Clone, Debug)]
pub struct CredentialColumn {
    pub(crate) kind: Kind,
    /// The credential's name.
    pub credential: String,
    /// The name of the credential in the file, of which this may be a part.
    pub file_credential: String,
    /// The table as the catalogue has it.
    pub table: TableInfo,
    pub(crate) table_ident: Ident,
    pub(crate) keys: Vec<KeyColumn>,
    /// The column as the catalogue has it.
    pub info: ColumnInfo,
    pub(crate) value: Ident,
    /// The stored bytes, as SQL over the alias `t`.
    pub(crate) bytes: String,
    /// The value as Unicode text, where that differs from its bytes.
    pub(crate) unicode: Option<String>,
    pub(crate) form: ValueForm,
    pub(crate) last_login: Option<LastLoginSql>,
    /// The credential's `where`, and that a row is of its part.
    pub(crate) filter: Option<String>,
    /// The credential's `where` alone.
    pub(crate) own_filter: Option<String>,
    pub(crate) except: Option<String>,
    pub(crate) preserve: Vec<Ident>,
    /// What a reset does beside the value.
    pub(crate) on_reset: OnResetSql,
    /// The column that says which scheme a row has.
    pub(crate) format: Option<FormatColumn>,
    /// What a wrap sets beside the value.
    pub(crate) on_wrap: Vec<(Ident, String)>,
    /// What a login's replacement sets beside the value.
    pub(crate) on_login: Vec<(Ident, String)>,
    /// Where the labels of wrapped values stand in a column of their own.
    pub(crate) label: Option<LabelColumn>,
    /// Where the credential's own companions stand.
    companion_sources: CompanionSources,
    /// What a column of fixed width beside the value is to the scheme.
    char_padding: Option<CharPadding>,
    /// What a salt of NULL is to the application.
    empty_salt: Option<EmptySalt>,
    /// The companions that rows carry.
    pub(crate) companions: Arc<[Companion]>,
    /// How they are read.
    pub(crate) read_companions: Arc<[ReadCompanion]>,
    /// The dividers that rows carry.
    pub(crate) dividers: Arc<[DividerColumn]>,
    /// PostgreSQL's name for the encoding in which text becomes bytes.
    encoding: &'static str,
}

impl CredentialColumn {
    /// Looks the credential's table and columns up.
    ///
    /// # Errors
    /// `Refused`, with what to do, where the table or a column is missing or of a type that saltern
    /// can't read.
    pub async fn resolve(conn: &mut Conn, credential: &Credential) -> Result<Self, StoreError> {
        let kind = conn.kind();
        let table = describe_table(conn, credential.schema.as_deref(), &credential.table).await?;
        let encoding = text_encoding(conn).await?;
        let find = |name: &str| table.find(name);
        let info = find(&credential.column)?.clone();
        let value = Ident::new(kind, &info.name)?;
        let at = format!("t.{value}");
        let ValueSql {
            mut bytes,
            mut unicode,
            form,
        } = value_sql(kind, &info, &at, encoding)?;
        let label = LabelColumn::resolve(kind, credential, &info, &table)?;
        if let Some(label) = &label {
            for sql in std::iter::once(&mut bytes).chain(&mut unicode) {
                let unlabelled = UnlabelledSql {
                    bytes: sql,
                    encoding,
                };
                *sql = label.joined(kind, &at, &unlabelled);
            }
        }
        let keys = credential
            .key
            .iter()
            .map(|name| key_column(kind, find(name)?))
            .collect::<Result<Vec<_>, _>>()?;
        let last_login = credential
            .last_login
            .as_deref()
            .map(|name| last_login_sql(kind, find(name)?))
            .transpose()?;
        for name in [&credential.username, &credential.salt, &credential.salt2]
            .into_iter()
            .flatten()
            .chain(&credential.login.columns)
        {
            find(name)?;
        }
        let preserve = credential
            .preserve
            .iter()
            .map(|name| Ident::new(kind, &find(name)?.name))
            .collect::<Result<Vec<_>, _>>()?;
        let mut companion_sources = CompanionSources::of(credential);
        let idents: Vec<Ident> = keys.iter().map(|key| key.ident.clone()).collect();
        let elsewhere = &credential.companions;
        let schema = Some(table.schema.as_str()).filter(|_| kind.words().has_schemas);
        let table_ident = Ident::table(kind, schema, &table.table)?;
        for (other, source) in [
            (&elsewhere.salt, &mut companion_sources.salt),
            (&elsewhere.salt2, &mut companion_sources.salt2),
            (&elsewhere.username, &mut companion_sources.username),
        ] {
            let Some(other) = other else { continue };
            let to = JoinedTo {
                table: &table_ident,
                schema: credential.schema.as_deref(),
                key: &idents,
                encoding,
            };
            let resolved = OtherColumn::resolve(conn, other, to).await?;
            *source = Some(CompanionSource::Other(resolved));
        }
        let format = FormatColumn::resolve(kind, credential, &table, encoding)?;
        let own_filter = condition(kind, "where", credential.where_sql.as_deref())?;
        let ours = format.as_ref().map(|format| format.is_ours.clone());
        let filter: Vec<String> = own_filter.iter().cloned().chain(ours).collect();
        let beside = |key, list| assignments_sql(kind, key, list, &table);
        Ok(Self {
            kind,
            credential: credential.name.clone(),
            file_credential: credential.file_name().to_owned(),
            table_ident,
            keys,
            value,
            bytes,
            unicode,
            form,
            last_login,
            filter: (!filter.is_empty()).then(|| filter.join(" AND ")),
            except: condition(kind, "except", credential.except_sql.as_deref())?,
            preserve,
            on_reset: OnResetSql::resolve(kind, credential, &table)?,
            on_wrap: beside("on_wrap.set", &credential.on_wrap)?,
            on_login: beside("on_login.set", &credential.on_login)?,
            format,
            own_filter,
            label,
            companion_sources,
            char_padding: credential.companions.char_padding,
            empty_salt: credential.companions.empty_salt,
            companions: Arc::default(),
            read_companions: Arc::default(),
            dividers: Arc::default(),
            encoding,
            info,
            table,
        })
    }

    /// The same column, whose values are read as Unicode text where that differs from their bytes.
    ///
    /// Passwords in the clear are compared with what a login sends.
    pub fn in_unicode(&self) -> Self {
        let mut column = self.clone();
        if let Some(unicode) = column.unicode.take() {
            column.bytes = unicode;
        }
        column
    }

    /// The same column, whose rows carry these companions too.
    ///
    /// A companion that the credential doesn't name is none in every row.
    ///
    /// # Errors
    /// `Refused` where the table has no column of that name.
    pub fn with_companions(&self, wanted: &[Companion]) -> Result<Self, StoreError> {
        let read = wanted
            .iter()
            .map(|companion| self.read_companion(companion))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            companions: wanted.into(),
            read_companions: read.into(),
            ..self.clone()
        })
    }

    /// The columns that divide the rows, at most [`DIVIDERS_MAX`]: those that this user may read,
    /// the most telling first.
    ///
    /// # Errors
    /// A name that can't be an identifier.
    pub fn divider_columns(
        &self,
        credential: &Credential,
    ) -> Result<Vec<DividerColumn>, StoreError> {
        let mut found = Vec::new();
        for info in self.table.columns.iter().filter(|info| info.readable) {
            let label = self.label.as_ref().map(|label| &label.info.name);
            if info.name != self.info.name && label != Some(&info.name) {
                found.extend(divider_of(self.kind, info, credential)?);
            }
        }
        found.sort_by_key(|(rank, _)| *rank);
        found.truncate(DIVIDERS_MAX);
        Ok(found.into_iter().map(|(_, divider)| divider).collect())
    }

    /// The same column, whose rows carry these dividers too.
    #[must_use]
    pub fn with_dividers(&self, dividers: &[DividerColumn]) -> Self {
        Self {
            dividers: dividers.into(),
            ..self.clone()
        }
    }

    /// Whether another column of the table divides the credential, and this is a part of it.
    pub fn is_part(&self) -> bool {
        self.format.is_some()
    }

    /// Whether what is written beside a value depends on the value.
    pub(crate) fn tells_forms_apart(&self) -> bool {
        !self.on_wrap.is_empty() || self.format.as_ref().is_some_and(|f| f.write.is_some())
    }

    /// A condition that the swap asks beside the old value, with an `AND` before it.
    pub(crate) fn still_ours(&self) -> String {
        match &self.format {
            Some(format) => format!(" AND {}", format.is_ours),
            None => String::new(),
        }
    }

    /// The same column, whose rows say whether they have their salts. Where the credential names
    /// none, nothing more is read.
    ///
    /// # Errors
    /// `Refused` where the table has no column of that name.
    pub fn with_salts(&self) -> Result<Self, StoreError> {
        let named = [Companion::Salt, Companion::Salt2]
            .into_iter()
            .filter(|which| self.companion_sources.source(which).is_some());
        match &named.collect::<Vec<_>>()[..] {
            [] => Ok(self.clone()),
            salts => self.with_companions(salts),
        }
    }

    /// What is read from other tables, as SQL.
    pub(crate) fn other_reads(&self) -> impl Iterator<Item = &str> {
        self.companion_sources
            .others()
            .map(|other| other.bytes.as_str())
    }

    /// The other tables that are read.
    pub(crate) fn other_table_idents(&self) -> impl Iterator<Item = String> {
        let others = self.companion_sources.others();
        others.map(|other| other.table.to_string())
    }

    /// Whether a column beside the value may have been to an application what it is not as read.
    pub fn may_be_padded(&self) -> bool {
        self.read_companions
            .iter()
            .any(|read| read.padding.is_open())
    }

    /// What an application that has read the row itself may have had. The column must be one with
    /// the companions of [`COMPANIONS`].
    pub fn readings_of(&self, given: &CompanionTexts) -> CompanionReadings {
        let bytes = [
            given.salt.as_ref().map(InnerSalt::as_bytes),
            given.salt2.as_ref().map(InnerSalt::as_bytes),
            given.username.as_ref().map(|name| name.as_bytes()),
            given.user_id.as_ref().map(|id| id.as_bytes()),
        ];
        let mut of = bytes.map(|read| CompanionBytes {
            read,
            ..CompanionBytes::default()
        });
        for (one, which) in of.iter_mut().zip(&COMPANIONS) {
            let at = self.companions.iter().position(|known| known == which);
            let known = at.and_then(|at| self.read_companions.get(at));
            one.column = known.map(|read| read.padding).unwrap_or_default();
        }
        readings(of)
    }

    /// The same column, whose rows carry the dividers of these names, in their order.
    ///
    /// # Errors
    /// `Refused` where one of them is not among [`Self::divider_columns`].
    pub fn with_dividers_of(
        &self,
        credential: &Credential,
        names: &[String],
    ) -> Result<Self, StoreError> {
        if names.is_empty() {
            return Ok(self.clone());
        }
        let all = self.divider_columns(credential)?;
        let find = |name: &String| {
            let found = all.iter().find(|column| column.divider.name == *name);
            found.cloned().ok_or_else(|| {
                StoreError::refused(
                    format!(
                        "rows of credential {} are divided by the column {name}, which this user can't read any more",
                        self.credential
                    ),
                    "give the user SELECT on it, or begin anew with --new-run",
                )
            })
        };
        let dividers = names.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        Ok(self.with_dividers(&dividers))
    }

    /// The columns that may have gone into a digest, by what they are called.
    pub fn companion_columns(&self, credential: &Credential) -> Vec<CompanionColumn> {
        let others = self
            .table
            .columns
            .iter()
            .filter(|c| c.name != self.info.name)
            .filter(|c| c.readable || self.companion_sources.has(&c.name));
        others
            .map(|c| CompanionColumn {
                name: c.name.clone(),
                is_salt: names::is_salt(&c.name),
                is_name: names::is_user_name(&c.name),
                is_id: names::is_id(&c.name) || credential.key.contains(&c.name),
            })
            .filter(|c| c.is_salt || c.is_name || c.is_id || self.companion_sources.has(&c.name))
            .collect()
    }

    /// The kinds of the key's parts.
    pub fn key_kinds(&self) -> Vec<KeyKind> {
        self.keys.iter().map(|k| k.kind).collect()
    }

    /// The name under which the column is locked in the ledger: its schema, table and column.
    pub fn lock_name(&self) -> String {
        serde_json::to_string(&[&self.table.schema, &self.table.table, &self.info.name])
            .expect("strings can always be written as JSON")
    }

    /// Whether a stored value is padded by the column itself.
    pub fn is_padded(&self) -> bool {
        self.form == ValueForm::NulPadded
    }

    /// Whether rows are judged by more than their value.
    pub(crate) fn asks_beside_the_value(&self) -> bool {
        self.filter.is_some()
            || self.except.is_some()
            || self.last_login.is_some()
            || self.on_reset.must_change.is_some()
    }

    /// The key's columns, as a SELECT lists them.
    pub(crate) fn key_select(&self) -> String {
        let parts: Vec<&str> = self.keys.iter().map(|k| k.select.as_str()).collect();
        parts.join(", ")
    }

    /// What follows `ORDER BY` for the key's own order.
    pub(crate) fn order(&self) -> String {
        let parts: Vec<String> = self.keys.iter().map(|k| format!("t.{}", k.ident)).collect();
        parts.join(", ")
    }

    /// A condition that compares the key with a bound, and which part is bound at each `?`.
    pub(crate) fn compare(&self, op: Compare) -> (String, Vec<usize>) {
        op.sql(&self.keys, self.kind.words())
    }

    /// A condition that the key equals its parameters.
    pub(crate) fn equal_key(&self) -> String {
        let parts: Vec<String> = self.keys.iter().map(|k| single(k, "=")).collect();
        parts.join(" AND ")
    }

    /// The columns of the credential's `login`.
    pub fn logins(&self) -> &LoginColumns {
        &self.companion_sources.login
    }

    /// The ways in which a row can have what was typed as a login: for each of the credential's
    /// columns of logins in their order, the text itself and then what is taken for the same. There
    /// is one for nobody where the credential names none.
    ///
    /// How many there are depends on the configuration and the text alone.
    pub(crate) fn login_ways(&self, login: &str) -> Result<Vec<LoginWay>, StoreError> {
        let logins = self.logins();
        let mut ways: Vec<LoginWay> = Vec::new();
        let way = |rank, column, text: &str, typed| LoginWay {
            rank,
            column,
            text: text.to_owned(),
            typed,
        };
        // PostgreSQL refuses NUL in a text, and no other database's users type it.
        if !logins.is_named() || login.contains('\0') {
            return Ok(vec![way(0, 0, login, TypedLogin::of_nobody(login))]);
        }
        let types = types_of(self.kind);
        for (place, name) in (0_u8..).zip(&logins.columns) {
            let rank = 2 * usize::from(place);
            let info = self.table.find(name)?;
            let at = format!("t.{}", Ident::new(self.kind, &info.name)?);
            let mut exact = types.typed_login(info, &at, login);
            let mut others = Vec::new();
            match logins.matching {
                LoginMatch::Exact => {}
                LoginMatch::Lower => {
                    let lowered = self.lowered(info)?;
                    let text = TypedText {
                        login,
                        lowered: lowered.as_deref(),
                    };
                    if let Some(typed) = types.lowered_login(info, &at, text) {
                        // Equal texts are equal in lowercase.
                        exact = exact.of_class(typed.class.clone());
                        others.push(way(rank + 1, place, login, typed));
                    }
                }
                LoginMatch::Nfc => others.extend(other_forms(login).into_iter().map(|form| {
                    let typed = types.typed_login(info, &at, &form);
                    way(rank + 1, place, &form, typed)
                })),
            }
            ways.push(way(rank, place, login, exact));
            ways.append(&mut others);
        }
        Ok(ways)
    }

    /// The lowercase of a column of logins, as SQL over the alias `t`; none where the column itself
    /// takes big and small letters for the same.
    pub(crate) fn lowercase_of_login(
        &self,
        info: &ColumnInfo,
    ) -> Result<Option<String>, StoreError> {
        let at = format!("t.{}", Ident::new(self.kind, &info.name)?);
        Ok(types_of(self.kind).lowercase(info, &at))
    }

    /// The column that has the lowercase of another one, as SQL.
    pub(crate) fn lowered(&self, of: &ColumnInfo) -> Result<Option<String>, StoreError> {
        let columns = &self.table.columns;
        let found = columns
            .iter()
            .find(|info| info.lowercase_of.as_ref() == Some(&of.name));
        found
            .map(|info| Ok(format!("t.{}", Ident::new(self.kind, &info.name)?)))
            .transpose()
    }

    fn read_companion(&self, companion: &Companion) -> Result<ReadCompanion, StoreError> {
        // Nobody types the blanks behind a login.
        let rule = match companion {
            Companion::Login | Companion::OtherLogin(_) => Some(CharPadding::Strip),
            _ => self.char_padding,
        };
        let empty = match companion {
            Companion::Salt | Companion::Salt2 => self.empty_salt,
            _ => None,
        };
        Ok(match self.companion_sources.source(companion) {
            None => ReadCompanion {
                sql: "NULL".to_owned(),
                matches: None,
                padding: PaddedColumn::default(),
                empty: None,
                is_named: false,
            },
            Some(CompanionSource::Own(name)) => {
                let info = self.table.find(&name)?;
                let at = format!("t.{}", Ident::new(self.kind, &info.name)?);
                let types = types_of(self.kind);
                ReadCompanion {
                    sql: types.bytes(info, &at, self.encoding),
                    matches: None,
                    padding: PaddedColumn::new(types.padding(info), rule),
                    empty,
                    is_named: true,
                }
            }
            Some(CompanionSource::Other(other)) => ReadCompanion {
                sql: other.bytes,
                matches: Some(other.matches),
                padding: PaddedColumn::new(other.padding, rule),
                empty,
                is_named: true,
            },
        })
    }

    /// The bytes of another column, as SQL: text as it is written out.
    pub(crate) fn text_of(&self, name: &str) -> Result<String, StoreError> {
        let info = self.table.find(name)?;
        let at = format!("t.{}", Ident::new(self.kind, &info.name)?);
        Ok(types_of(self.kind).bytes(info, &at, self.encoding))
    }
}

fn condition(kind: Kind, key: &str, sql: Option<&str>) -> Result<Option<String>, StoreError> {
    sql.map(|sql| statement::condition(kind, &format!("`{key}`"), sql))
        .transpose()
}

fn value_sql(
    kind: Kind,
    info: &ColumnInfo,
    at: &str,
    encoding: &str,
) -> Result<ValueSql, StoreError> {
    if info.has_wide_charset() {
        return Err(StoreError::refused(
            format!(
                "column {} has the character set {}, in which ASCII text is other bytes",
                info.name,
                info.charset.as_deref().unwrap_or_default()
            ),
            "change the column to utf8mb4 or ascii",
        ));
    }
    types_of(kind).value(info, at, encoding).ok_or_else(|| {
        StoreError::refused(
            format!(
                "column {} is of type {}, which can't hold a password hash",
                info.name, info.declared
            ),
            "name a column of a text or binary type",
        )
    })
}

fn key_column(kind: Kind, info: &ColumnInfo) -> Result<KeyColumn, StoreError> {
    let ident = Ident::new(kind, &info.name)?;
    types_of(kind).key(info, &ident).ok_or_else(|| {
        StoreError::refused(
            format!("key column {} is of type {}", info.name, info.declared),
            "a key is made of 64-bit integers, uuid or text; name such a unique key in `key`",
        )
    })
}

fn last_login_sql(kind: Kind, info: &ColumnInfo) -> Result<LastLoginSql, StoreError> {
    let at = format!("t.{}", Ident::new(kind, &info.name)?);
    types_of(kind).last_login(info, &at).ok_or_else(|| {
        StoreError::refused(
            format!(
                "last_login column {} is of type {}",
                info.name, info.declared
            ),
            "name a timestamp, an ISO text or an epoch column, or leave `last_login` out",
        )
    })
}
