//! The actions: what may be done with a row.

/// What is done with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Nothing.
    Keep,
    /// Hash the stored hash, now.
    Wrap,
    /// Hash the plaintext or reversible value, now.
    Rehash,
    /// Leave it to the next login.
    OnLogin,
    /// Make it unusable.
    Reset,
    /// List it and leave it alone.
    Quarantine,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 6] = [
        Self::Keep,
        Self::Wrap,
        Self::Rehash,
        Self::OnLogin,
        Self::Reset,
        Self::Quarantine,
    ];

    /// The name, as the configuration and every output spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Wrap => "wrap",
            Self::Rehash => "rehash",
            Self::OnLogin => "on-login",
            Self::Reset => "reset",
            Self::Quarantine => "quarantine",
        }
    }

    /// The action of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }

    /// Whether it makes a hash.
    pub fn hashes(self) -> bool {
        matches!(self, Self::Wrap | Self::Rehash)
    }

    /// Whether it changes the user table.
    pub fn writes(self) -> bool {
        matches!(self, Self::Wrap | Self::Rehash | Self::Reset)
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hashes_writes() {
        for action in Action::ALL {
            assert!(action.writes() || !action.hashes(), "{action}");
        }
    }
}
