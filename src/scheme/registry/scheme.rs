//! What is asked of a scheme, answered by its row.
//!
//! The rows stand in `table`, the expressions of users in `own`.

use std::fmt;
use std::num::NonZeroU8;
use std::sync::{LazyLock, PoisonError};

use super::own::{OWN, OWN_PREFIX, Own, Owns, name_of, own_id};
use super::row::{FormTraits, PrefixUse, SchemeKind, SchemeRow};
use super::table::{ALIASES, TABLE};
use crate::scheme::expression::{Expression, ExpressionError, Output, SlowName};
use crate::scheme::family::{self, Family};
use crate::scheme::value::{Class, InnerId, Needs, Scheme, Shape, Strength, unpadded};
use crate::secret::SiteSalts;
use crate::text;

/// Changes whenever a row changes what a run would do; part of a plan's digest.
pub const REGISTRY_VERSION: u32 = 4;

/// The expressions of the table's rows.
static EXPRESSIONS: LazyLock<Vec<Option<Expression>>> = LazyLock::new(|| {
    let of = |row: &SchemeRow| match row.kind {
        SchemeKind::Digest(_, "", _) => None,
        SchemeKind::Digest(_, text, _) | SchemeKind::Text(text) => {
            Some(Expression::parse(text).expect("a test reads every one"))
        }
        _ => None,
    };
    TABLE.iter().map(of).collect()
});

impl Scheme {
    /// The scheme of that name, as [`Scheme::name`] spells it, or of another name that an
    /// application gave it.
    pub fn by_name(name: &str) -> Option<Self> {
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
        Self::all()
            .find(|scheme| scheme.name() == name)
            .or(alias.map(|(_, scheme)| *scheme))
    }

    /// Its other names, which are read and never written.
    pub fn aliases(self) -> impl Iterator<Item = &'static str> {
        let of = ALIASES.iter().filter(move |(_, scheme)| *scheme == self);
        of.map(|(alias, _)| *alias)
    }

    /// The scheme of that name, or the one that an expression describes.
    ///
    /// Two spellings of one expression are one scheme, and an expression of the registry is the
    /// registry's scheme.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        Self::parse_kept(text, Owns::place_of)
    }

    /// The same for a text that came with a request. Of such texts only a few hundred are kept, for
    /// as long as the process lives.
    pub fn parse_requested(text: &str) -> Result<Self, ExpressionError> {
        Self::parse_kept(text, Owns::place_of_requested)
    }

    fn parse_kept(
        text: &str,
        place: fn(&mut Owns, Expression, Option<SlowName>) -> Option<usize>,
    ) -> Result<Self, ExpressionError> {
        if let Some(scheme) = Self::by_name(text) {
            return Ok(scheme);
        }
        let (slow, expression) = match Expression::parse_slow(text) {
            Some(read) => read.map(|(slow, expression)| (Some(slow), expression))?,
            None => (None, Expression::parse(text)?),
        };
        let in_table = match slow {
            Some(_) => Self::by_name(&name_of(&expression, slow)),
            None => Self::all().find(|scheme| scheme.expression() == Some(&expression)),
        };
        if let Some(scheme) = in_table {
            return Ok(scheme);
        }
        let mut own = OWN.write().unwrap_or_else(PoisonError::into_inner);
        let at = place(&mut own, expression, slow).ok_or(ExpressionError::TooMany)?;
        Ok(Self::of_row((TABLE.len() + at) as u16))
    }

    /// The scheme of an expression that the table doesn't have.
    fn own_of(expression: Expression, slow: Option<SlowName>) -> Option<Self> {
        let mut own = OWN.write().unwrap_or_else(PoisonError::into_inner);
        let at = own.place_of(expression, slow)?;
        Some(Self::of_row((TABLE.len() + at) as u16))
    }

    /// Whether a site-wide salt takes part of which the expression names no line.
    ///
    /// Values of such a scheme can be checked, each line in turn. They can't be wrapped: the label
    /// must say which line made them.
    pub fn is_open(self) -> bool {
        self.own().is_some_and(|own| own.is_open)
    }

    /// The schemes that this one stands for with those site-wide salts, a line each. Every other
    /// scheme stands for itself.
    pub fn with_site_lines(self, site: &SiteSalts) -> Vec<Self> {
        match self.own().filter(|own| own.is_open) {
            None => vec![self],
            Some(open) => site
                .numbers()
                .filter_map(|line| Self::own_of(open.expression.with_site_line(line), open.slow))
                .collect(),
        }
    }

    /// The scheme, and those that it stands for with as many site-wide salts as there may be.
    pub fn with_every_site_line(self) -> Vec<Self> {
        let mut all = vec![self];
        if let Some(open) = self.own().filter(|own| own.is_open) {
            let lines = (1..=SiteSalts::LINES_MAX).filter_map(|line| u8::try_from(line).ok());
            all.extend(
                lines.filter_map(NonZeroU8::new).filter_map(|line| {
                    Self::own_of(open.expression.with_site_line(line), open.slow)
                }),
            );
        }
        all
    }

    /// The lines of the site-wide salts that its expression names.
    pub fn site_lines(self) -> Vec<NonZeroU8> {
        self.own()
            .map_or_else(Vec::new, |own| own.expression.site_lines())
    }

    /// The characters of the longest quoted piece of its expression.
    pub fn longest_literal(self) -> usize {
        match self.own() {
            Some(own) => own.expression.longest_literal(),
            None => 0,
        }
    }

    /// The scheme whose values stand inside wrapped values under that id.
    pub fn by_inner_id(id: &InnerId) -> Option<Self> {
        // An expression that became a row keeps the id that it had as a user's own.
        let was_own = |scheme: &Self| {
            let expression = scheme.expression();
            expression
                .is_some_and(|expression| own_id(&expression.to_string()).as_ref() == Some(id))
        };
        Self::all()
            .find(|scheme| scheme.inner_id().as_ref() == Some(id))
            .or_else(|| {
                let own = OWN.read().unwrap_or_else(PoisonError::into_inner);
                Some(Self::of_row((TABLE.len() + own.by_id(id)?) as u16))
            })
            .or_else(|| {
                let is_own = id.as_str().starts_with(OWN_PREFIX);
                is_own.then(|| Self::all().find(was_own)).flatten()
            })
    }

    /// Every scheme of the table, in its order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TABLE.len()).map(|row| Self::of_row(row as u16))
    }

    /// The name, as the configuration and every output spell it.
    pub fn name(self) -> &'static str {
        self.row_data().name
    }

    /// The class of its values; a password hash counts as slow here, because strong depends on the
    /// target.
    pub fn class(self) -> Class {
        match self.row_data().kind {
            SchemeKind::Plaintext => Class::Plaintext,
            SchemeKind::Form(_, FormTraits { weak: false, .. }) => Class::Slow,
            SchemeKind::Form(..) => Class::Weak,
            SchemeKind::Digest(..) | SchemeKind::Text(..) => {
                match self.expression().map(Expression::strength) {
                    None | Some(Strength::Fast) => Class::Weak,
                    Some(_) => Class::Slow,
                }
            }
        }
    }

    /// The id under which its values are wrapped; none where they can't be.
    pub fn inner_id(self) -> Option<InnerId> {
        self.row_data().inner
    }

    /// Whether a salt takes part: the user's name and id count as one.
    pub fn salted(self) -> bool {
        match self.row_data().kind {
            SchemeKind::Plaintext => false,
            SchemeKind::Digest(..) | SchemeKind::Text(..) => self.needs().takes_from_row(),
            SchemeKind::Form(_, form) => form.salted,
        }
    }

    /// What it needs besides the stored value and the password.
    pub fn needs(self) -> Needs {
        match self.row_data().kind {
            SchemeKind::Plaintext => Needs::default(),
            SchemeKind::Digest(..) | SchemeKind::Text(..) => self
                .expression()
                .map_or(Needs::default(), |expression| expression.needs),
            SchemeKind::Form(family, _) => family.needs(self),
        }
    }

    /// The shape of its bare digest, if it is one in hex.
    pub fn shape(self) -> Option<Shape> {
        match self.row_data().kind {
            SchemeKind::Digest(shape, ..) => Some(shape),
            _ => None,
        }
    }

    /// Whether its strings carry a prefix that names the scheme: `$2b$`, `{SSHA}`.
    pub fn has_prefix(self) -> bool {
        self.prefix() != PrefixUse::Never
    }

    /// Whether some of its strings carry its prefix and others don't.
    pub(in crate::scheme) fn is_also_bare(self) -> bool {
        self.prefix() == PrefixUse::Partly
    }

    /// Whether its strings carry another scheme's prefix, so that only a declaration tells them
    /// apart: bcrypt over a digest.
    pub fn hides_behind(self, prefixed: Self) -> bool {
        self.family().hides_behind(prefixed)
    }

    /// Whether a password can be checked against its values. Of some it is only known what they
    /// are.
    pub fn is_verified(self) -> bool {
        self.family().verifies() || self == Self::PLAINTEXT
    }

    /// Whether another scheme's strings look the same, so that the scheme of a value was guessed
    /// from its salt.
    ///
    /// A login tries both schemes. The label of a wrap says one of them to all its other readers.
    pub fn is_guess(self) -> bool {
        self.family().has_twins()
    }

    /// Whether its values give the password away, to be read with [`crate::scheme::reveal`].
    pub fn is_reversible(self) -> bool {
        self.family().reveals()
    }

    /// Whether its strings look as another scheme's do, so that the label of a wrap may have to be
    /// put right.
    pub fn is_twin_of(self, other: Self) -> bool {
        self.family().is_twin_of(other)
    }

    /// Whether somebody who chooses a password, a name or an id can make a value of this scheme
    /// that reads as the digest of a common password under the other one.
    pub fn reaches(self, other: Self) -> bool {
        match (self.expression(), other.expression()) {
            (Some(own), Some(other)) => own.reaches(other),
            _ => false,
        }
    }

    /// One line on it for people.
    pub fn description(self) -> &'static str {
        self.row_data().about
    }

    /// The expression of a digest.
    pub(in crate::scheme) fn expression(self) -> Option<&'static Expression> {
        match self.own() {
            Some(own) if own.slow.is_some() => None,
            Some(own) => Some(&own.expression),
            None => EXPRESSIONS.get(self.row())?.as_ref(),
        }
    }

    /// The expression inside a slow hash: `md5(salt.pass)` of `bcrypt(md5(salt.pass))`.
    pub(in crate::scheme) fn inside_slow(self) -> Option<&'static Expression> {
        let own = self.own()?;
        own.slow.map(|_| &own.expression)
    }

    /// Whether a value that carries a setting carries its salt: a digest with its salt beside it.
    /// Of every other scheme that takes a salt from a column, the setting holds something else.
    pub fn carries_salt(self) -> bool {
        self.expression().is_some()
    }

    /// The value as its family takes it: trimmed. What is stored as bytes isn't trimmed, because
    /// its first or last byte may be a space. Nor is the end of a salt behind a digest.
    pub(in crate::scheme) fn bare(self, value: &[u8]) -> &[u8] {
        match self.expression().map(|expression| expression.output) {
            Some(Output::Bytes(_)) => value,
            Some(Output::Hex(_)) => unpadded(value),
            None if self.family().keeps_spaces() => value,
            _ => text::trim(value),
        }
    }

    /// How its strings are taken apart and made.
    pub(in crate::scheme) fn family(self) -> &'static dyn Family {
        match self.row_data().kind {
            SchemeKind::Plaintext => &family::NONE,
            SchemeKind::Text(_) => &family::EXPRESSIONS,
            SchemeKind::Digest(_, _, family) | SchemeKind::Form(family, _) => family,
        }
    }

    fn prefix(self) -> PrefixUse {
        match self.row_data().kind {
            SchemeKind::Form(_, form) => form.prefix,
            _ => PrefixUse::Never,
        }
    }

    pub(super) fn row_data(self) -> &'static SchemeRow {
        match TABLE.get(self.row()) {
            Some(info) => info,
            None => self.own().map_or(&TABLE[0], |own| &own.info),
        }
    }

    fn own(self) -> Option<&'static Own> {
        let at = self.row().checked_sub(TABLE.len())?;
        let own = OWN.read().unwrap_or_else(PoisonError::into_inner);
        own.get(at)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_scheme_is_found_by_its_name_and_no_name_stands_twice() {
        for scheme in Scheme::all() {
            assert_eq!(Scheme::by_name(scheme.name()), Some(scheme));
        }
        assert_eq!(Scheme::by_name("MD5"), None);
    }

    #[test]
    fn every_inner_id_stands_for_one_scheme() {
        let ids: Vec<_> = Scheme::all().filter_map(Scheme::inner_id).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        for scheme in Scheme::all() {
            if let Some(id) = scheme.inner_id() {
                assert_eq!(Scheme::by_inner_id(&id), Some(scheme));
            }
        }
    }

    #[test]
    fn an_expression_that_became_a_row_is_found_by_the_id_that_it_had() {
        let id = InnerId::parse("x-mrtnfejc").expect("an id");
        let text = Scheme::MD5_MIDDLE.expression().map(ToString::to_string);
        assert_eq!(text.as_deref().and_then(own_id), Some(id));
        assert_eq!(Scheme::by_inner_id(&id), Some(Scheme::MD5_MIDDLE));
    }

    #[test]
    fn an_inner_text_that_is_too_long_for_bcrypt_has_an_id_that_can_be_lengthened() {
        for scheme in Scheme::all() {
            if let (Some(id), Some(shape)) = (scheme.inner_id(), scheme.shape())
                && shape.digits() > 71
            {
                assert!(id.long().is_some(), "{id}");
            }
        }
    }

    #[test]
    fn the_strings_of_crypt_can_be_wrapped_by_bcrypt_however_long_they_are() {
        for scheme in [
            Scheme::SHA256CRYPT,
            Scheme::SHA512CRYPT,
            Scheme::BIGCRYPT,
            Scheme::YESCRYPT,
            Scheme::GOST_YESCRYPT,
            Scheme::SCRYPT_7,
            Scheme::SHA1CRYPT,
            Scheme::SUN_MD5,
            Scheme::LDAP_CRYPT,
        ] {
            let id = scheme.inner_id().expect("an id");
            assert!(id.long().is_some(), "{id}");
        }
    }

    #[test]
    fn every_unsalted_digest_can_be_wrapped() {
        assert!(
            Scheme::all()
                .filter(|scheme| scheme.shape().is_some())
                .all(|scheme| scheme.inner_id().is_some())
        );
    }
}
