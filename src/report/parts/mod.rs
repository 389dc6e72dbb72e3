//! What several reports say in the same words: the evidence on a shape, known passwords, a rule's reason, rows that wait.

mod evidence;
mod known;
mod rules;
mod waits;

pub use waits::WaitLine;

pub(super) use evidence::{line_words, proof_json, proof_words, spelling_json};
pub(super) use known::{known_json, known_line, known_words};
pub(super) use rules::{action_words, rule_name, why};
pub(super) use waits::of_look;
