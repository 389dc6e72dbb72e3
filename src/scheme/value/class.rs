//! The classes of values: how well each protects the password behind it.

use std::fmt;

/// How well a value protects the password behind it. The order is the one in which a scan lists
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// No value at all.
    Null,
    /// The empty string.
    Empty,
    /// A marker that no password opens.
    Locked,
    /// Nothing that is known.
    Unknown,
    /// The password itself.
    Plaintext,
    /// A fast digest, salted or not, and everything reversible.
    Weak,
    /// A password hash of its own, but weaker than the target.
    Slow,
    /// A password hash at least as strong as the target.
    Strong,
}

impl Class {
    /// Every class, in order.
    pub const ALL: [Self; 8] = [
        Self::Null,
        Self::Empty,
        Self::Locked,
        Self::Unknown,
        Self::Plaintext,
        Self::Weak,
        Self::Slow,
        Self::Strong,
    ];

    /// The name, as the configuration and every output spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Empty => "empty",
            Self::Locked => "locked",
            Self::Unknown => "unknown",
            Self::Plaintext => "plaintext",
            Self::Weak => "weak",
            Self::Slow => "slow",
            Self::Strong => "strong",
        }
    }

    /// The class of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_found_by_its_name() {
        for class in Class::ALL {
            assert_eq!(Class::parse(class.as_str()), Some(class));
        }
        assert_eq!(Class::parse("Weak"), None);
    }
}
