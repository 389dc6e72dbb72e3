//! Which columns a swap writes.
//!
//! That is the value and what `on_reset` sets beside it; for a soft reset the latter alone.

use super::column::CredentialColumn;
use super::label_column::LabelColumn;
use crate::store::sql::Ident;

/// What is written beside the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowChange {
    /// Nothing.
    Value,
    /// What `on_reset` sets: the row is reset.
    Reset,
    /// The same, and that the password must be changed; the value itself stays.
    Soft,
    /// What `on_reset` sets when a row gets its new password by a token.
    Done,
}

/// What a column is set to.
enum New<'c> {
    /// The new value.
    Value,
    /// Its label.
    Label(&'c LabelColumn),
    /// This.
    Sql(&'c str),
}

impl RowChange {
    /// The columns that change and what they are set to.
    fn assigned(self, column: &CredentialColumn) -> Vec<(&Ident, New<'_>)> {
        let on_reset = &column.on_reset;
        let flag = on_reset.must_change.as_ref().filter(|_| self.keeps_value());
        let (own, new) = match flag {
            Some(flag) => (&flag.ident, New::Sql(flag.set)),
            None => (&column.value, New::Value),
        };
        let beside = match self {
            Self::Value => &[][..],
            Self::Reset | Self::Soft => &on_reset.set,
            Self::Done => &on_reset.done,
        };
        let others = beside.iter().filter(|(ident, _)| ident != own);
        let label = column.label.as_ref().filter(|_| !self.keeps_value());
        let mut assigned: Vec<_> = std::iter::once((own, new))
            .chain(label.map(|label| (&label.ident, New::Label(label))))
            .chain(others.map(|(ident, sql)| (ident, New::Sql(sql))))
            .collect();
        // A new password is what the flag was waiting for.
        if let (Self::Done, Some(flag)) = (self, &on_reset.must_change)
            && assigned.iter().all(|(ident, _)| **ident != flag.ident)
        {
            assigned.push((&flag.ident, New::Sql(flag.unset)));
        }
        assigned
    }

    /// The same as SQL; `value` and `label` are those of the new value.
    pub(crate) fn assignments(self, column: &CredentialColumn, value: &str, label: &str) -> String {
        let alias = column.kind.words().assigned_alias;
        self.assigned(column)
            .into_iter()
            .map(|(ident, new)| match new {
                New::Value => format!("{alias}{ident} = {value}"),
                New::Label(column) => format!("{alias}{ident} = {}", column.assigned(label)),
                New::Sql(sql) => format!("{alias}{ident} = {sql}"),
            })
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The columns that change, each once.
    pub(crate) fn columns(self, column: &CredentialColumn) -> Vec<&Ident> {
        self.assigned(column)
            .into_iter()
            .map(|(ident, _)| ident)
            .collect()
    }

    /// Whether the value stays as it is.
    pub(crate) fn keeps_value(self) -> bool {
        self == Self::Soft
    }
}
