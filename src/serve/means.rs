//! What a sidecar works with besides its settings.

use std::sync::Arc;

use super::event::Observer;
use super::token::Token;
use crate::kernel::Path;
use crate::secret::DatabaseUrl;

/// What a sidecar works with besides its settings.
pub struct Means<'a> {
    /// The database.
    pub url: &'a DatabaseUrl,
    /// What requests over TCP carry.
    pub token: Option<Token>,
    /// What computes Argon2id.
    pub kernel: Path,
    /// Who is told.
    pub observer: Arc<dyn Observer>,
}
