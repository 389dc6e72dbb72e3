//! What stands beside a stored value, kept: salts, and names and ids used as salts.

use std::fmt;

use zeroize::Zeroizing;

use super::context::{Context, Otherwise};
use crate::secret::InnerSalt;

/// What stands beside a value in one reading. What is none is not there.
#[derive(Clone, Default)]
pub struct CompanionTexts {
    /// The salt.
    pub salt: Option<InnerSalt>,
    /// The second salt.
    pub salt2: Option<InnerSalt>,
    /// The user's name.
    pub username: Option<Zeroizing<String>>,
    /// The user's id.
    pub user_id: Option<Zeroizing<String>>,
}

/// What stands beside a value, in each way in which an application may have had it.
#[derive(Clone, Debug, Default)]
pub struct CompanionReadings {
    /// As it is read.
    pub read: CompanionTexts,
    /// As a column of fixed width may have given it, or taken it; none where no column is one.
    pub otherwise: Option<CompanionTexts>,
}

impl CompanionReadings {
    /// What a scheme takes of it.
    pub fn context(&self) -> Context<'_> {
        let read = &self.read;
        Context {
            salt: read.salt.as_ref(),
            salt2: read.salt2.as_ref(),
            username: read.username.as_ref().map(|name| name.as_str()),
            user_id: read.user_id.as_ref().map(|id| id.as_str()),
            otherwise: self.otherwise.as_ref().map(|other| Otherwise {
                salt: other.salt.as_ref(),
                salt2: other.salt2.as_ref(),
                username: other.username.as_ref().map(|name| name.as_str()),
                user_id: other.user_id.as_ref().map(|id| id.as_str()),
            }),
            ..Context::default()
        }
    }

    /// The same where nothing stands there, and a check costs as much.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self {
            read: CompanionTexts::default(),
            otherwise: self.otherwise.as_ref().map(|_| CompanionTexts::default()),
        }
    }
}

/// Blind, because salts and names are nobody's business.
impl fmt::Debug for CompanionTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CompanionTexts(..)")
    }
}
