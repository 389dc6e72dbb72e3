//! Which columns a swap writes: the value, what `on_reset` sets beside it, or for a soft reset the latter alone.

use super::column::Column;
use super::conn::Kind;
use super::sql::Ident;

/// What is written beside the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing.
    Value,
    /// What `on_reset` sets: the row is reset.
    Reset,
    /// The same, and that the password must be changed; the value itself stays.
    Soft,
    /// What `on_reset` sets when a row gets its new password by a token.
    Done,
}

impl Change {
    /// The columns that change and what they are set to; none for the new value.
    fn assigned(self, column: &Column) -> Vec<(&Ident, Option<&str>)> {
        let on_reset = &column.on_reset;
        let flag = on_reset.must_change.as_ref().filter(|_| self.keeps_value());
        let own = match flag {
            Some(flag) => (&flag.ident, Some(flag.set)),
            None => (&column.value, None),
        };
        let beside = match self {
            Self::Value => &[][..],
            Self::Reset | Self::Soft => &on_reset.set,
            Self::Done => &on_reset.done,
        };
        let others = beside.iter().filter(|(ident, _)| ident != own.0);
        let mut assigned: Vec<_> = std::iter::once(own)
            .chain(others.map(|(ident, sql)| (ident, Some(sql.as_str()))))
            .collect();
        // A new password is what the flag was waiting for.
        if let (Self::Done, Some(flag)) = (self, &on_reset.must_change)
            && assigned.iter().all(|(ident, _)| **ident != flag.ident)
        {
            assigned.push((&flag.ident, Some(flag.unset)));
        }
        assigned
    }

    /// The same as SQL; `value` is the new value.
    pub(crate) fn assignments(self, column: &Column, value: &str) -> String {
        // Only MySQL has the alias before an assigned column: its statement is over two tables.
        let alias = if column.kind == Kind::MySql { "t." } else { "" };
        self.assigned(column)
            .into_iter()
            .map(|(ident, sql)| format!("{alias}{ident} = {}", sql.unwrap_or(value)))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The columns that change, each once.
    pub(crate) fn columns(self, column: &Column) -> Vec<&Ident> {
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
