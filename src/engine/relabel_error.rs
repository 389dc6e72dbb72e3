//! Why a label can't stand where it is asked to.

use crate::scheme::{ExpressionError, InnerId, Scheme};

/// Why a label can't stand in the place of another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RelabelError {
    /// Not a label of the registry or of a declared expression.
    #[error("{0:?} is no label that this version or this configuration knows")]
    Unknown(String),
    /// The same twice.
    #[error("{0} is what these values are labelled with already")]
    Same(InnerId),
    /// What stands inside has another form: it could never be what the new label says.
    #[error("a {from} inside is {} and a {to} is {}, so the one is never the other", form(*.from_scheme), form(*.to_scheme))]
    OtherForm {
        /// The old label.
        from: InnerId,
        /// Its scheme.
        from_scheme: Scheme,
        /// The new label.
        to: InnerId,
        /// Its scheme.
        to_scheme: Scheme,
    },
    /// What `--adopt` takes.
    #[error("{0:?} is no password hash over a digest, such as bcrypt(md5(pass))")]
    NoWrap(String),
    /// An inner expression that can't be read.
    #[error("what stands in the brackets: {0}")]
    Inner(ExpressionError),
    /// A label that no reader would know.
    #[error(
        "{0} is no scheme of the registry, and no credential declares it: nobody would know its label"
    )]
    Undeclared(Scheme),
    /// An inner digest that needs a column.
    #[error("{scheme} needs `{key}`, and the credential names no column of it")]
    Lacks {
        /// The inner scheme.
        scheme: Scheme,
        /// The key.
        key: &'static str,
    },
    /// One column at a time.
    #[error("--adopt is about one credential, and the configuration has several")]
    SeveralCredentials,
    /// The column's values are read as such wraps already.
    #[error("credential {0} declares its values as such wraps already")]
    Declared(String),
    /// Long texts are labelled further under bcrypt.
    #[error("the label {label} has no room for `{suffix}`, which long digests have under bcrypt", suffix = InnerId::LONG_SUFFIX)]
    NoRoom {
        /// The new label.
        label: InnerId,
    },
}

fn form(scheme: Scheme) -> String {
    scheme.shape().map_or_else(
        || "no bare digest".to_owned(),
        |shape| format!("{} hex digits", shape.digits()),
    )
}
