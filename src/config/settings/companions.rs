//! What stands beside a stored value and goes into its digest, as an application had it.

/// How salts and names beside the values are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanionSettings {
    /// What a column of fixed width is to the scheme; none where both are tried.
    pub char_padding: Option<CharPadding>,
    /// What a missing salt is to the application; none where it is not one formula with the others.
    pub empty_salt: Option<EmptySalt>,
    /// Where the salt stands in another table.
    pub salt: Option<OtherTable>,
    /// Where the second salt stands in another table.
    pub salt2: Option<OtherTable>,
    /// Where the user's name stands in another table.
    pub username: Option<OtherTable>,
}

/// What a column of fixed width (`char(n)`, `binary(n)`) beside the value is to the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharPadding {
    /// What stands in it without the blanks, or the NULs, at its end.
    Strip,
    /// With them, up to the column's width.
    Keep,
}

/// What a salt of NULL is to the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptySalt {
    /// The empty string, which it salts with like with every other.
    Empty,
}

/// A column of another table, with one row for each user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherTable {
    /// The schema of the table; none for that of the credential's own.
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// Its columns that equal the credential's key, part by part.
    pub key: Vec<String>,
    /// The column.
    pub column: String,
    /// A condition in SQL; only rows for which it is true count.
    pub where_sql: Option<String>,
}

impl CharPadding {
    /// Every word for it.
    pub const WORDS: [&str; 2] = ["strip", "keep"];

    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strip => "strip",
            Self::Keep => "keep",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Strip, Self::Keep]
            .into_iter()
            .find(|one| one.as_str() == word)
    }
}

impl EmptySalt {
    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        "empty"
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        (word == Self::Empty.as_str()).then_some(Self::Empty)
    }
}

impl OtherTable {
    /// `user_meta.value`, for people.
    pub fn label(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }
}
