//! `saltern.toml`: from its text to [`Settings`].
//!
//! It opens nothing: no file, no database, no environment. The caller reads the text and the file's
//! mode, and afterwards resolves the [`DatabaseSource`].

// The ground: the keys, the places in a file, and what is wrong or unwise there.
mod error;
mod keys;
mod place;
mod warning;

// What a configuration says.
mod settings;

// What makes two configurations the same plan.
mod plan;

// The text with its places.
mod document;

// From the text to the settings.
mod read;

pub use error::{ConfigError, ConfigProblem};
pub use place::Place;
pub use plan::{canonical, differences, digest_of, plan_digest};
pub use read::{ConfigFile, Loaded, parse};
pub use settings::{
    AcceptedPart, AcceptedTest, Assignment, CharPadding, CompanionSettings, Credential,
    DatabaseSource, EmptySalt, FormatPart, FormatRows, FormatValue, FormatWrite, KnownPasswords,
    LedgerNames, Listen, LoginColumns, LoginMatch, NewValue, OnReset, OtherTable, Pad, Serve,
    Settings, SiteLineError, Tls,
};
pub use warning::{Caution, Warning};

#[cfg(test)]
mod tests;
