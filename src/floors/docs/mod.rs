//! What the pages in docs/ promise: that what they name exists, that their indexes and tables are
//! whole, and that their lines are short. Whether a sentence is true, no test can say.

// The ground: the text of a page, apart from its code.
mod page;

// A file for each promise.
mod architecture;
mod columns;
mod decisions;
mod glossary;
mod paths;
