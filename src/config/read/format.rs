//! `[credential.format]`: a column that says which scheme a row has.
//!
//! Such a credential is read as one, and becomes a credential of its own for each value.

use super::name::{COLUMN_WORD, is_column_word};
use super::scheme::read_declared;
use crate::config::document::{Section, SourceFile, Spanned};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{CredentialKey, FormatKey, FormatWriteKey, SectionKey};
use crate::config::settings::{
    Credential, FormatPart, FormatRows, FormatValue, FormatWrite, word_of,
};
use crate::policy::{SchemeGroup, Target};
use crate::scheme::{Declared, Scheme};

/// What the section says.
#[derive(Clone, Debug)]
pub(super) struct Format {
    column: String,
    /// In the order of the file.
    schemes: Vec<Listed>,
    write: Option<FormatWrite>,
}

/// A value and its scheme.
#[derive(Clone, Debug)]
struct Listed {
    value: FormatValue,
    scheme: Declared,
    /// Where one word names several schemes.
    group: Option<SchemeGroup>,
}

impl Listed {
    /// Whether its readers take values of a scheme.
    fn reads(&self, scheme: Scheme) -> bool {
        match (self.group, self.scheme) {
            (Some(group), _) => group.has(scheme),
            (None, Declared::Scheme(own)) => own == scheme,
            (None, Declared::Auto) => true,
        }
    }

    /// Whether its readers would take any stored string for a password.
    fn is_open(&self) -> bool {
        matches!(self.scheme, Declared::Scheme(scheme) if scheme == Scheme::PLAINTEXT || scheme.is_reversible())
    }

    /// The word of the file.
    fn word(&self) -> &'static str {
        match (self.group, self.scheme) {
            (Some(group), _) => group.as_str(),
            (None, Declared::Scheme(scheme)) => scheme.name(),
            (None, Declared::Auto) => "auto",
        }
    }
}

impl Format {
    /// The schemes of its values, in the order of the file.
    pub(super) fn schemes(&self) -> impl Iterator<Item = Declared> + '_ {
        self.schemes.iter().map(|listed| listed.scheme)
    }

    /// The credential with the part of a value, whose scheme it then has.
    fn part(&self, credential: &Credential, rows: FormatRows) -> Credential {
        let mut named: Vec<FormatValue> = self
            .schemes
            .iter()
            .map(|listed| listed.value.clone())
            .collect();
        named.extend(self.written());
        let listed = match &rows {
            FormatRows::Listed(value) => self.listed(value),
            FormatRows::Written(_) => None,
        };
        let part = FormatPart {
            of: credential.name.clone(),
            column: self.column.clone(),
            rows,
            group: listed.and_then(|listed| listed.group),
            write: self.write.clone(),
            named,
        };
        Credential {
            name: part.name(),
            scheme: listed.map_or(Declared::Auto, |listed| listed.scheme),
            format: Some(part),
            ..credential.clone()
        }
    }

    /// The credential as its own checks see it: with the column, and the first scheme.
    pub(super) fn first_part(&self, credential: &Credential) -> Credential {
        let first = self.schemes[0].value.clone();
        self.part(credential, FormatRows::Listed(first))
    }

    fn listed(&self, value: &FormatValue) -> Option<&Listed> {
        self.schemes.iter().find(|listed| listed.value == *value)
    }

    /// The values that saltern writes and that are not listed, each once.
    fn written(&self) -> Vec<FormatValue> {
        let mut written: Vec<FormatValue> = Vec::new();
        for value in self
            .write
            .iter()
            .flat_map(|write| [&write.wrapped, &write.native, &write.dead])
        {
            let value = Some(value.clone());
            if self.listed(&value).is_none() && !written.contains(&value) {
                written.push(value);
            }
        }
        written
    }
}

/// Reads the section under a credential of which the columns have been read.
pub(super) fn read(
    section: &Section<'_, CredentialKey>,
    credential: &Credential,
) -> Result<Option<Format>, ConfigError> {
    let Some(own) = section.section::<FormatKey>(CredentialKey::Format)? else {
        return Ok(None);
    };
    if section.has(CredentialKey::Scheme) {
        return Err(section.refuse(
            section.key_span(CredentialKey::Scheme),
            ConfigProblem::SchemeBesideFormat,
        ));
    }
    let column = own.required(FormatKey::Column)?;
    let used = [
        (CredentialKey::Column, Some(&credential.column)),
        (CredentialKey::Salt, credential.salt.as_ref()),
        (CredentialKey::Salt2, credential.salt2.as_ref()),
        (CredentialKey::Username, credential.username.as_ref()),
        (
            CredentialKey::MarkerColumn,
            credential.marker_column.as_ref(),
        ),
    ];
    let keys = credential.key.iter().chain(&credential.preserve);
    let keys = keys.map(|key| (CredentialKey::Key, Some(key)));
    let logins = credential.login.columns.iter();
    let logins = logins.map(|login| (CredentialKey::Login, Some(login)));
    if let Some((key, _)) = used
        .into_iter()
        .chain(keys)
        .chain(logins)
        .find(|(_, other)| *other == Some(&column.value))
    {
        let problem = ConfigProblem::FormatColumn {
            column: column.value,
            what: key.as_str(),
        };
        return Err(own.refuse(column.span, problem));
    }
    let schemes = schemes(&own)?;
    let write = write(&own, &schemes)?;
    if write.is_none()
        && let Some(open) = schemes.iter().find(|listed| listed.is_open())
    {
        let problem = ConfigProblem::FormatWithoutWrite {
            value: word_of(&open.value).to_owned(),
            scheme: open.word(),
        };
        return Err(own.refuse(own.key_span(FormatKey::Schemes), problem));
    }
    Ok(Some(Format {
        column: column.value,
        schemes,
        write,
    }))
}

/// Every credential, those that a column divides by its values.
pub(super) fn divide(
    file: &SourceFile<'_>,
    credentials: Vec<Credential>,
    formats: &[Option<Format>],
    target: &Target,
) -> Result<Vec<Credential>, ConfigError> {
    let mut parts: Vec<Credential> = Vec::with_capacity(credentials.len());
    for (credential, format) in credentials.into_iter().zip(formats) {
        let Some(format) = format else {
            parts.push(credential);
            continue;
        };
        check_native(file, &credential, format, target)?;
        let listed = format.schemes.iter();
        let rows = listed.map(|listed| FormatRows::Listed(listed.value.clone()));
        let written = format.written();
        let written = (!written.is_empty()).then_some(FormatRows::Written(written));
        for rows in rows.chain(written) {
            parts.push(format.part(&credential, rows));
        }
    }
    for (at, part) in parts.iter().enumerate() {
        if let Some(other) = parts[..at].iter().find(|other| other.name == part.name) {
            let problem = ConfigProblem::Twice {
                what: "credential",
                name: part.name.clone(),
                first_line: other.line,
            };
            return Err(file.refuse_line(part.line, problem));
        }
    }
    Ok(parts)
}

/// The value for native strings may be listed where its readers take such strings.
fn check_native(
    file: &SourceFile<'_>,
    credential: &Credential,
    format: &Format,
    target: &Target,
) -> Result<(), ConfigError> {
    let Some(write) = &format.write else {
        return Ok(());
    };
    match format.listed(&Some(write.native.clone())) {
        Some(listed) if !listed.reads(target.outer.scheme()) => Err(file.refuse_line(
            credential.line,
            ConfigProblem::FormatWritesListed {
                key: FormatWriteKey::Native.as_str(),
                value: write.native.clone(),
                scheme: listed.word(),
            },
        )),
        _ => Ok(()),
    }
}

/// A scheme, a word for several, or `auto`.
fn listed(
    own: &Section<'_, FormatKey>,
    key: FormatKey,
    value: FormatValue,
    text: Spanned<String>,
) -> Result<Listed, ConfigError> {
    let group = SchemeGroup::parse(&text.value);
    let scheme = match group {
        Some(group) => group.declared(),
        None => read_declared(own, key, text)?,
    };
    Ok(Listed {
        value,
        scheme,
        group,
    })
}

fn schemes(own: &Section<'_, FormatKey>) -> Result<Vec<Listed>, ConfigError> {
    let key = FormatKey::Schemes;
    let Some(Spanned { value: table, span }) = own.table(key)? else {
        return Err(own.missing(key));
    };
    let mut schemes = Vec::new();
    for (value, item) in table.iter() {
        let of_value = table.key(value).and_then(|key| key.span());
        let place = of_value.or(item.span()).unwrap_or(span.clone());
        if !is_column_word(value) {
            let problem = ConfigProblem::Name {
                key: "a value of `schemes`",
                expected: COLUMN_WORD,
            };
            return Err(own.refuse(place, problem));
        }
        let Some(text) = item.as_str() else {
            let found = Spanned {
                value: item,
                span: place,
            };
            return Err(own.wrong_type(value, "the name of a scheme or an expression", &found));
        };
        let text = Spanned {
            value: text.to_owned(),
            span: item.span().unwrap_or(place),
        };
        schemes.push(listed(own, key, Some(value.to_owned()), text)?);
    }
    if let Some(text) = own.text(FormatKey::Null)? {
        schemes.push(listed(own, FormatKey::Null, None, text)?);
    }
    if schemes.is_empty() {
        return Err(own.refuse(span, ConfigProblem::EmptyValue(key.as_str())));
    }
    Ok(schemes)
}

fn write(
    own: &Section<'_, FormatKey>,
    schemes: &[Listed],
) -> Result<Option<FormatWrite>, ConfigError> {
    let Some(section) = own.section::<FormatWriteKey>(FormatKey::Write)? else {
        return Ok(None);
    };
    let word = |key: FormatWriteKey| {
        let word = section.required(key)?;
        if !is_column_word(&word.value) {
            let problem = ConfigProblem::Name {
                key: key.as_str(),
                expected: COLUMN_WORD,
            };
            return Err(section.refuse(word.span, problem));
        }
        let listed = schemes
            .iter()
            .find(|listed| listed.value.as_deref() == Some(word.value.as_str()));
        let scheme = match (listed, key) {
            // Whether they are the target's is asked where the target is known.
            (None, _) | (Some(_), FormatWriteKey::Native) => None,
            // No hash is equal to a dead value.
            (Some(listed), FormatWriteKey::Dead) if !listed.is_open() => None,
            (Some(listed), _) => Some(listed.word()),
        };
        match scheme {
            None => Ok(word.value),
            Some(scheme) => Err(section.refuse(
                word.span,
                ConfigProblem::FormatWritesListed {
                    key: key.as_str(),
                    value: word.value,
                    scheme,
                },
            )),
        }
    };
    Ok(Some(FormatWrite {
        wrapped: word(FormatWriteKey::Wrapped)?,
        native: word(FormatWriteKey::Native)?,
        dead: word(FormatWriteKey::Dead)?,
    }))
}
