//! `[[credential]]`

use super::name::{LABEL, is_label};
use super::on_reset;
use super::scheme::read_scheme;
use crate::config::document::{File, Section, Spanned};
use crate::config::error::{ConfigError, Problem};
use crate::config::settings::{Credential, OnReset};
use crate::config::warning::{Caution, Warning};
use crate::policy::Normalize;
use crate::scheme::Declared;

/// Reads one credential; `before` are those that stand above it.
pub(super) fn read(
    file: &File<'_>,
    section: &Section<'_>,
    before: &[Credential],
    warnings: &mut Vec<Warning>,
) -> Result<Credential, ConfigError> {
    let name = name(section, before)?;
    let table = section.required("table")?;
    let column = section.required("column")?.value;
    let key = columns(section, "key", &column)?;
    if key.is_empty() {
        return Err(section.missing("key"));
    }
    let schema = optional(section, "schema")?;
    if schema.is_none() && table.value.contains('.') {
        let caution = Caution::DottedTable {
            table: table.value.clone(),
        };
        warnings.push(Warning {
            line: section.line_of(&table.span),
            caution,
        });
    }
    let own_salts = own_salts(section)?;
    let mut read = Credential {
        name,
        schema,
        table: table.value,
        key,
        scheme: scheme(section)?,
        login: optional(section, "login")?,
        username: optional(section, "username")?,
        salt: match own_salts {
            OwnSalts::Yes => None,
            OwnSalts::No => other_column(section, "salt", &column)?,
        },
        salt2: other_column(section, "salt2", &column)?,
        last_login: other_column(section, "last_login", &column)?,
        where_sql: optional(section, "where")?,
        except_sql: optional(section, "except")?,
        normalize: section
            .word("normalize", Normalize::parse, &["answer1"])?
            .map(|word| word.value),
        marker_column: other_column(section, "marker_column", &column)?,
        preserve: columns(section, "preserve", &column)?,
        readers_ready: section.boolean("readers_ready")?.unwrap_or(false),
        on_reset: OnReset::default(),
        line: section.line(),
        column,
    };
    has_what_it_needs(section, &read, own_salts)?;
    read.on_reset = on_reset::read(file, section, &read)?;
    match before.iter().find(|other| is_same(other, &read)) {
        Some(other) => Err(section.refuse(
            section.key_span("column"),
            Problem::SameColumn {
                table: read.table,
                column: read.column,
                first: other.name.clone(),
                first_line: other.line,
            },
        )),
        None => Ok(read),
    }
}

/// Whether two credentials are the same column of the same rows.
fn is_same(one: &Credential, other: &Credential) -> bool {
    one.schema == other.schema
        && one.table == other.table
        && one.column == other.column
        && one.where_sql == other.where_sql
}

fn name(section: &Section<'_>, before: &[Credential]) -> Result<String, ConfigError> {
    let name = section.required("name")?;
    if !is_label(&name.value) {
        let problem = Problem::Name {
            key: "name",
            expected: LABEL,
        };
        return Err(section.refuse(name.span, problem));
    }
    match before.iter().find(|other| other.name == name.value) {
        Some(other) => {
            let problem = Problem::Twice {
                what: "credential",
                name: name.value,
                first_line: other.line,
            };
            Err(section.refuse(name.span, problem))
        }
        None => Ok(name.value),
    }
}

/// Whether the values carry their salts themselves, behind a colon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OwnSalts {
    Yes,
    No,
}

/// `salt = false` in place of a column's name.
fn own_salts(section: &Section<'_>) -> Result<OwnSalts, ConfigError> {
    let is_false = |item: Spanned<&toml_edit::Item>| item.value.as_bool() == Some(false);
    Ok(if section.item("salt").is_some_and(is_false) {
        OwnSalts::Yes
    } else {
        OwnSalts::No
    })
}

/// Refuses a scheme without the columns that it needs, and a salt that it has no use for.
fn has_what_it_needs(
    section: &Section<'_>,
    read: &Credential,
    own_salts: OwnSalts,
) -> Result<(), ConfigError> {
    let Declared::Scheme(scheme) = read.scheme else {
        return match own_salts {
            OwnSalts::Yes => Err(section.refuse(section.key_span("salt"), Problem::SaltOfAuto)),
            OwnSalts::No => Ok(()),
        };
    };
    let needs = scheme.needs();
    let salted = read.salt.is_some() || own_salts == OwnSalts::Yes;
    for (key, given, needed) in [
        ("salt", salted, needs.salt),
        ("salt2", read.salt2.is_some(), needs.salt2),
    ] {
        if given && !needed {
            let scheme = scheme.name();
            return Err(section.refuse(section.key_span(key), Problem::SaltUnused { key, scheme }));
        }
    }
    for (key, given, needed) in [
        ("salt", salted, needs.salt),
        ("salt2", read.salt2.is_some(), needs.salt2),
        ("username", read.username_column().is_some(), needs.username),
    ] {
        if needed && !given {
            let scheme = scheme.name();
            return Err(section.refuse(section.key_span("scheme"), Problem::Needs { key, scheme }));
        }
    }
    Ok(())
}

fn scheme(section: &Section<'_>) -> Result<Declared, ConfigError> {
    let scheme = section.required("scheme")?;
    if scheme.value == "auto" {
        return Ok(Declared::Auto);
    }
    read_scheme(section, "scheme", scheme).map(|scheme| Declared::Scheme(scheme.value))
}

fn optional(section: &Section<'_>, key: &'static str) -> Result<Option<String>, ConfigError> {
    Ok(section.text(key)?.map(|text| text.value))
}

/// A column that must be another one than that of the stored values.
fn other_column(
    section: &Section<'_>,
    key: &'static str,
    column: &str,
) -> Result<Option<String>, ConfigError> {
    section
        .text(key)?
        .map(|other| not_own(section, key, other, column))
        .transpose()
}

/// A list of different columns, none of them that of the stored values.
fn columns(
    section: &Section<'_>,
    key: &'static str,
    column: &str,
) -> Result<Vec<String>, ConfigError> {
    let mut columns: Vec<String> = Vec::new();
    for other in section.texts(key)? {
        if columns.contains(&other.value) {
            let first_line = section.line_of(&section.key_span(key));
            let problem = Problem::Twice {
                what: "column",
                name: other.value,
                first_line,
            };
            return Err(section.refuse(other.span, problem));
        }
        columns.push(not_own(section, key, other, column)?);
    }
    Ok(columns)
}

fn not_own(
    section: &Section<'_>,
    key: &'static str,
    other: Spanned<String>,
    column: &str,
) -> Result<String, ConfigError> {
    if other.value == column {
        return Err(section.refuse(
            other.span,
            Problem::OwnColumn {
                column: other.value,
                key,
            },
        ));
    }
    Ok(other.value)
}
