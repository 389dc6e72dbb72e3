//! What is known of one row when the rules are asked.

use super::{Normalize, Target};
use crate::scheme::{Class, Recognised, Scheme};

/// What is known of one row.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The credential's name.
    pub credential: &'a str,
    /// How the credential's values are normalised.
    pub normalize: Option<Normalize>,
    /// What the value is.
    pub recognised: &'a Recognised<'a>,
    /// Its class, given the target.
    pub class: Class,
    /// Its scheme: the one that its prefix names, the declared one, or the one proven for its
    /// shape.
    pub scheme: Option<Scheme>,
    /// When its user last logged in.
    pub last_login: LastLogin,
    /// Whether a list holds its password; `None` if it was not looked up.
    pub known: Option<bool>,
    /// Whether the application's column says that the user must change the password at the next
    /// login.
    pub must_change: bool,
    /// Whether it is not what another column of its row says.
    pub contradicts: bool,
}

impl<'a> Facts<'a> {
    /// The facts of a value. `proven` is the scheme that a census proved for its shape in this
    /// column.
    pub fn new(
        credential: &'a str,
        recognised: &'a Recognised<'a>,
        target: &Target,
        proven: Option<Scheme>,
    ) -> Self {
        let proven = proven.filter(|_| matches!(recognised, Recognised::Digest { .. }));
        Self {
            credential,
            normalize: None,
            recognised,
            class: recognised.class(&target.strength()),
            scheme: recognised.scheme().or(proven),
            last_login: LastLogin::Unknown,
            known: None,
            must_change: false,
            contradicts: false,
        }
    }
}

/// When a user last logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastLogin {
    /// The column is NULL.
    Never,
    /// There is no such column, or its value is unreadable.
    Unknown,
    /// At that time, in milliseconds of UTC.
    At(i64),
}
