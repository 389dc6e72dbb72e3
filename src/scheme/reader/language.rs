//! The languages of the pages in `docs/integrations/`.

/// A language in which a login is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReaderLanguage {
    /// PHP, as in `php.md`.
    Php,
    /// Python, as in `python.md`.
    Python,
    /// Ruby, as in `rails.md`.
    Ruby,
    /// JavaScript of Node.js, as in `node.md`.
    Node,
    /// A CASE of PostgreSQL's SQL, with pgcrypto.
    Postgres,
    /// A CASE of MySQL's SQL.
    MySql,
}

impl ReaderLanguage {
    /// What every language calls the inputs: password, salt, second salt, name, id, setting.
    pub(super) fn inputs(self) -> [&'static str; 6] {
        match self {
            Self::Php => [
                "$password",
                "$salt",
                "$salt2",
                "$username",
                "$userId",
                "$setting",
            ],
            Self::Python | Self::Ruby => [
                "password", "salt", "salt2", "username", "user_id", "setting",
            ],
            Self::Node => ["password", "salt", "salt2", "username", "userId", "setting"],
            Self::Postgres | Self::MySql => [
                ":password",
                ":salt",
                ":salt2",
                ":username",
                ":user_id",
                ":setting",
            ],
        }
    }

    /// A remark of one line.
    pub fn comment(self, text: &str) -> String {
        match self {
            Self::Php | Self::Node => format!("// {text}"),
            Self::Python | Self::Ruby => format!("# {text}"),
            Self::Postgres | Self::MySql => format!("-- {text}"),
        }
    }
}
