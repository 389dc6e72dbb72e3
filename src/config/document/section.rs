//! A section of the file, read key by key: types, unknown keys, and the place of everything.
//!
//! What the values mean is decided by the file of each section.

use std::ops::{Range, RangeInclusive};

use toml_edit::{Item, TableLike};

use super::file::{File, Spanned, article};
use super::nearest::nearest;
use super::source::Source;
use crate::config::error::{ConfigError, Problem};
use crate::config::keys::Keys;

/// A table whose keys have all been found known.
#[derive(Clone, Copy)]
pub(in crate::config) struct Section<'a> {
    file: &'a File<'a>,
    keys: Keys,
    table: &'a dyn TableLike,
    start: usize,
    end: usize,
}

impl<'a> Section<'a> {
    /// Opens a table: refuses keys that are not known, and those that are not available yet.
    pub(in crate::config) fn open(
        file: &'a File<'a>,
        keys: Keys,
        table: &'a dyn TableLike,
        span: Range<usize>,
    ) -> Result<Self, ConfigError> {
        for (key, item) in table.iter() {
            if keys.keys.contains(&key) {
                continue;
            }
            let place = table
                .key(key)
                .and_then(|key| key.span())
                .or(item.span())
                .unwrap_or(span.clone());
            let shown = Some(key.to_owned()).filter(|key| Source::may_show(key));
            let problem = if keys.not_yet.contains(&key) {
                Problem::NotYet(format!("`{key}` in {}", keys.section))
            } else {
                let known = keys.keys.iter().chain(keys.not_yet).copied();
                let near = shown.as_deref().and_then(|key| nearest(key, known));
                Problem::UnknownKey {
                    section: keys.section,
                    key: shown,
                    nearest: near,
                }
            };
            return Err(file.refuse(place, problem));
        }
        Ok(Self {
            file,
            keys,
            table,
            start: span.start,
            end: span.end,
        })
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
    pub(in crate::config) fn refuse(&self, span: Range<usize>, problem: Problem) -> ConfigError {
        self.file.refuse(span, problem)
    }

    /// Whether the key stands there.
    pub(in crate::config) fn has(&self, key: &'static str) -> bool {
        self.item(key).is_some()
    }

    /// The place of a key's name.
    pub(in crate::config) fn key_span(&self, key: &'static str) -> Range<usize> {
        self.table
            .key(key)
            .and_then(|key| key.span())
            .unwrap_or(self.span())
    }

    /// The value of a key.
    pub(in crate::config) fn item(&self, key: &'static str) -> Option<Spanned<&'a Item>> {
        debug_assert!(
            self.keys.keys.contains(&key),
            "{key} is missing in the list of keys"
        );
        let value = self.table.get(key).filter(|item| !item.is_none())?;
        Some(Spanned {
            value,
            span: value.span().unwrap_or(self.key_span(key)),
        })
    }

    /// A string.
    pub(in crate::config) fn string(
        &self,
        key: &'static str,
    ) -> Result<Option<Spanned<&'a str>>, ConfigError> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        match item.value.as_str() {
            Some(value) => Ok(Some(Spanned {
                value,
                span: item.span,
            })),
            None => Err(self.wrong_type(key, "a string", &item)),
        }
    }

    /// A string that must not be empty and must hold no control character.
    pub(in crate::config) fn text(
        &self,
        key: &'static str,
    ) -> Result<Option<Spanned<String>>, ConfigError> {
        let Some(string) = self.string(key)? else {
            return Ok(None);
        };
        self.checked(key, string).map(Some)
    }

    /// A [`Section::text`] that must be there.
    pub(in crate::config) fn required(
        &self,
        key: &'static str,
    ) -> Result<Spanned<String>, ConfigError> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    /// A string or a list of strings, none of them empty; an absent key is an empty list.
    pub(in crate::config) fn texts(
        &self,
        key: &'static str,
    ) -> Result<Vec<Spanned<String>>, ConfigError> {
        const EXPECTED: &str = "a string or a list of strings";
        let Some(item) = self.item(key) else {
            return Ok(Vec::new());
        };
        if let Some(value) = item.value.as_str() {
            return Ok(vec![self.checked(
                key,
                Spanned {
                    value,
                    span: item.span,
                },
            )?]);
        }
        let Some(list) = item.value.as_array() else {
            return Err(self.wrong_type(key, EXPECTED, &item));
        };
        if list.is_empty() {
            return Err(self.refuse(item.span, Problem::EmptyValue(key)));
        }
        list.iter()
            .map(|element| {
                let span = element.span().unwrap_or(item.span.clone());
                match element.as_str() {
                    Some(value) => self.checked(key, Spanned { value, span }),
                    None => Err(self.refuse(
                        span,
                        Problem::Type {
                            key: key.to_owned(),
                            expected: EXPECTED,
                            found: article(element.type_name()),
                        },
                    )),
                }
            })
            .collect()
    }

    /// A boolean.
    pub(in crate::config) fn boolean(
        &self,
        key: &'static str,
    ) -> Result<Option<bool>, ConfigError> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        match item.value.as_bool() {
            Some(value) => Ok(Some(value)),
            None => Err(self.wrong_type(key, "true or false", &item)),
        }
    }

    /// A whole number within bounds.
    pub(in crate::config) fn number(
        &self,
        key: &'static str,
        bounds: RangeInclusive<i64>,
    ) -> Result<Option<Spanned<i64>>, ConfigError> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        let Some(value) = item.value.as_integer() else {
            return Err(self.wrong_type(key, "a whole number", &item));
        };
        if !bounds.contains(&value) {
            let problem = Problem::Bounds {
                key,
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

    /// One of the words that are known for a key.
    pub(in crate::config) fn word<T>(
        &self,
        key: &'static str,
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

    /// The error for a word that is not known.
    pub(in crate::config) fn unknown_value<'k>(
        &self,
        key: &'static str,
        value: &str,
        span: Range<usize>,
        known: impl IntoIterator<Item = &'k str>,
    ) -> ConfigError {
        let shown = Some(value.to_owned()).filter(|value| Source::may_show(value));
        let near = shown
            .as_deref()
            .and_then(|value| nearest(value, known))
            .map(str::to_owned);
        self.refuse(
            span,
            Problem::UnknownValue {
                key,
                value: shown,
                nearest: near,
            },
        )
    }

    /// The error for a key that must be there.
    pub(in crate::config) fn missing(&self, key: &'static str) -> ConfigError {
        self.refuse(
            self.span(),
            Problem::Missing {
                section: self.keys.section,
                key,
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
            Problem::Type {
                key: key.to_owned(),
                expected,
                found,
            },
        )
    }

    fn checked(
        &self,
        key: &'static str,
        string: Spanned<&str>,
    ) -> Result<Spanned<String>, ConfigError> {
        if string.value.is_empty() {
            return Err(self.refuse(string.span, Problem::EmptyValue(key)));
        }
        if string.value.contains('\0') {
            let problem = Problem::Name {
                key,
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
