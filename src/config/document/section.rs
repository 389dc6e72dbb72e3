//! A section of the file, read key by key: unknown keys, types, and the place of everything.
//!
//! What the values mean is decided by the file of each section in `read/`.

use std::marker::PhantomData;
use std::ops::{Range, RangeInclusive};

use toml_edit::{Item, TableLike};

use super::file::{SourceFile, Spanned, article};
use super::nearest::nearest;
use super::source::SourceText;
use super::tables::{table, tables};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::SectionKey;

/// A table, all keys of which are known to its section.
#[derive(Clone, Copy)]
pub(in crate::config) struct Section<'a, K> {
    file: &'a SourceFile<'a>,
    table: &'a dyn TableLike,
    start: usize,
    end: usize,
    keys: PhantomData<K>,
}

impl<'a, K: SectionKey> Section<'a, K> {
    /// Opens a table: refuses keys that the section does not know.
    pub(in crate::config) fn open(
        file: &'a SourceFile<'a>,
        table: Spanned<&'a dyn TableLike>,
    ) -> Result<Self, ConfigError> {
        let Spanned { value: table, span } = table;
        for (key, item) in table.iter() {
            if K::ALL.iter().any(|known| known.as_str() == key) {
                continue;
            }
            let place = table
                .key(key)
                .and_then(|key| key.span())
                .or(item.span())
                .unwrap_or(span.clone());
            let shown = Some(key.to_owned()).filter(|key| SourceText::may_show(key));
            let known = K::ALL.iter().map(|known| known.as_str());
            let near = shown.as_deref().and_then(|key| nearest(key, known));
            let problem = ConfigProblem::UnknownKey {
                section: K::SECTION,
                key: shown,
                nearest: near,
            };
            return Err(file.refuse(place, problem));
        }
        Ok(Self {
            file,
            table,
            start: span.start,
            end: span.end,
            keys: PhantomData,
        })
    }

    /// The section under a key: `[key]`, an inline table, or dotted keys.
    pub(in crate::config) fn section<Inner: SectionKey>(
        &self,
        key: K,
    ) -> Result<Option<Section<'a, Inner>>, ConfigError> {
        self.table(key)?
            .map(|table| Section::open(self.file, table))
            .transpose()
    }

    /// The sections under a key that is a list of tables. Each is opened when it is its turn.
    pub(in crate::config) fn sections<Inner: SectionKey>(
        &self,
        key: K,
    ) -> Result<impl Iterator<Item = Result<Section<'a, Inner>, ConfigError>>, ConfigError> {
        let item = self.item(key).map(|item| item.value);
        let file = self.file;
        let tables = tables(file, key.as_str(), Inner::SECTION, item)?;
        Ok(tables
            .into_iter()
            .map(move |table| Section::open(file, table)))
    }

    /// The table under a key, in which any name may stand.
    pub(in crate::config) fn table(
        &self,
        key: K,
    ) -> Result<Option<Spanned<&'a dyn TableLike>>, ConfigError> {
        let item = self.item(key).map(|item| item.value);
        table(self.file, key.as_str(), item)
    }

    /// The place of the section's head.
    pub(in crate::config) fn span(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The line of the section's head.
    pub(in crate::config) fn line(&self) -> usize {
        self.file.line(self.start)
    }

    /// The line of a place.
    pub(in crate::config) fn line_of(&self, span: &Range<usize>) -> usize {
        self.file.line(span.start)
    }

    /// The error at a place of this section.
    pub(in crate::config) fn refuse(
        &self,
        span: Range<usize>,
        problem: ConfigProblem,
    ) -> ConfigError {
        self.file.refuse(span, problem)
    }

    /// Whether the key is written in the section.
    pub(in crate::config) fn has(&self, key: K) -> bool {
        self.item(key).is_some()
    }

    /// The place of a key's name.
    pub(in crate::config) fn key_span(&self, key: K) -> Range<usize> {
        self.table
            .key(key.as_str())
            .and_then(|key| key.span())
            .unwrap_or(self.span())
    }

    /// The value of a key.
    pub(in crate::config) fn item(&self, key: K) -> Option<Spanned<&'a Item>> {
        let value = self
            .table
            .get(key.as_str())
            .filter(|item| !item.is_none())?;
        Some(Spanned {
            value,
            span: value.span().unwrap_or(self.key_span(key)),
        })
    }

    /// A string.
    pub(in crate::config) fn string(
        &self,
        key: K,
    ) -> Result<Option<Spanned<&'a str>>, ConfigError> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        match item.value.as_str() {
            Some(value) => Ok(Some(Spanned {
                value,
                span: item.span,
            })),
            None => Err(self.wrong_type(key.as_str(), "a string", &item)),
        }
    }

    /// A string that must not be empty and must hold no NUL.
    pub(in crate::config) fn text(&self, key: K) -> Result<Option<Spanned<String>>, ConfigError> {
        let Some(string) = self.string(key)? else {
            return Ok(None);
        };
        self.check_text(key, string).map(Some)
    }

    /// A [`Section::text`] that must be there.
    pub(in crate::config) fn required(&self, key: K) -> Result<Spanned<String>, ConfigError> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    /// A string or a list of strings, none of them empty. An absent key is an empty list.
    pub(in crate::config) fn texts(&self, key: K) -> Result<Vec<Spanned<String>>, ConfigError> {
        const EXPECTED: &str = "a string or a list of strings";
        let Some(item) = self.item(key) else {
            return Ok(Vec::new());
        };
        if let Some(value) = item.value.as_str() {
            return Ok(vec![self.check_text(
                key,
                Spanned {
                    value,
                    span: item.span,
                },
            )?]);
        }
        let Some(list) = item.value.as_array() else {
            return Err(self.wrong_type(key.as_str(), EXPECTED, &item));
        };
        if list.is_empty() {
            return Err(self.refuse(item.span, ConfigProblem::EmptyValue(key.as_str())));
        }
        list.iter()
            .map(|element| {
                let span = element.span().unwrap_or(item.span.clone());
                match element.as_str() {
                    Some(value) => self.check_text(key, Spanned { value, span }),
                    None => Err(self.refuse(
                        span,
                        ConfigProblem::Type {
                            key: key.as_str().to_owned(),
                            expected: EXPECTED,
                            found: article(element.type_name()),
                        },
                    )),
                }
            })
            .collect()
    }

    /// A boolean.
    pub(in crate::config) fn boolean(&self, key: K) -> Result<Option<bool>, ConfigError> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        match item.value.as_bool() {
            Some(value) => Ok(Some(value)),
            None => Err(self.wrong_type(key.as_str(), "true or false", &item)),
        }
    }

    /// A whole number within bounds.
    pub(in crate::config) fn number(
        &self,
        key: K,
        bounds: RangeInclusive<i64>,
    ) -> Result<Option<Spanned<i64>>, ConfigError> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        let Some(value) = item.value.as_integer() else {
            return Err(self.wrong_type(key.as_str(), "a whole number", &item));
        };
        if !bounds.contains(&value) {
            let problem = ConfigProblem::Bounds {
                key: key.as_str(),
                min: *bounds.start(),
                max: *bounds.end(),
                actual: value,
            };
            return Err(self.refuse(item.span, problem));
        }
        Ok(Some(Spanned {
            value,
            span: item.span,
        }))
    }

    /// One of the words that a key takes.
    pub(in crate::config) fn word<T>(
        &self,
        key: K,
        read: impl Fn(&str) -> Option<T>,
        known: &[&str],
    ) -> Result<Option<Spanned<T>>, ConfigError> {
        let Some(string) = self.string(key)? else {
            return Ok(None);
        };
        match read(string.value) {
            Some(value) => Ok(Some(Spanned {
                value,
                span: string.span,
            })),
            None => Err(self.unknown_value(key, string.value, string.span, known.iter().copied())),
        }
    }

    /// The error for an unknown word, with the nearest of the known ones.
    pub(in crate::config) fn unknown_value<'k>(
        &self,
        key: K,
        value: &str,
        span: Range<usize>,
        known: impl IntoIterator<Item = &'k str>,
    ) -> ConfigError {
        let shown = Some(value.to_owned()).filter(|value| SourceText::may_show(value));
        let near = shown
            .as_deref()
            .and_then(|value| nearest(value, known))
            .map(str::to_owned);
        self.refuse(
            span,
            ConfigProblem::UnknownValue {
                key: key.as_str(),
                value: shown,
                nearest: near,
            },
        )
    }

    /// The error for a key that must be there.
    pub(in crate::config) fn missing(&self, key: K) -> ConfigError {
        self.refuse(
            self.span(),
            ConfigProblem::Missing {
                section: K::SECTION,
                key: key.as_str(),
            },
        )
    }

    /// The error for a value of another type.
    pub(in crate::config) fn wrong_type(
        &self,
        key: &str,
        expected: &'static str,
        item: &Spanned<&Item>,
    ) -> ConfigError {
        let found = article(item.value.type_name());
        self.refuse(
            item.span.clone(),
            ConfigProblem::Type {
                key: key.to_owned(),
                expected,
                found,
            },
        )
    }

    fn check_text(&self, key: K, string: Spanned<&str>) -> Result<Spanned<String>, ConfigError> {
        if string.value.is_empty() {
            return Err(self.refuse(string.span, ConfigProblem::EmptyValue(key.as_str())));
        }
        if string.value.contains('\0') {
            let problem = ConfigProblem::Name {
                key: key.as_str(),
                expected: "text without NUL",
            };
            return Err(self.refuse(string.span, problem));
        }
        Ok(Spanned {
            value: string.value.to_owned(),
            span: string.span,
        })
    }
}
