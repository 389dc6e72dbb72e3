//! Parts that several reports share: evidence on a shape, for which rows a proof holds, known
//! passwords, rules, waiting rows, refusals.

mod coverage;
mod evidence;
mod evidence_objects;
mod known;
mod readers;
mod refusals;
mod rules;
mod waits;

pub use waits::WaitLine;

pub(super) use coverage::{CoverageObject, coverage_words};
pub(super) use evidence::{line_words, proof_words};
pub(super) use evidence_objects::{ProofObject, SpellingObject};
pub(super) use known::{KnownObject, known_line, known_words};
pub(super) use readers::{ReaderObject, long_rows, long_words, reader_words};
pub(super) use refusals::RefusalObject;
pub(super) use rules::{action_words, label_names, rule_name, why};
pub(super) use waits::waits_of;
