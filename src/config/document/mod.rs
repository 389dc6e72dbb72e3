//! The file as text and as tables, with the place of everything. What a key means is not known here.

mod file;
mod nearest;
mod section;
mod source;
mod tables;

pub(super) use file::{File, Spanned};
pub(super) use section::Section;
pub(super) use source::Source;
pub(super) use tables::{table, tables};
