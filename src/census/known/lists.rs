//! Which lists there are, and the way in which a value can be judged by them.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::finger::{Finger, IN_PWNED, PwnedKind};
use super::judgement::Why;
use crate::census::bits::{first_bits, front};
use crate::scheme::{Class, Needs, Recognised, Scheme, digest, reveal, take};
use crate::text;

/// Which lists there are to judge by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Whether there is any word list.
    pub words: bool,
    /// The pwned list's kind, where there is one.
    pub pwned: Option<PwnedKind>,
}

/// The way in which a value can be judged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is looked up: every password has one digest under this scheme.
    Lookup(Scheme, Finger),
    /// It has a salt or a name in it: words are tried on it, one by one.
    Tries(Scheme, Finger),
    /// Only a verdict that the ledger keeps can say, and otherwise it is not judged.
    Kept(Finger, Why),
    /// It can't be judged.
    Not(Why),
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

    /// The scheme under which passwords that stand in the clear are looked up.
    pub fn scheme_of_plaintext(self) -> Scheme {
        self.pwned.unwrap_or(PwnedKind::Sha1).scheme()
    }

    /// The finger of a password that is looked up for itself; none where no digest of it can be made.
    pub fn of_password(self, password: &[u8]) -> Option<Finger> {
        let own = self.scheme_of_plaintext();
        let digest = digest(own, password)?;
        Some(self.finger(own, digest.as_bytes()))
    }

    /// The finger of a canonical text of an unsalted scheme.
    pub(super) fn finger(self, scheme: Scheme, text: &[u8]) -> Finger {
        let bits = front(text).unwrap_or_else(|| first_bits(&Sha256::digest(text)));
        self.tagged(scheme, bits)
    }

    /// The same of the first bits of a digest.
    pub(super) fn tagged(self, scheme: Scheme, bits: u128) -> Finger {
        let fits = self.pwned.is_some_and(|kind| kind.scheme() == scheme);
        Finger(if fits {
            bits | IN_PWNED
        } else {
            bits & !IN_PWNED
        })
    }

    /// The way in which a value can be judged by these lists; none where it holds no password at all. `scheme` is its own, the
    /// declared one or the one that was proven.
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
            (Recognised::Wrapped { .. }, _) => Way::Kept(Finger::of_value(value), Why::Wrapped),
            (Recognised::Digest { .. } | Recognised::Native { .. }, _) if class > Class::Weak => {
                Way::Kept(Finger::of_value(value), Why::Slow)
            }
            (Recognised::Digest { shape, .. }, Some(scheme)) => match front(text::trim(value)) {
                Some(bits) if !shape.is_joined() && scheme.needs() == Needs::default() => {
                    self.lookup(scheme, self.tagged(scheme, bits))
                }
                _ => self.tries(scheme, value),
            },
            (Recognised::Native { .. }, Some(scheme)) if scheme.is_reversible() => {
                match reveal(value, scheme) {
                    Some(password) => self.in_the_clear(&password),
                    None => Way::Not(Why::Untried),
                }
            }
            (Recognised::Native { .. }, Some(scheme)) => match take(value, scheme) {
                Some(taken) if taken.setting.is_empty() && scheme.needs() == Needs::default() => {
                    self.lookup(scheme, self.finger(scheme, taken.text.as_bytes()))
                }
                Some(_) => self.tries(scheme, value),
                None => Way::Not(Why::Untried),
            },
            _ => Way::Not(Why::NoScheme),
        })
    }

    fn in_the_clear(self, password: &[u8]) -> Way {
        match self.of_password(password) {
            Some(finger) => self.lookup(self.scheme_of_plaintext(), finger),
            None => Way::Not(Why::Untried),
        }
    }

    fn lookup(self, scheme: Scheme, finger: Finger) -> Way {
        match self.pwned {
            _ if self.words => Way::Lookup(scheme, finger),
            Some(kind) if kind.scheme() == scheme => Way::Lookup(scheme, finger),
            Some(_) => Way::Not(Why::OtherList),
            None => Way::Not(Why::NoList),
        }
    }

    fn tries(self, scheme: Scheme, value: &[u8]) -> Way {
        match self.pwned {
            _ if self.words => Way::Tries(scheme, Finger::of_value(value)),
            Some(_) => Way::Not(Why::OtherList),
            None => Way::Not(Why::NoList),
        }
    }
}
