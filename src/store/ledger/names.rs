//! Where the ledger's tables stand: a schema on PostgreSQL, a prefix elsewhere.

use crate::store::sql::{Ident, Kind, StoreError};

/// The ledger's place.
#[derive(Clone, Debug)]
pub struct Names {
    /// Which database.
    pub kind: Kind,
    /// PostgreSQL's schema, unquoted.
    pub schema: String,
    /// The prefix of every table elsewhere.
    pub prefix: String,
}

impl Names {
    /// The place that `[ledger]` names.
    ///
    /// # Errors
    /// A prefix or schema that is no plain name.
    pub fn new(kind: Kind, schema: &str, prefix: &str) -> Result<Self, StoreError> {
        for name in [schema, prefix] {
            if name.is_empty()
                || name.len() > 32
                || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            {
                return Err(StoreError::refused(
                    format!("[ledger] {name:?} can't be a name of saltern's own tables"),
                    "use at most 32 letters, digits and underscores",
                ));
            }
        }
        Ok(Self {
            kind,
            schema: schema.to_owned(),
            prefix: prefix.to_owned(),
        })
    }

    /// What stands before a table's name in the migrations.
    pub(crate) fn prefix_sql(&self) -> String {
        match self.kind {
            Kind::Postgres => format!("\"{}\".", self.schema),
            Kind::MySql | Kind::Sqlite => self.prefix.clone(),
        }
    }

    /// A table of ours, quoted.
    pub(crate) fn table(&self, name: &str) -> String {
        let quoted = match self.kind {
            Kind::Postgres => Ident::table(self.kind, Some(&self.schema), name),
            Kind::MySql | Kind::Sqlite => Ident::new(self.kind, &format!("{}{name}", self.prefix)),
        };
        quoted
            .expect("the name was checked when the place was made")
            .to_string()
    }

    /// A table of ours as people are told of it.
    pub(crate) fn shown(&self, name: &str) -> String {
        match self.kind {
            Kind::Postgres => format!("{}.{name}", self.schema),
            Kind::MySql | Kind::Sqlite => format!("{}{name}", self.prefix),
        }
    }

    /// Schema and name of a table of ours, as the catalogue has them.
    pub(crate) fn place(&self, name: &str) -> (Option<&str>, String) {
        match self.kind {
            Kind::Postgres => (Some(&self.schema), name.to_owned()),
            Kind::MySql | Kind::Sqlite => (None, format!("{}{name}", self.prefix)),
        }
    }

    /// The migrations' own table.
    ///
    /// It never has sqlx's default name, which collides with the application's.
    pub(crate) fn migrations(&self) -> String {
        self.table("migrations")
    }
}
