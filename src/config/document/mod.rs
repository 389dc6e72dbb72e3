//! The file as text and as tables, with the place of everything.
//!
//! It does not know what a key means.

mod nearest;
mod source;

mod file;

mod tables;

mod section;

pub(super) use file::{SourceFile, Spanned};
pub(super) use section::Section;
pub(super) use source::SourceText;
