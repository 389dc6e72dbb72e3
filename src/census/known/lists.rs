//! Which lists there are, and how a value can be judged by them.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::fingerprint::{Fingerprint, IN_PWNED, PwnedKind};
use super::judgement::UnjudgedReason;
use crate::census::bits::{first_bits, front};
use crate::scheme::{Class, Recognised, Scheme, digest, reveal, take};
use crate::text;

/// The lists that values are judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Whether there is any word list.
    pub words: bool,
    /// The kind of the pwned list, if there is one.
    pub pwned: Option<PwnedKind>,
}

/// How a value can be judged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By a look-up, because every password has one digest under this scheme.
    Lookup(Scheme, Fingerprint),
    /// By trying words one by one, because it has a salt or a name in it.
    Tries(Scheme, Fingerprint),
    /// By a verdict that the ledger keeps; without one it is not judged, for this reason.
    Kept(Fingerprint, UnjudgedReason),
    /// Not at all.
    Not(UnjudgedReason),
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lookup(scheme, _) => write!(f, "Lookup({scheme}, ..)"),
            Self::Tries(scheme, _) => write!(f, "Tries({scheme}, ..)"),
            Self::Kept(_, why) => write!(f, "Kept(.., {why:?})"),
            Self::Not(why) => write!(f, "Not({why:?})"),
        }
    }
}

impl Lists {
    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        !self.words && self.pwned.is_none()
    }

    /// The scheme under which plaintext passwords are looked up.
    pub fn scheme_of_plaintext(self) -> Scheme {
        self.pwned.unwrap_or(PwnedKind::Sha1).scheme()
    }

    /// The fingerprint of a plaintext password; none where it has no digest under that scheme.
    pub fn of_password(self, password: &[u8]) -> Option<Fingerprint> {
        let own = self.scheme_of_plaintext();
        let digest = digest(own, password)?;
        Some(self.fingerprint(own, digest.as_bytes()))
    }

    /// The fingerprint of the canonical text of an unsalted scheme.
    pub(super) fn fingerprint(self, scheme: Scheme, text: &[u8]) -> Fingerprint {
        let bits = front(text).unwrap_or_else(|| first_bits(&Sha256::digest(text)));
        self.tagged(scheme, bits)
    }

    /// The fingerprint from the first bits of a digest.
    pub(super) fn tagged(self, scheme: Scheme, bits: u128) -> Fingerprint {
        let fits = self.pwned.is_some_and(|kind| kind.scheme() == scheme);
        Fingerprint(if fits {
            bits | IN_PWNED
        } else {
            bits & !IN_PWNED
        })
    }

    /// How a value can be judged by these lists; none where it holds no password at all.
    ///
    /// `scheme` is the value's own, the declared one or the proven one.
    pub fn way(
        self,
        value: Option<&[u8]>,
        recognised: &Recognised<'_>,
        class: Class,
        scheme: Option<Scheme>,
    ) -> Option<Way> {
        let value = match recognised {
            Recognised::Null | Recognised::Empty | Recognised::Marker(_) | Recognised::Dead => {
                return None;
            }
            _ => value?,
        };
        Some(match (recognised, scheme) {
            (Recognised::Plaintext(password), _) => self.in_the_clear(password),
            (Recognised::Wrapped { .. }, _) => {
                Way::Kept(Fingerprint::of_value(value), UnjudgedReason::Wrapped)
            }
            (Recognised::Digest { .. } | Recognised::Native { .. }, _) if class > Class::Weak => {
                Way::Kept(Fingerprint::of_value(value), UnjudgedReason::Slow)
            }
            (Recognised::Digest { shape, .. }, Some(scheme)) => match front(text::trim(value)) {
                Some(bits) if !shape.is_joined() && has_one_digest(scheme) => {
                    self.lookup(scheme, self.tagged(scheme, bits))
                }
                // A digest that is not spelt in hex.
                None if !shape.is_joined() && has_one_digest(scheme) => match take(value, scheme) {
                    Some(taken) => {
                        self.lookup(scheme, self.fingerprint(scheme, taken.text.as_bytes()))
                    }
                    None => Way::Not(UnjudgedReason::Untried),
                },
                _ => self.tries(scheme, value),
            },
            (Recognised::Native { .. }, Some(scheme)) if scheme.is_reversible() => {
                match reveal(value, scheme) {
                    Some(password) => self.in_the_clear(&password),
                    None => Way::Not(UnjudgedReason::Untried),
                }
            }
            (Recognised::Native { .. }, Some(scheme)) => match take(value, scheme) {
                Some(taken) if taken.setting.is_empty() && has_one_digest(scheme) => {
                    self.lookup(scheme, self.fingerprint(scheme, taken.text.as_bytes()))
                }
                Some(_) => self.tries(scheme, value),
                None => Way::Not(UnjudgedReason::Untried),
            },
            _ => Way::Not(UnjudgedReason::NoScheme),
        })
    }

    fn in_the_clear(self, password: &[u8]) -> Way {
        match self.of_password(password) {
            Some(fingerprint) => self.lookup(self.scheme_of_plaintext(), fingerprint),
            None => Way::Not(UnjudgedReason::Untried),
        }
    }

    fn lookup(self, scheme: Scheme, fingerprint: Fingerprint) -> Way {
        match self.pwned {
            _ if self.words => Way::Lookup(scheme, fingerprint),
            Some(kind) if kind.scheme() == scheme => Way::Lookup(scheme, fingerprint),
            Some(_) => Way::Not(UnjudgedReason::OtherList),
            None => Way::Not(UnjudgedReason::NoList),
        }
    }

    fn tries(self, scheme: Scheme, value: &[u8]) -> Way {
        match self.pwned {
            _ if self.words => Way::Tries(scheme, Fingerprint::of_value(value)),
            Some(_) => Way::Not(UnjudgedReason::OtherList),
            None => Way::Not(UnjudgedReason::NoList),
        }
    }
}

/// Whether every password has one digest under the scheme: it takes nothing of the row, and no
/// site-wide salt of which nobody knows the line.
fn has_one_digest(scheme: Scheme) -> bool {
    !scheme.needs().takes_from_row() && !scheme.is_open()
}
