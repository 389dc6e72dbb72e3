//! Which columns a swap writes.
//!
//! That is the value, its format, and what `on_wrap`, `on_login` and `on_reset` set beside it. For
//! a soft reset it is the last alone.

use super::column::CredentialColumn;
use super::format::NewWord;
use super::label_column::LabelColumn;
use crate::store::sql::Ident;

/// What is written beside the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowChange {
    /// Its format: the row is written by a run.
    Value(NewForm),
    /// The same, and what `on_wrap` sets: the row is wrapped by a run.
    Wrap,
    /// The same, and what `on_login` sets: a login replaces the value.
    Login(NewForm),
    /// What `on_reset` sets: the row is reset.
    Reset,
    /// The same, and that the password must be changed; the value itself stays.
    Soft,
    /// What `on_reset` sets when a row gets its new password by a token.
    Done(NewForm),
}

/// What a new value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewForm {
    /// A value with a label, which a reader must know.
    Labelled,
    /// A native string of the target.
    Native,
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
            Self::Value(_) => &[][..],
            Self::Wrap => &column.on_wrap,
            Self::Login(_) => &column.on_login,
            Self::Reset | Self::Soft => &on_reset.set,
            Self::Done(_) => &on_reset.done,
        };
        let format = column.format.as_ref().zip(self.new_format(column));
        let others = beside.iter().filter(|(ident, _)| ident != own);
        let label = column.label.as_ref().filter(|_| !self.keeps_value());
        let mut assigned: Vec<_> = std::iter::once((own, new))
            .chain(label.map(|label| (&label.ident, New::Label(label))))
            .chain(format.map(|(format, word)| (&format.ident, New::Sql(&word.set))))
            .chain(others.map(|(ident, sql)| (ident, New::Sql(sql))))
            .collect();
        // A new password is what the flag was waiting for.
        if let (Self::Done(_), Some(flag)) = (self, &on_reset.must_change)
            && assigned.iter().all(|(ident, _)| **ident != flag.ident)
        {
            assigned.push((&flag.ident, New::Sql(flag.unset)));
        }
        assigned
    }

    /// What the format column says afterwards; none where it stays as it is.
    pub(crate) fn new_format(self, column: &CredentialColumn) -> Option<&NewWord> {
        let write = column.format.as_ref()?.write.as_ref()?;
        match self {
            Self::Wrap => Some(&write.wrapped),
            Self::Value(form) | Self::Login(form) | Self::Done(form) => Some(match form {
                NewForm::Labelled => &write.wrapped,
                NewForm::Native => &write.native,
            }),
            Self::Reset => Some(&write.dead),
            Self::Soft => None,
        }
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
