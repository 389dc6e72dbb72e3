//! What makes two configurations the same plan: a canonical text, its digest, and the differences by name.
//!
//! It covers credentials, rules, target and the registry's version. It leaves out the database's URL, the lists of known
//! passwords (a rule that asks for them is in it, what stands in them is not), and `readers_ready`: a canary is run without it and the same
//! run goes on with it.

mod canonical;
mod differences;
mod digest;

pub use canonical::canonical;
pub use differences::differences;
pub use digest::{digest_of, plan_digest};

#[cfg(test)]
mod tests;
