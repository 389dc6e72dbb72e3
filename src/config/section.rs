//! A section of the file, read key by key: types, unknown keys, and the place of everything.
//!
//! What the values mean is decided by the file of each section.

use std::ops::{Range, RangeInclusive};

use toml_edit::{Item, TableLike, Value};

use super::error::{ConfigError, Problem};
use super::keys::Keys;
use super::nearest::nearest;
use super::source::{Place, Source};

/// A file being read.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) source: Source<'a>,
}

impl File<'_> {
    /// The error at a place.
    pub(super) fn refuse(&self, span: Range<usize>, problem: Problem) -> ConfigError {
        ConfigError {
            file: self.name.to_owned(),
            place: self.source.place(span.start),
            problem: Box::new(problem),
            excerpt: self.source.excerpt(span),
        }
    }

    /// The error for what is missing in the file as a whole.
    pub(super) fn refuse_whole(&self, problem: Problem) -> ConfigError {
        ConfigError {
            file: self.name.to_owned(),
            place: self.source.place(0),
            problem: Box::new(problem),
            excerpt: None,
        }
    }

    /// Something is wrong with the section that begins in that line.
    pub(super) fn refuse_line(&self, line: usize, problem: Problem) -> ConfigError {
        let place = self.source.place(0);
        ConfigError {
            place: Place { line, ..place },
            ..self.refuse_whole(problem)
        }
    }

    /// The line of a byte offset.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.source.place(offset).line
    }
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Spanned<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// A table whose keys have all been found known.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    file: &'a File<'a>,
    keys: Keys,
    table: &'a dyn TableLike,
    start: usize,
    end: usize,
}

impl<'a> Section<'a> {
    /// Opens a table: refuses keys that are not known, and those that are not available yet.
    pub(super) fn open(
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
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The line of the section's head.
    pub(super) fn line(&self) -> usize {
        self.file.line(self.start)
    }

    /// The line of a place.
    pub(super) fn line_of(&self, span: &Range<usize>) -> usize {
        self.file.line(span.start)
    }

    /// The error at a place of this section.
    pub(super) fn refuse(&self, span: Range<usize>, problem: Problem) -> ConfigError {
        self.file.refuse(span, problem)
    }

    /// Whether the key stands there.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.item(key).is_some()
    }

    /// The place of a key's name.
    pub(super) fn key_span(&self, key: &'static str) -> Range<usize> {
        self.table
            .key(key)
            .and_then(|key| key.span())
            .unwrap_or(self.span())
    }

    /// The value of a key.
    pub(super) fn item(&self, key: &'static str) -> Option<Spanned<&'a Item>> {
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
    pub(super) fn string(
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
    pub(super) fn text(&self, key: &'static str) -> Result<Option<Spanned<String>>, ConfigError> {
        let Some(string) = self.string(key)? else {
            return Ok(None);
        };
        self.checked(key, string).map(Some)
    }

    /// A [`Section::text`] that must be there.
    pub(super) fn required(&self, key: &'static str) -> Result<Spanned<String>, ConfigError> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    /// A string or a list of strings, none of them empty; an absent key is an empty list.
    pub(super) fn texts(&self, key: &'static str) -> Result<Vec<Spanned<String>>, ConfigError> {
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
    pub(super) fn boolean(&self, key: &'static str) -> Result<Option<bool>, ConfigError> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        match item.value.as_bool() {
            Some(value) => Ok(Some(value)),
            None => Err(self.wrong_type(key, "true or false", &item)),
        }
    }

    /// A whole number within bounds.
    pub(super) fn number(
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
    pub(super) fn word<T>(
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
    pub(super) fn unknown_value<'k>(
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
    pub(super) fn missing(&self, key: &'static str) -> ConfigError {
        self.refuse(
            self.span(),
            Problem::Missing {
                section: self.keys.section,
                key,
            },
        )
    }

    /// The error for a value of another type.
    pub(super) fn wrong_type(
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

/// The tables under a key that is a list of tables: `[[key]]`, or an array of inline tables.
pub(super) fn tables<'a>(
    file: &File<'a>,
    key: &'static str,
    section: &'static str,
    item: Option<&'a Item>,
) -> Result<Vec<Spanned<&'a dyn TableLike>>, ConfigError> {
    const EXPECTED: &str = "a list of tables";
    let wrong = |span: Range<usize>, found| {
        file.refuse(
            span,
            Problem::Type {
                key: key.to_owned(),
                expected: EXPECTED,
                found,
            },
        )
    };
    match item {
        None | Some(Item::None) => Ok(Vec::new()),
        Some(Item::Table(table)) => {
            let span = table
                .span()
                .or_else(|| first_span(table))
                .unwrap_or_default();
            Err(file.refuse(span, Problem::OneTable(section)))
        }
        Some(Item::ArrayOfTables(list)) => Ok(list
            .iter()
            .map(|table| Spanned {
                value: table as &dyn TableLike,
                span: table.span().unwrap_or_default(),
            })
            .collect()),
        Some(Item::Value(Value::Array(list))) => list
            .iter()
            .map(|value| {
                let span = value.span().unwrap_or_default();
                match value.as_inline_table() {
                    Some(table) => Ok(Spanned {
                        value: table as &dyn TableLike,
                        span,
                    }),
                    None => Err(wrong(span, article(value.type_name()))),
                }
            })
            .collect(),
        Some(Item::Value(value)) => Err(wrong(
            value.span().unwrap_or_default(),
            article(value.type_name()),
        )),
    }
}

/// The table under a key: `[key]`, an inline table, or dotted keys.
pub(super) fn table<'a>(
    file: &File<'a>,
    key: &'static str,
    item: Option<&'a Item>,
) -> Result<Option<Spanned<&'a dyn TableLike>>, ConfigError> {
    let Some(item) = item.filter(|item| !item.is_none()) else {
        return Ok(None);
    };
    match item.as_table_like() {
        Some(table) => {
            let span = item
                .span()
                .or_else(|| first_span(table))
                .unwrap_or_default();
            Ok(Some(Spanned { value: table, span }))
        }
        None => {
            let problem = Problem::Type {
                key: key.to_owned(),
                expected: "a table",
                found: article(item.type_name()),
            };
            Err(file.refuse(item.span().unwrap_or_default(), problem))
        }
    }
}

/// The place of a table made by dotted keys, which has none of its own.
fn first_span(table: &dyn TableLike) -> Option<Range<usize>> {
    let (key, item) = table.iter().next()?;
    table.key(key).and_then(|key| key.span()).or(item.span())
}

/// The type of a value with its article.
fn article(type_name: &str) -> &'static str {
    match type_name {
        "string" => "a string",
        "integer" => "a whole number",
        "float" => "a number with a point",
        "boolean" => "true or false",
        "datetime" => "a date",
        "array" => "a list",
        "inline table" | "table" => "a table",
        "array of tables" => "a list of tables",
        _ => "something else",
    }
}
