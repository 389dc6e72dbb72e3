//! What makes two configurations the same plan: a canonical text, its digest, and the differences
//! by name.
//!
//! A plan covers the credentials, the rules, the target and the version of the registry. It leaves
//! out:
//!
//! - the URL of the database, the names of the ledger and the settings of the sidecar;
//! - the lists of known passwords (a rule that asks for them is part of the plan);
//! - `readers_ready`, because a canary runs without it and the same run goes on with it;
//! - `plaintext_is_certain` and `last_login_null_is_never`, because they lift a refusal and change
//!   nothing that is written.

mod canonical;
mod differences;
mod digest;

pub use canonical::canonical;
pub use differences::differences;
pub use digest::{digest_of, plan_digest};

#[cfg(test)]
mod tests;
