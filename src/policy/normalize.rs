//! How a value is normalised before it is hashed or checked.

/// How a value is normalised before it is hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Normalize {
    /// Secret answers: [`crate::text::answer1`].
    Answer1,
}

impl Normalize {
    /// Every way.
    pub const ALL: [Self; 1] = [Self::Answer1];

    /// The name, as the configuration spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer1 => "answer1",
        }
    }

    /// The way of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|normalize| normalize.as_str() == name)
    }
}
