//! A salt that a row lacks in a column that has one for others.

/// Why a row has no salt in a column that has one for others.
///
/// Such rows may be older than the salts, so nothing that is true of the others is taken for true
/// of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissingSalt {
    /// It is NULL, or stands in no row of its table.
    Null,
    /// It is the empty string.
    Empty,
    /// It stands in more than one row of its table.
    Doubtful,
}

/// What stands in the column of a row's salt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SaltBeside {
    /// A salt, or the credential has no column of salts.
    #[default]
    Given,
    /// Nothing, which is a salt like every other to the application.
    CountsAsEmpty,
    /// No salt.
    Missing(MissingSalt),
}

impl MissingSalt {
    /// A few words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Null => "salt NULL",
            Self::Empty => "salt empty",
            Self::Doubtful => "salt in several rows",
        }
    }
}
