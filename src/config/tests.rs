//! What a configuration may say, and every refusal with its exact words.

use std::path::Path;

use super::*;

/// Reads a text as `etc/saltern.toml` that nobody else can read.
pub(super) fn load(text: &str) -> Result<Loaded, ConfigError> {
    parse(&ConfigFile {
        path: Path::new("etc/saltern.toml"),
        text,
        mode: Some(0o600),
    })
}

/// The settings of a text that is in order.
pub(super) fn settings(text: &str) -> Settings {
    load(text)
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
        .settings
}
