//! Conditions that compare a whole key with bound parts.

use super::key_column::KeyColumn;
use crate::store::sql::SqlWords;

/// How a key is compared with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    /// Behind the bound.
    After,
    /// At the bound or before it.
    UpTo,
}

impl Compare {
    /// The condition over a key's columns, and which part is bound at each `?`, by its position.
    pub(super) fn sql(self, keys: &[KeyColumn], words: &SqlWords) -> (String, Vec<usize>) {
        let last = keys.len() - 1;
        if last == 0 {
            return (single(&keys[0], self.sign()), vec![0]);
        }
        if words.ranges_by_row {
            let names: Vec<String> = keys.iter().map(|k| format!("t.{}", k.ident)).collect();
            let params: Vec<&str> = keys.iter().map(|k| k.param.as_str()).collect();
            let (names, params) = (names.join(", "), params.join(", "));
            return (
                format!("({names}) {} ({params})", self.sign()),
                (0..=last).collect(),
            );
        }
        // In this form every part is a range of the index. Without the `=`, all rows that have the
        // bound's first part would be read.
        let mut sql = single(&keys[last], self.sign());
        let mut bound = vec![last];
        for i in (0..last).rev() {
            sql = format!(
                "{} AND ({} OR ({} AND {sql}))",
                single(&keys[i], self.or_equal()),
                single(&keys[i], self.strict()),
                single(&keys[i], "=")
            );
            bound.splice(0..0, [i, i, i]);
        }
        (format!("({sql})"), bound)
    }

    fn sign(self) -> &'static str {
        match self {
            Self::After => ">",
            Self::UpTo => "<=",
        }
    }

    fn strict(self) -> &'static str {
        match self {
            Self::After => ">",
            Self::UpTo => "<",
        }
    }

    fn or_equal(self) -> &'static str {
        match self {
            Self::After => ">=",
            Self::UpTo => "<=",
        }
    }
}

/// One part of the key compared with its parameter.
pub(super) fn single(key: &KeyColumn, sign: &str) -> String {
    format!("t.{} {sign} {}", key.ident, key.param)
}
