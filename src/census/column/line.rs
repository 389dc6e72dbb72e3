//! A line of a census: rows that are one kind of value.

use crate::census::duplicates::Duplicates;
use crate::census::logins::LoginAges;
use crate::census::spelling::Spelling;
use crate::policy::LastLogin;
use crate::scheme::{Class, Recognised, Scheme};

/// Rows that are counted as one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnLine {
    /// Their class.
    pub class: Class,
    /// A value of this kind. What a rule decides about it, it decides about every row of the line.
    /// The text of a plaintext here is not one of the column's.
    pub specimen: Recognised<'static>,
    /// Their scheme: marked, declared or proven. For wrapped values it is the outer one.
    pub scheme: Option<Scheme>,
    /// Whether the scheme is proven, and neither declared nor marked.
    pub proven: bool,
    /// How many rows.
    pub rows: u64,
    /// How many of them hold a digest of the empty password.
    pub empty_password_rows: u64,
    /// How many differ from the plain spelling.
    pub spelling: Spelling,
    /// How many share their value with another row. Null, empty and locked values are not looked
    /// at.
    pub duplicates: Duplicates,
    /// The rows of each stretch of last logins, with a login that stands for the stretch. Stretches
    /// without rows are left out.
    pub last_logins: Vec<(LastLogin, u64)>,
    /// The same by age.
    pub login_ages: LoginAges,
}

impl ColumnLine {
    /// What the rows are, in a few words that are safe to print: a scheme, a marker, a shape or the
    /// class.
    pub fn label(&self) -> String {
        match self.specimen {
            Recognised::Marker(name) => name.to_owned(),
            Recognised::Dead => "!saltern".to_owned(),
            Recognised::Wrapped { outer, inner, .. } => format!("{outer} over {inner}"),
            Recognised::Digest {
                shape,
                scheme: None,
            } => {
                let bare = shape.missing_salt().map_or(shape, |_| shape.without_salt());
                let name = match self.scheme {
                    Some(proven) => proven.to_string(),
                    None => bare.to_string(),
                };
                match shape.missing_salt() {
                    Some(missing) => format!("{name}, {}", missing.words()),
                    None => name,
                }
            }
            Recognised::LooksHashed => "looks-hashed".to_owned(),
            Recognised::Undecodable => "undecodable".to_owned(),
            Recognised::TooLong => "too-long".to_owned(),
            _ => self
                .scheme
                .map_or_else(|| self.class.to_string(), |scheme| scheme.to_string()),
        }
    }
}
