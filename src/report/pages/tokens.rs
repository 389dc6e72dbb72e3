//! What `saltern reset tokens` made, or would make. No token is in it.

use serde::Serialize;
use serde_json::Value;

use crate::engine::{TokenCounts, TokensMade};
use crate::report::object::object;

/// Tokens that were made, or would be.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum TokensReport {
    /// How many.
    Counted {
        /// Users who get one.
        tokens: u64,
        /// Users whose earlier one is still good.
        have_one: u64,
        /// Users whose keys are too long for the ledger.
        left_out: u64,
        /// The file; none where nothing was written.
        #[serde(skip)]
        file: Option<String>,
    },
    /// The file of a call that was killed was whole, and has its name now.
    Resumed {
        /// Always true.
        resumed: bool,
        /// The file.
        #[serde(skip)]
        file: String,
    },
}

impl TokensReport {
    /// Of a dry call.
    pub fn dry(counts: TokenCounts) -> Self {
        Self::counted(counts, None)
    }

    /// Of a call that may have written `file`.
    pub fn made(made: TokensMade, file: String) -> Self {
        match made {
            TokensMade::New(counts) => Self::counted(counts, Some(file)),
            TokensMade::Resumed => Self::Resumed {
                resumed: true,
                file,
            },
        }
    }

    fn counted(counts: TokenCounts, file: Option<String>) -> Self {
        Self::Counted {
            tokens: counts.tokens,
            have_one: counts.have_one,
            left_out: counts.left_out,
            file,
        }
    }

    /// The text for people.
    pub fn text(&self) -> String {
        let (tokens, have_one, left_out, file) = match self {
            Self::Resumed { file, .. } => {
                return format!(
                    "tokens   the file of a call that was killed was whole and is {file} now; its tokens are good\n"
                );
            }
            Self::Counted {
                tokens,
                have_one,
                left_out,
                file,
            } => (*tokens, *have_one, *left_out, file),
        };
        let mut text = match file {
            None => format!("tokens   {tokens} users were reset and get one\n"),
            Some(_) if tokens == 0 => {
                "tokens   nobody gets one, and no file is written\n".to_owned()
            }
            Some(file) => format!("tokens   {tokens} in {file}\n"),
        };
        if have_one > 0 {
            text.push_str(&format!(
                "         {have_one} have one from an earlier file that is still good\n"
            ));
        }
        if left_out > 0 {
            text.push_str(&format!(
                "         {left_out} get none: their keys are too long for the ledger\n"
            ));
        }
        if file.is_none() {
            text.push_str("nothing is written; --output FILE --execute makes them\n");
        }
        text
    }

    /// The object for machines.
    pub fn json(&self) -> Value {
        object(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: TokenCounts = TokenCounts {
        tokens: 3,
        have_one: 1,
        left_out: 0,
    };

    #[test]
    fn what_was_made_is_counted_for_people_and_for_machines() {
        let dry = TokensReport::dry(COUNTS);
        assert_eq!(
            dry.text(),
            "tokens   3 users were reset and get one\n         1 have one from an earlier file that is still good\n\
             nothing is written; --output FILE --execute makes them\n"
        );
        let made = TokensReport::made(TokensMade::New(COUNTS), "a.csv".to_owned());
        assert!(made.text().starts_with("tokens   3 in a.csv\n"));
        assert_eq!(
            made.json(),
            serde_json::json!({ "tokens": 3, "have_one": 1, "left_out": 0 })
        );
        let none = TokenCounts {
            tokens: 0,
            ..COUNTS
        };
        let none = TokensReport::made(TokensMade::New(none), "a.csv".to_owned());
        assert!(none.text().contains("no file is written"));
    }

    #[test]
    fn a_file_that_was_taken_over_is_named_for_people_alone() {
        let report = TokensReport::made(TokensMade::Resumed, "a.csv".to_owned());
        assert!(report.text().contains("is a.csv now"));
        assert_eq!(report.json(), serde_json::json!({ "resumed": true }));
    }
}
