//! A file while it is read, and the errors at its places.

use std::ops::Range;

use super::source::SourceText;
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::place::Place;

/// A file while it is read.
#[derive(Clone, Copy)]
pub(in crate::config) struct SourceFile<'a> {
    pub(in crate::config) name: &'a str,
    pub(in crate::config) source: SourceText<'a>,
}

impl SourceFile<'_> {
    /// The error for what stands at a place.
    pub(in crate::config) fn refuse(
        &self,
        span: Range<usize>,
        problem: ConfigProblem,
    ) -> ConfigError {
        ConfigError {
            file: self.name.to_owned(),
            place: self.source.place(span.start),
            problem: Box::new(problem),
            excerpt: self.source.excerpt(span),
        }
    }

    /// The error for what is missing in the file as a whole.
    pub(in crate::config) fn refuse_whole(&self, problem: ConfigProblem) -> ConfigError {
        ConfigError {
            file: self.name.to_owned(),
            place: self.source.place(0),
            problem: Box::new(problem),
            excerpt: None,
        }
    }

    /// The error for the section that begins in a line.
    pub(in crate::config) fn refuse_line(
        &self,
        line: usize,
        problem: ConfigProblem,
    ) -> ConfigError {
        let place = self.source.place(0);
        ConfigError {
            place: Place { line, ..place },
            ..self.refuse_whole(problem)
        }
    }

    /// The line of a byte offset.
    pub(in crate::config) fn line(&self, offset: usize) -> usize {
        self.source.place(offset).line
    }
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(in crate::config) struct Spanned<T> {
    pub(in crate::config) value: T,
    pub(in crate::config) span: Range<usize>,
}

/// The type of a value with its article.
pub(super) fn article(type_name: &str) -> &'static str {
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
