//! What a login gives besides the stored value and the password.

use std::fmt;

use super::hash_tally::HashTally;
use super::work::LoginWorkMax;
use crate::secret::{InnerSalt, SiteSalts};
use crate::text::Charset;

/// What a legacy scheme may need besides the stored value.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// The salt from its own column.
    pub salt: Option<&'a InnerSalt>,
    /// The second salt.
    pub salt2: Option<&'a InnerSalt>,
    /// The user's name.
    pub username: Option<&'a str>,
    /// The user's id.
    pub user_id: Option<&'a str>,
    /// The application's site-wide salts.
    pub site: Option<&'a SiteSalts>,
    /// The charset in which old passwords were hashed, tried after UTF-8.
    pub charset: Option<Charset>,
    /// The same as an application may have had it whose columns pad what stands in them; none where
    /// no column does.
    pub otherwise: Option<Otherwise<'a>>,
    /// The most work that a check may cost.
    pub work_max: LoginWorkMax,
    /// The slow hashes that every login makes beside one at the target, whatever its row holds.
    /// With none a failed login costs a hash at the target and the row's own.
    pub pad: Option<&'a HashTally>,
    /// For how many spellings of the password a login makes hashes at the least: as many as one
    /// whose row is read by another charset or beside other columns.
    pub spellings_min: usize,
}

/// What a column of fixed width may have been to an application: with blanks at its end, or
/// without.
///
/// PostgreSQL gives a `char(n)` with its blanks, and an application that salts before it writes had
/// none. MySQL takes the blanks off, and the salt may have had one. What is none here is the same.
#[derive(Clone, Copy, Default)]
pub struct Otherwise<'a> {
    /// The salt.
    pub salt: Option<&'a InnerSalt>,
    /// The second salt.
    pub salt2: Option<&'a InnerSalt>,
    /// The user's name.
    pub username: Option<&'a str>,
    /// The user's id.
    pub user_id: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// The same with what the columns may also have been.
    pub(in crate::scheme) fn padded_otherwise(&self) -> Option<Self> {
        let other = self.otherwise?;
        Some(Self {
            salt: other.salt.or(self.salt),
            salt2: other.salt2.or(self.salt2),
            username: other.username.or(self.username),
            user_id: other.user_id.or(self.user_id),
            site: self.site,
            charset: self.charset,
            otherwise: None,
            work_max: self.work_max,
            pad: self.pad,
            spellings_min: self.spellings_min,
        })
    }

    /// Each way in which an application may have had what stands beside the value, for a password
    /// that is to be tried: as it was read, then otherwise.
    ///
    /// The second one is left out where blanks of the password may stand for those of a salt.
    pub fn readings(&self, password: &[u8]) -> impl Iterator<Item = Context<'a>> + use<'a> {
        let other = self.padded_otherwise();
        let other = other.filter(|other| !self.differs_by_blanks_of(other, password));
        [Some(*self), other].into_iter().flatten()
    }

    /// Whether blanks at an end of a password may stand for those that two contexts differ by.
    ///
    /// `md5("ab  " . "secret")` is also `md5("ab" . "  secret")`: there another password opens.
    pub(in crate::scheme) fn differs_by_blanks_of(&self, other: &Self, password: &[u8]) -> bool {
        let bytes = |context: &Self| {
            [
                context.salt.map(|salt| salt.as_bytes().len()),
                context.salt2.map(|salt| salt.as_bytes().len()),
                context.username.map(str::len),
                context.user_id.map(str::len),
            ]
        };
        let blanks = |mut of: &mut dyn Iterator<Item = &u8>| {
            (&mut of)
                .take_while(|byte| matches!(byte, b' ' | 0))
                .count()
        };
        let most = blanks(&mut password.iter()).max(blanks(&mut password.iter().rev()));
        bytes(self)
            .into_iter()
            .zip(bytes(other))
            .filter_map(|(one, other)| Some(one?.abs_diff(other?)))
            .any(|differ| differ > 0 && differ <= most)
    }
}

/// Blind, as the context is.
impl fmt::Debug for Otherwise<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Otherwise(..)")
    }
}

/// Blind, because salts and names are nobody's business.
impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context(..)")
    }
}
