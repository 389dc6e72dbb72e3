//! The lines of code by which a platform's own login makes the inner text of a label.
//!
//! Each line is made from the scheme's digest expression. So the pages in `docs/integrations/`, the
//! command `saltern reader` and the registry say the same. No line is guessed: what a language
//! can't say in one line with what it brings along has none.

mod formula;

mod language;

mod write;

pub use formula::{digest_digits, formula};
pub use language::ReaderLanguage;
pub use write::{ReaderLine, reader_line};
