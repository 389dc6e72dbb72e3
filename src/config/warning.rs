//! What is allowed, but unwise.

use std::fmt;

use crate::policy::BelowOwasp;

/// A warning and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is unwise.
    pub caution: Caution,
}

/// What is unwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caution {
    /// The target is below OWASP's minimum.
    BelowOwasp(BelowOwasp),
    /// The target costs more than `verify_and_upgrade` accepts in a stored value.
    AboveLoginBounds {
        /// The parameter.
        key: &'static str,
        /// The most that a login accepts.
        max: u32,
        /// What was written.
        actual: u32,
    },
    /// The target costs more work than a login accepts in a stored value.
    AboveLoginWork {
        /// The units of a hash at the target.
        units: u64,
        /// The most that a login accepts.
        max: u64,
    },
    /// The name of a table has a dot, which is taken as part of the name.
    DottedTable {
        /// The name.
        table: String,
    },
    /// An expression with a quoted piece that may be a secret. The piece is not repeated.
    QuotedSecret,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.caution)
    }
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BelowOwasp(below) => below.fmt(f),
            Self::AboveLoginBounds { key, max, actual } => write!(
                f,
                "`{key}` = {actual} is above {max}, the most that saltern's own login path accepts in a stored value"
            ),
            Self::AboveLoginWork { units, max } => write!(
                f,
                "a hash at the target costs {units} units of work, more than the {max} of `login_work_max` in [serve], the most that saltern's own login path accepts in a stored value"
            ),
            Self::DottedTable { table } => {
                write!(
                    f,
                    "the dot in the table {table:?} is part of its name; a schema goes into `schema`"
                )
            }
            Self::QuotedSecret => f.write_str(
                "the expression in `scheme` has a quoted text of more than 3 characters: it stands in the ledger and in reports; \
                 if it is a secret of the application, write it into a file that `site_salt_file` names, and `site` in its place",
            ),
        }
    }
}
