//! Why a password could not be checked.

use thiserror::Error;

use super::inner_id::InnerId;
use super::scheme::Scheme;
use super::shape::Shape;

/// Why a password could not be checked. Never a word on whether it is right.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum VerifyError {
    /// The scheme is known and can't be verified yet.
    #[error("values of scheme {scheme} can't be verified yet")]
    Unsupported {
        /// The scheme.
        scheme: Scheme,
    },
    /// The scheme takes something from another column that was not given.
    #[error("scheme {scheme} needs the {what}, which was not given")]
    Missing {
        /// The scheme.
        scheme: Scheme,
        /// What is missing.
        what: &'static str,
    },
    /// What stands inside a wrapped value is not known to this version.
    #[error("the inner id {inner} is not known to this version")]
    UnknownInner {
        /// The id.
        inner: InnerId,
    },
    /// A bare digest says nothing of its scheme: the credential has to.
    #[error("a bare digest ({shape}) needs a declared scheme")]
    Undeclared {
        /// Its shape.
        shape: Shape,
    },
    /// The stored value is nothing that is known.
    #[error("the stored value is of no known scheme")]
    Unrecognised,
    /// The stored value demands more memory than a login may have.
    #[error("the stored value has {parameter}={actual}, more than the {max} that a login may cost")]
    TooCostly {
        /// Which parameter.
        parameter: &'static str,
        /// The most that is allowed.
        max: u32,
        /// What the value has.
        actual: u32,
    },
    /// All that is to be computed for the stored value is more work than a login may cost.
    #[error("the stored value costs {actual} units of work, more than the {max} of login_work_max")]
    TooMuchWork {
        /// The units that are allowed.
        max: u64,
        /// The units with the hash that was refused.
        actual: u64,
    },
    /// The hash function refused the stored parameters.
    #[error("the hash function refuses the stored parameters")]
    Parameters,
}
