//! What differs from database to database outside of this room: values, one for each.

use super::kind::Kind;

/// A value for each database.
#[derive(Clone, Copy, Debug)]
pub struct PerKind<T> {
    /// For PostgreSQL.
    pub postgres: T,
    /// For MySQL and MariaDB.
    pub mysql: T,
    /// For SQLite.
    pub sqlite: T,
}

impl<T> PerKind<T> {
    /// The value for one database.
    pub fn of(self, kind: Kind) -> T {
        match kind {
            Kind::Postgres => self.postgres,
            Kind::MySql => self.mysql,
            Kind::Sqlite => self.sqlite,
        }
    }

    /// All values: PostgreSQL, MySQL, SQLite.
    pub fn all(self) -> [T; 3] {
        [self.postgres, self.mysql, self.sqlite]
    }
}
