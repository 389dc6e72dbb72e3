//! The columns of the names that users type at login.

/// The columns of the names that users type at login, and which texts are one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginColumns {
    /// The columns. The first one that has the typed text decides, alone.
    pub columns: Vec<String>,
    /// Which texts are one name, beside those that a column itself takes for equal.
    pub matching: LoginMatch,
}

/// Which texts are one name, beside those that a column itself takes for equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoginMatch {
    /// No others.
    #[default]
    Exact,
    /// Those that are the same in lowercase, by the database's `lower`.
    Lower,
    /// Those that Unicode takes for the same: `é` as one character or as two.
    Nfc,
}

impl LoginColumns {
    /// One column.
    pub fn of(column: &str) -> Self {
        Self {
            columns: vec![column.to_owned()],
            matching: LoginMatch::Exact,
        }
    }

    /// The first column: the name where one name is asked for, such as a salt.
    pub fn first(&self) -> Option<&str> {
        self.columns.first().map(String::as_str)
    }

    /// The other columns.
    pub fn others(&self) -> &[String] {
        self.columns.get(1..).unwrap_or_default()
    }

    /// Whether there is any.
    pub fn is_named(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Whether it is one of them.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|own| own == column)
    }
}

impl LoginMatch {
    /// All words for it.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Lower, Self::Nfc];

    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Lower => "lower",
            Self::Nfc => "nfc",
        }
    }

    /// The match of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}
