//! What one value may be, for a person who has the value alone: no column, no declaration.
//!
//! It names everything, likeliest first, and decides nothing. What a run takes a value for is
//! decided in `recognise`.

use std::sync::LazyLock;

use super::application_salts::application_salts;
use crate::scheme::recognise::recognise;
use crate::scheme::value::{Declared, Recognised, Scheme, Shape, split_salt, unpadded};

/// One thing that a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The scheme.
    pub scheme: Scheme,
    /// The application whose values look so, where the scheme's own name is its formula: `joomla`.
    application: Option<&'static str>,
}

impl Candidate {
    /// The application's name, or else the scheme's: both are names that [`Scheme::by_name`] knows.
    pub fn name(self) -> &'static str {
        self.application.unwrap_or(self.scheme.name())
    }
}

impl From<Scheme> for Candidate {
    fn from(scheme: Scheme) -> Self {
        Self {
            scheme,
            application: None,
        }
    }
}

/// What the value is without any declaration; `candidates` becomes the list of what it may be,
/// likeliest first.
///
/// A prefix comes first, then the schemes that hide behind it. A bare digest may be of every
/// unsalted scheme of its length, then of the salted ones. A digest with a salt behind it may be of
/// whatever joins them so. Applications that make such salts come before the rest.
///
/// A value without a prefix may be of every scheme whose form it has, whatever its class: many a
/// word has the form of a hash.
///
/// A wrapped value counts as the outer hash. A hash behind a lock counts as that hash.
///
/// The list is the caller's, so that millions of lines need one.
pub fn identify<'v>(value: &'v [u8], candidates: &mut Vec<Candidate>) -> Recognised<'v> {
    candidates.clear();
    let recognised = recognise(Some(value), Declared::Auto);
    let bare = unpadded(value);
    match recognised {
        Recognised::Wrapped { outer, .. } => candidates.push(outer.into()),
        Recognised::Native { scheme, .. } => {
            candidates.push(scheme.into());
            if scheme.is_guess()
                && let Some(taken) = scheme.family().take(scheme, bare)
                && let Some((twin, _)) = scheme.family().twin(scheme, &taken.setting)
            {
                candidates.push(twin.into());
            }
            forms(bare, candidates);
        }
        Recognised::Digest { shape, .. } => digests(shape, bare, candidates),
        Recognised::Unknown => forms(bare, candidates),
        Recognised::Marker(name) if name.ends_with("<hash>") => behind_a_lock(bare, candidates),
        _ => {}
    }
    recognised
}

/// The schemes of a shape: what needs nothing else, then what needs other columns.
struct OfShape {
    alone: Vec<Scheme>,
    with_columns: Vec<Scheme>,
}

/// A digest in hex, alone or joined. Forms of the same length are rarer than the unsalted digests,
/// and a joined form is stricter than a salt.
fn digests(shape: Shape, bare: &[u8], candidates: &mut Vec<Candidate>) {
    static OF_SHAPE: LazyLock<Vec<OfShape>> = LazyLock::new(|| {
        let of = |shape: Shape| OfShape {
            alone: shape.candidates().to_vec(),
            with_columns: shape
                .salted_candidates()
                .filter(|scheme| !shape.is_joined() && !shape.candidates().contains(scheme))
                .collect(),
        };
        Shape::ALL.map(of).into()
    });
    let Some(of_shape) = OF_SHAPE.get(shape.index()) else {
        return;
    };
    if shape.is_joined() {
        forms(bare, candidates);
        let salt = split_salt(bare).map_or(&[][..], |(_, salt)| salt);
        candidates.extend(application_salts(shape, salt).map(|habit| Candidate {
            scheme: habit.scheme,
            application: habit.application,
        }));
        let named = candidates.len();
        for scheme in &of_shape.alone {
            let candidate = Candidate::from(*scheme);
            if !candidates[..named].contains(&candidate) {
                candidates.push(candidate);
            }
        }
    } else {
        candidates.extend(of_shape.alone.iter().copied().map(Candidate::from));
        forms(bare, candidates);
        candidates.extend(of_shape.with_columns.iter().copied().map(Candidate::from));
    }
}

/// The schemes whose form the value has without a prefix, in the table's order, which is that of
/// their likelihood.
fn forms(bare: &[u8], candidates: &mut Vec<Candidate>) {
    static FORMS: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
        Scheme::all()
            .filter(|scheme| scheme.shape().is_none() && *scheme != Scheme::PLAINTEXT)
            .filter(|scheme| !scheme.has_prefix() || scheme.is_also_bare())
            .collect()
    });
    let prefixed = candidates.first().map(|first| first.scheme);
    for scheme in FORMS.iter() {
        if scheme.family().read(*scheme, bare).is_some() && prefixed != Some(*scheme) {
            candidates.push((*scheme).into());
        }
    }
}

/// What stands behind the `!`, `*LK*` or `*LOCKED*` of a locked account.
fn behind_a_lock(bare: &[u8], candidates: &mut Vec<Candidate>) {
    let hash = [&b"*LOCKED*"[..], b"*LK*", b"!!", b"!", b"*"]
        .into_iter()
        .find_map(|lock| bare.strip_prefix(lock));
    if let Some(hash) = hash {
        match recognise(Some(hash), Declared::Auto) {
            Recognised::Native { scheme, .. } => candidates.push(scheme.into()),
            Recognised::Digest { shape, .. } => digests(shape, hash, candidates),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Class, Strength};

    fn check(value: &str, class: Class, first: &[Scheme]) {
        let mut candidates = vec![Scheme::PLAINTEXT.into()];
        let found =
            identify(value.as_bytes(), &mut candidates).class(&Strength::Bcrypt { cost: 10 });
        assert_eq!(found, class, "{value}");
        let found: Vec<_> = candidates.iter().map(|known| known.scheme).collect();
        assert_eq!(found.get(..first.len()), Some(first), "{value}");
        assert!(!first.is_empty() || candidates.is_empty(), "{candidates:?}");
    }

    const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";

    #[test]
    fn a_mark_is_believed_first() {
        let bcrypt = "$2y$10$iy1ZFmZlC0yTeKR79aXhqeuSI9ZLroS1RicHxS8fG3RNFBr4QxHR6";
        check(bcrypt, Class::Strong, &[Scheme::BCRYPT_2Y]);
        check(
            "{SSHA}nF8Cp6PDobIQGFAyL3ZLx+tBivdncmFp",
            Class::Weak,
            &[Scheme::LDAP_SSHA],
        );
    }

    #[test]
    fn a_bare_digest_may_be_every_unsalted_one_of_its_length_and_then_the_salted_ones() {
        check(MD5, Class::Weak, &[Scheme::MD5, Scheme::NTLM, Scheme::MD4]);
        let mut candidates = Vec::new();
        let _ = identify(MD5.as_bytes(), &mut candidates);
        for shaped in Scheme::all().filter(|scheme| scheme.shape() == Some(Shape::Hex32)) {
            assert!(candidates.contains(&shaped.into()), "{shaped}");
        }
        let salted = candidates.iter().position(|known| known.scheme.salted());
        let unsalted = candidates.iter().rposition(|known| !known.scheme.salted());
        assert!(unsalted < salted);
    }

    #[test]
    fn a_digest_with_its_salt_is_a_salted_one() {
        check(&format!("{MD5}:wxyz"), Class::Weak, &[Scheme::MD5_PS]);
        let mut candidates = Vec::new();
        let _ = identify(format!("{MD5}:wxyz").as_bytes(), &mut candidates);
        assert!(candidates.iter().all(|known| known.scheme.salted()));
        assert!(candidates.contains(&Scheme::VBULLETIN.into()));
    }

    #[test]
    fn a_salt_says_which_application_makes_such_ones() {
        let sha1 = format!("{MD5}01234567");
        let hex = "0123456789abcdef";
        for (value, names) in [
            (format!("{MD5}:0f"), &["oscommerce", "magento1"][..]),
            (format!("{MD5}:0F"), &["magento1", "md5(pass.salt)"]),
            (format!("{MD5}:z\"Q"), &["vbulletin", "md5(pass.salt)"]),
            (format!("{MD5}:K,a)z"), &["ipb", "md5(pass.salt)"]),
            (
                format!("{MD5}:{}", "aB3dE6gH".repeat(4)),
                &["joomla", "magento1", "md5(pass.salt)"],
            ),
            (format!("{MD5}:{}", "aB3dE6gH".repeat(7)), &["prestashop"]),
            (format!("{sha1}:aB3dE6gHi"), &["opencart"]),
            (format!("{sha1}:aB3dE6gHi~!@"), &["punbb"]),
            (format!("{sha1}:{hex}{hex}"), &["redmine"]),
            (
                format!("{sha1}:{hex}{hex}01234567"),
                &["wbb3", "rails-restful-auth"],
            ),
        ] {
            let mut candidates = Vec::new();
            let _ = identify(value.as_bytes(), &mut candidates);
            let found: Vec<_> = candidates.iter().map(|known| known.name()).collect();
            assert!(found.starts_with(names), "{value}: {found:?}");
            let formula = Scheme::by_name(names[0]).expect("a name");
            assert!(found.contains(&formula.name()), "{value}: {found:?}");
        }
    }

    #[test]
    fn a_hash_behind_a_lock_is_named_and_locked() {
        check(
            "!$1$saltgrai$lYmWLiltvL5p2hq4VzM4a0",
            Class::Locked,
            &[Scheme::MD5CRYPT],
        );
        check(&format!("*LK*{MD5}"), Class::Locked, &[Scheme::MD5]);
        check("!", Class::Locked, &[]);
    }

    #[test]
    fn what_is_nothing_has_no_candidates() {
        check("", Class::Empty, &[]);
        check("hunter2", Class::Unknown, &[]);
        check("!saltern:reset:0123456789abcdefghijkl", Class::Locked, &[]);
    }
}
