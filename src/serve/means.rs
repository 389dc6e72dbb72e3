//! What a sidecar is given besides its settings.

use std::sync::Arc;

use super::event::SidecarObserver;
use super::token::CurrentToken;
use crate::kernel::Implementation;
use crate::secret::DatabaseUrl;

/// What a sidecar is given besides its settings.
pub struct Means<'a> {
    /// The database.
    pub url: &'a DatabaseUrl,
    /// The token that requests over TCP must carry.
    pub token: Option<CurrentToken>,
    /// What computes Argon2id.
    pub kernel: Implementation,
    /// Receives the events.
    pub observer: Arc<dyn SidecarObserver>,
}
