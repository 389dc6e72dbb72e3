//! What a scheme needs from other columns.

/// What a scheme needs besides the stored value and the password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Needs {
    /// The salt, where the value doesn't carry it.
    pub salt: bool,
    /// The second salt.
    pub salt2: bool,
    /// The user's name.
    pub username: bool,
    /// The user's id.
    pub user_id: bool,
    /// A site-wide salt, which stands in no row.
    pub site: bool,
}

impl Needs {
    /// Whether anything beside the value is needed from its row. A site-wide salt stands in none.
    pub fn takes_from_row(self) -> bool {
        Self {
            site: false,
            ..self
        } != Self::NONE
    }

    /// Nothing.
    pub(in crate::scheme) const NONE: Self = Self {
        salt: false,
        salt2: false,
        username: false,
        user_id: false,
        site: false,
    };
}
