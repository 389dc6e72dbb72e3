//! The language of composed digests: `md5(md5(pass).salt)`, `hmac-sha1(key=salt)`,
//! `sha1(lower(username).pass)`.
//!
//! An expression says how a password, salts and names become a digest, and which text of that
//! digest is stored. The registry says every bare digest in it. A user says in it what the registry
//! lacks.
//!
//! The notation is that of the cracking tools' lists. The name of a hash function gives lowercase
//! hex, `_bin` behind the name gives the bytes, and a dot joins. The name of a slow hash may stand
//! outermost: `bcrypt(md5(salt.pass))`.

mod algorithm;
mod bounds;
mod error;
mod evaluate;
mod once;
mod parse;
mod print;
mod reach;
mod site;
mod tell;
mod tree;
mod work;

#[cfg(test)]
mod tests;

pub(in crate::scheme) use algorithm::{Algorithm, hex};
pub use error::ExpressionError;
pub(in crate::scheme) use evaluate::Inputs;
pub use once::{expression_digest, expression_text};
pub(in crate::scheme) use tree::{Encoding, Expression, Node, Output, SlowName, TextChange};
