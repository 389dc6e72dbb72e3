//! `[[credential]]`: a column of passwords or secret answers.

use super::accept;
use super::assignments::{Forbidden, assignments};
use super::companions;
use super::config_file::ConfigFile;
use super::format::{self, Format};
use super::name::{LABEL, is_label};
use super::on_reset;
use super::scheme::read_declared;
use crate::config::document::{Section, Spanned};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{CredentialKey, OnLoginKey, OnWrapKey, SectionKey};
use crate::config::settings::{Credential, LoginColumns, LoginMatch, OnReset};
use crate::config::warning::{Caution, Warning};
use crate::policy::Normalize;
use crate::scheme::{Declared, Scheme, is_separator};
use crate::text::Charset;

/// A longer piece in quotes is hardly a separator: it may be a secret of the application.
const SEPARATOR_CHARS_MAX: usize = 3;

/// Reads one credential. `before` holds those that stand above it in the file.
pub(super) fn read(
    config: &ConfigFile<'_>,
    section: &Section<'_, CredentialKey>,
    before: &[Credential],
    warnings: &mut Vec<Warning>,
) -> Result<(Credential, Option<Format>), ConfigError> {
    let name = name(section, before)?;
    let table = section.required(CredentialKey::Table)?;
    let column = section.required(CredentialKey::Column)?.value;
    let key = columns(section, CredentialKey::Key, &column)?;
    if key.is_empty() {
        return Err(section.missing(CredentialKey::Key));
    }
    let schema = optional(section, CredentialKey::Schema)?;
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
    let companions = companions::read(section, key.len())?;
    let mut read = Credential {
        name,
        schema,
        table: table.value,
        key,
        scheme: match section.has(CredentialKey::Format) {
            true => Declared::Auto,
            false => scheme(section)?,
        },
        login: logins(section, &column)?,
        charset: charset(section)?,
        username: match companions.username {
            Some(_) => None,
            None => optional(section, CredentialKey::Username)?,
        },
        salt: match own_salts {
            OwnSalts::Yes => None,
            OwnSalts::No if companions.salt.is_some() => None,
            OwnSalts::No => other_column(section, CredentialKey::Salt, &column)?,
        },
        separator: separator(section, own_salts)?,
        salt2: match companions.salt2 {
            Some(_) => None,
            None => other_column(section, CredentialKey::Salt2, &column)?,
        },
        companions,
        site_salt_file: optional(section, CredentialKey::SiteSaltFile)?
            .map(|path| config.beside(&path)),
        site: None,
        last_login: other_column(section, CredentialKey::LastLogin, &column)?,
        where_sql: optional(section, CredentialKey::Where)?,
        except_sql: optional(section, CredentialKey::Except)?,
        accept: accept::read(section, &column)?,
        normalize: section
            .word(CredentialKey::Normalize, Normalize::parse, &["answer1"])?
            .map(|word| word.value),
        marker_column: other_column(section, CredentialKey::MarkerColumn, &column)?,
        preserve: columns(section, CredentialKey::Preserve, &column)?,
        readers_ready: section
            .boolean(CredentialKey::ReadersReady)?
            .unwrap_or(false),
        plaintext_is_certain: section
            .boolean(CredentialKey::PlaintextIsCertain)?
            .unwrap_or(false),
        last_login_null_is_never: section
            .boolean(CredentialKey::LastLoginNullIsNever)?
            .unwrap_or(false),
        on_reset: OnReset::default(),
        format: None,
        on_wrap: Vec::new(),
        on_login: Vec::new(),
        line: section.line(),
        column,
    };
    let format = format::read(section, &read)?;
    match &format {
        None => {
            check_needs(section, &read, own_salts)?;
            check_certain(section, &read)?;
            read.on_reset = on_reset::read(section, &read)?;
            set_beside(section, &mut read, None)?;
        }
        Some(format) => {
            check_salt_is_used(section, &read, own_salts, format)?;
            let mut schemes = format.schemes();
            if !schemes.any(|scheme| scheme == Declared::Scheme(Scheme::PLAINTEXT)) {
                check_certain(section, &read)?;
            }
            for scheme in format.schemes() {
                let part = Credential {
                    scheme,
                    ..format.first_part(&read)
                };
                check_columns(section, &part, own_salts)?;
                read.on_reset = on_reset::read(section, &part)?;
            }
            set_beside(section, &mut read, Some(format))?;
        }
    }
    let parts = format.iter().flat_map(Format::schemes);
    if parts.chain([read.scheme]).any(has_long_literal) {
        let key = if section.has(CredentialKey::Scheme) {
            section.key_span(CredentialKey::Scheme)
        } else {
            section.span()
        };
        warnings.push(Warning {
            line: section.line_of(&key),
            caution: Caution::QuotedSecret,
        });
    }
    match before.iter().find(|other| is_same(other, &read)) {
        Some(other) => Err(section.refuse(
            section.key_span(CredentialKey::Column),
            ConfigProblem::SameColumn {
                table: read.table,
                column: read.column,
                first: other.name.clone(),
                first_line: other.line,
            },
        )),
        None => Ok((read, format)),
    }
}

/// Reads what a wrap and a login set beside the value.
fn set_beside(
    section: &Section<'_, CredentialKey>,
    read: &mut Credential,
    format: Option<&Format>,
) -> Result<(), ConfigError> {
    let credential = format.map_or_else(|| read.clone(), |format| format.first_part(read));
    let forbidden = |may_empty_salts| Forbidden {
        credential: &credential,
        may_empty_salts,
    };
    if let Some(own) = section.section::<OnWrapKey>(CredentialKey::OnWrap)? {
        read.on_wrap = assignments(&own, OnWrapKey::Set, forbidden(false))?;
    }
    if let Some(own) = section.section::<OnLoginKey>(CredentialKey::OnLogin)? {
        read.on_login = assignments(&own, OnLoginKey::Set, forbidden(true))?;
    }
    Ok(())
}

/// Refuses a salt that no scheme of a format column takes.
fn check_salt_is_used(
    section: &Section<'_, CredentialKey>,
    read: &Credential,
    own_salts: OwnSalts,
    format: &Format,
) -> Result<(), ConfigError> {
    let schemes = || {
        format.schemes().map(|declared| match declared {
            Declared::Auto => None,
            Declared::Scheme(scheme) => Some(scheme),
        })
    };
    let salted = read.salt.is_some() || own_salts == OwnSalts::Yes;
    let takes = |key: CredentialKey| {
        schemes().any(|scheme| {
            scheme.is_none_or(|scheme| match key {
                CredentialKey::Salt => scheme.needs().salt,
                _ => scheme.needs().salt2,
            })
        })
    };
    for (key, given) in [
        (CredentialKey::Salt, salted),
        (CredentialKey::Salt2, read.salt2.is_some()),
    ] {
        if given
            && !takes(key)
            && let Some(scheme) = schemes().flatten().next()
        {
            return Err(section.refuse(
                section.key_span(key),
                ConfigProblem::SaltUnused {
                    key: key.as_str(),
                    scheme: scheme.name(),
                },
            ));
        }
    }
    Ok(())
}

/// Whether two credentials are the same column of the same rows.
fn is_same(one: &Credential, other: &Credential) -> bool {
    one.schema == other.schema
        && one.table == other.table
        && one.column == other.column
        && one.where_sql == other.where_sql
}

fn name(
    section: &Section<'_, CredentialKey>,
    before: &[Credential],
) -> Result<String, ConfigError> {
    let name = section.required(CredentialKey::Name)?;
    if !is_label(&name.value) {
        let problem = ConfigProblem::Name {
            key: CredentialKey::Name.as_str(),
            expected: LABEL,
        };
        return Err(section.refuse(name.span, problem));
    }
    match before.iter().find(|other| other.name == name.value) {
        Some(other) => {
            let problem = ConfigProblem::Twice {
                what: "credential",
                name: name.value,
                first_line: other.line,
            };
            Err(section.refuse(name.span, problem))
        }
        None => Ok(name.value),
    }
}

/// Whether the values carry their own salts, behind a colon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OwnSalts {
    Yes,
    No,
}

/// Whether `salt = false` is written in place of a column's name.
fn own_salts(section: &Section<'_, CredentialKey>) -> Result<OwnSalts, ConfigError> {
    let is_false = |item: Spanned<&toml_edit::Item>| item.value.as_bool() == Some(false);
    Ok(if section.item(CredentialKey::Salt).is_some_and(is_false) {
        OwnSalts::Yes
    } else {
        OwnSalts::No
    })
}

/// The columns of logins, and which texts are one login in them.
fn logins(section: &Section<'_, CredentialKey>, column: &str) -> Result<LoginColumns, ConfigError> {
    let columns = columns(section, CredentialKey::Login, column)?;
    let words = LoginMatch::ALL.map(LoginMatch::as_str);
    let matching = section.word(CredentialKey::LoginMatch, LoginMatch::parse, &words)?;
    match matching {
        Some(_) if columns.is_empty() => Err(section.refuse(
            section.key_span(CredentialKey::LoginMatch),
            ConfigProblem::Alone {
                key: CredentialKey::LoginMatch.as_str(),
                other: "`login`",
            },
        )),
        Some(matching) => Ok(LoginColumns {
            columns,
            matching: matching.value,
        }),
        None => Ok(LoginColumns {
            columns,
            matching: LoginMatch::Exact,
        }),
    }
}

/// The charset in which old passwords were hashed.
fn charset(section: &Section<'_, CredentialKey>) -> Result<Option<Charset>, ConfigError> {
    let Some(name) = section.text(CredentialKey::Charset)? else {
        return Ok(None);
    };
    match Charset::by_name(&name.value) {
        Some(charset) if charset != Charset::UTF_8 => Ok(Some(charset)),
        _ => Err(section.refuse(name.span, ConfigProblem::Charset(name.value))),
    }
}

/// The one character between a digest and its salt. It belongs to `salt = false`.
fn separator(
    section: &Section<'_, CredentialKey>,
    own_salts: OwnSalts,
) -> Result<Option<u8>, ConfigError> {
    let Some(text) = section.text(CredentialKey::Separator)? else {
        return Ok(None);
    };
    let problem = match *text.value.as_bytes() {
        [byte] if is_separator(byte) && own_salts == OwnSalts::Yes => return Ok(Some(byte)),
        [byte] if is_separator(byte) => ConfigProblem::SeparatorAlone,
        _ => ConfigProblem::Separator,
    };
    Err(section.refuse(text.span, problem))
}

/// Refuses a scheme without the columns that it needs, and a salt that it does not take.
fn check_needs(
    section: &Section<'_, CredentialKey>,
    read: &Credential,
    own_salts: OwnSalts,
) -> Result<(), ConfigError> {
    let Declared::Scheme(scheme) = read.scheme else {
        return match own_salts {
            OwnSalts::Yes => Err(section.refuse(
                section.key_span(CredentialKey::Salt),
                ConfigProblem::SaltOfAuto,
            )),
            OwnSalts::No => Ok(()),
        };
    };
    let needs = scheme.needs();
    let salted = read.has_salt() || own_salts == OwnSalts::Yes;
    let salted2 = read.salt2.is_some() || read.companions.salt2.is_some();
    for (key, given, needed) in [
        (CredentialKey::Salt, salted, needs.salt),
        (CredentialKey::Salt2, salted2, needs.salt2),
        (
            CredentialKey::SiteSaltFile,
            read.site_salt_file.is_some(),
            needs.site,
        ),
    ] {
        if given && !needed {
            let scheme = scheme.name();
            return Err(section.refuse(
                section.key_span(key),
                ConfigProblem::SaltUnused {
                    key: key.as_str(),
                    scheme,
                },
            ));
        }
    }
    check_columns(section, read, own_salts)
}

/// Refuses a scheme without the columns that it needs.
fn check_columns(
    section: &Section<'_, CredentialKey>,
    read: &Credential,
    own_salts: OwnSalts,
) -> Result<(), ConfigError> {
    let Declared::Scheme(scheme) = read.scheme else {
        return Ok(());
    };
    let needs = scheme.needs();
    let salted = read.has_salt() || own_salts == OwnSalts::Yes;
    let salted2 = read.salt2.is_some() || read.companions.salt2.is_some();
    for (key, given, needed) in [
        (CredentialKey::Salt, salted, needs.salt),
        (CredentialKey::Salt2, salted2, needs.salt2),
        (
            CredentialKey::Username,
            read.username_column().is_some() || read.companions.username.is_some(),
            needs.username,
        ),
        (
            CredentialKey::SiteSaltFile,
            read.site_salt_file.is_some(),
            needs.site,
        ),
    ] {
        if needed && !given {
            let scheme = scheme.name();
            return Err(section.refuse(
                section.key_span(CredentialKey::Scheme),
                ConfigProblem::Needs {
                    key: key.as_str(),
                    scheme,
                },
            ));
        }
    }
    Ok(())
}

/// Refuses `plaintext_is_certain` where the column is not declared plaintext, and
/// `last_login_null_is_never` without a column of last logins.
fn check_certain(
    section: &Section<'_, CredentialKey>,
    read: &Credential,
) -> Result<(), ConfigError> {
    if read.plaintext_is_certain && read.scheme != Declared::Scheme(Scheme::PLAINTEXT) {
        return Err(section.refuse(
            section.key_span(CredentialKey::PlaintextIsCertain),
            ConfigProblem::NotPlaintext,
        ));
    }
    if read.last_login_null_is_never && read.last_login.is_none() {
        return Err(section.refuse(
            section.key_span(CredentialKey::LastLoginNullIsNever),
            ConfigProblem::NullWithoutLastLogin,
        ));
    }
    Ok(())
}

/// Whether the expression has a quoted piece that may be a secret.
fn has_long_literal(declared: Declared) -> bool {
    match declared {
        Declared::Auto => false,
        Declared::Scheme(scheme) => scheme.longest_literal() > SEPARATOR_CHARS_MAX,
    }
}

fn scheme(section: &Section<'_, CredentialKey>) -> Result<Declared, ConfigError> {
    let scheme = section.required(CredentialKey::Scheme)?;
    read_declared(section, CredentialKey::Scheme, scheme)
}

fn optional(
    section: &Section<'_, CredentialKey>,
    key: CredentialKey,
) -> Result<Option<String>, ConfigError> {
    Ok(section.text(key)?.map(|text| text.value))
}

/// A column other than the column of the stored values.
fn other_column(
    section: &Section<'_, CredentialKey>,
    key: CredentialKey,
    column: &str,
) -> Result<Option<String>, ConfigError> {
    section
        .text(key)?
        .map(|other| not_own(section, key, other, column))
        .transpose()
}

/// A list of different columns, none of which is the column of the stored values.
fn columns(
    section: &Section<'_, CredentialKey>,
    key: CredentialKey,
    column: &str,
) -> Result<Vec<String>, ConfigError> {
    let mut columns: Vec<String> = Vec::new();
    for other in section.texts(key)? {
        if columns.contains(&other.value) {
            let first_line = section.line_of(&section.key_span(key));
            let problem = ConfigProblem::Twice {
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
    section: &Section<'_, CredentialKey>,
    key: CredentialKey,
    other: Spanned<String>,
    column: &str,
) -> Result<String, ConfigError> {
    if other.value == column {
        return Err(section.refuse(
            other.span,
            ConfigProblem::OwnColumn {
                column: other.value,
                key: key.as_str(),
            },
        ));
    }
    Ok(other.value)
}
