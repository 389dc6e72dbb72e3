//! Whether a column of the database becomes a credential, and why.

use super::words::{forms, one_line};
use crate::store::survey::{ColumnSurvey, FormKind, Guess, TableSurvey};

/// From this share of its values on, a column counts as being of one form.
pub(super) const MOST: f64 = 0.5;

/// Why a column becomes a credential, or as an error why it does not.
pub(super) fn judge(table: &TableSurvey, column: &ColumnSurvey) -> Result<&'static str, String> {
    if let Some(reason) = &column.not_read {
        return Err(one_line(reason));
    }
    if column.guess == Guess::Token {
        return Err(
            "named like a token, which nobody types; what compares it would not find it any more"
                .to_owned(),
        );
    }
    let is_hash = |kind| matches!(kind, FormKind::Native(_) | FormKind::Own);
    let most = |is: &dyn Fn(FormKind) -> bool| column.share(is).is_some_and(|share| share >= MOST);
    if most(&|kind| matches!(kind, FormKind::Bytes | FormKind::Long)) {
        return Err(format!(
            "{}: raw digests or encrypted values, which this version does not take",
            forms(column)
        ));
    }
    let why = match column.guess {
        Guess::Password => "by its name",
        Guess::Answer => {
            "by its name: the answer to a question opens the account as well as the password"
        }
        Guess::Pin => "by its name",
        Guess::Hash if most(&is_hash) => "its values are password hashes",
        Guess::Hash
            if table.login.is_some()
                && most(&|kind| matches!(kind, FormKind::Hex { .. } | FormKind::Digest(_))) =>
        {
            "by its name and its values, beside something to log in with"
        }
        Guess::Hash => {
            return Err(format!(
                "named like a hash, but its values ({}) and its table don't say that it is one of passwords",
                forms(column)
            ));
        }
        Guess::Token => unreachable!("left out above"),
    };
    if table.key.is_empty() {
        return Err("its table has no unique key without NULL that is made of integers, uuid or text: rows could not be told apart".to_owned());
    }
    Ok(why)
}
