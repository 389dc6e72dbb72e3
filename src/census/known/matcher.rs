//! Matches words with fingerprints: each word is looked up under every scheme of the column.

use md4::Md4;
use md5::{Digest as _, Md5};
use sha1::Sha1;

use super::fingerprint::Fingerprint;
use super::fingerprints::Fingerprints;
use super::lists::Lists;
use super::word_blocks::WordBlock;
use crate::census::bits::first_bits;
use crate::scheme::{Context, Scheme, VerifyError, make, opens_taken, take};
use crate::secret::SiteSalts;

/// The fingerprints of a column, and which of them have been found.
#[derive(Debug)]
pub struct Matcher {
    lists: Lists,
    schemes: Vec<Scheme>,
    fingerprints: Fingerprints,
    /// The site-wide salts, for schemes that take one.
    site: Option<SiteSalts>,
    /// One bit for each fingerprint.
    found: Vec<u64>,
}

impl Matcher {
    /// Takes the fingerprints that were gathered under these schemes.
    pub fn new(lists: Lists, schemes: &[Scheme], fingerprints: Fingerprints) -> Self {
        Self {
            lists,
            schemes: schemes.to_vec(),
            found: vec![0; fingerprints.len().div_ceil(64)],
            fingerprints,
            site: None,
        }
    }

    /// The same where the application has site-wide salts.
    #[must_use]
    pub fn with_site(mut self, site: Option<SiteSalts>) -> Self {
        self.site = site;
        self
    }

    /// Looks up words of a block, and returns the places of the fingerprints that they have.
    ///
    /// It changes nothing, so several threads can look up parts of a block at once.
    pub fn look_up(&self, block: &WordBlock, numbers: std::ops::Range<usize>) -> Vec<usize> {
        let mut places = Vec::new();
        let context = Context {
            site: self.site.as_ref(),
            ..Context::default()
        };
        for word in block.words(numbers) {
            for scheme in &self.schemes {
                let fingerprint = fingerprint_of_word(self.lists, *scheme, word, &context);
                places.extend(
                    fingerprint.and_then(|fingerprint| self.fingerprints.find(fingerprint.0)),
                );
            }
        }
        places
    }

    /// Marks fingerprints as found.
    pub fn add(&mut self, places: &[usize]) {
        for place in places {
            self.found[place / 64] |= 1 << (place % 64);
        }
    }

    /// The fingerprints, to search a list of digests for them.
    pub fn fingerprints(&self) -> &Fingerprints {
        &self.fingerprints
    }

    /// The fingerprints that were found.
    pub fn found(&self) -> impl Iterator<Item = Fingerprint> {
        let bit = |place: &usize| self.found[place / 64] >> (place % 64) & 1 == 1;
        (0..self.fingerprints.len())
            .filter(bit)
            .map(|place| Fingerprint(self.fingerprints.sorted()[place]))
    }
}

/// The fingerprint of a password under an unsalted scheme; none where the scheme can't take it.
fn fingerprint_of_word(
    lists: Lists,
    scheme: Scheme,
    word: &[u8],
    context: &Context<'_>,
) -> Option<Fingerprint> {
    // The most common schemes need no text in between. A test compares them with the registry.
    let bits = match scheme {
        Scheme::MD5 => first_bits(&Md5::digest(word)),
        Scheme::SHA1 => first_bits(&Sha1::digest(word)),
        Scheme::NTLM => {
            let mut hasher = Md4::new();
            for unit in std::str::from_utf8(word).ok()?.encode_utf16() {
                hasher.update(unit.to_le_bytes());
            }
            first_bits(&hasher.finalize())
        }
        _ => {
            let text = make(scheme, &[], word, context).ok()??;
            return Some(lists.fingerprint(scheme, text.as_bytes()));
        }
    };
    Some(lists.tagged(scheme, bits))
}

/// Whether one of the words opens a salted value; none where its salt or name is missing.
pub fn salted_opens<'w>(
    scheme: Scheme,
    value: &[u8],
    beside: &Context<'_>,
    words: impl IntoIterator<Item = &'w [u8]>,
) -> Option<bool> {
    let taken = take(value, scheme)?;
    for word in words {
        for context in beside.readings(word) {
            match opens_taken(scheme, &taken, word, &context) {
                Ok(true) => return Some(true),
                Ok(false) => {}
                Err(VerifyError::Missing { .. } | VerifyError::Unsupported { .. }) => return None,
                // A word that the scheme can't take is no user's password.
                Err(_) => {}
            }
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::known::{PwnedKind, Way};
    use crate::scheme::{Declared, digest, recognise};
    use crate::secret::InnerSalt;

    const LISTS: Lists = Lists {
        words: true,
        pwned: Some(PwnedKind::Ntlm),
    };

    fn fingerprint_of_value(value: &[u8], declared: Scheme) -> Option<Way> {
        let declared = Declared::Scheme(declared);
        let recognised = recognise(Some(value), declared);
        let class = recognised.class(&crate::scheme::Strength::Bcrypt { cost: 10 });
        LISTS.way(Some(value), &recognised, class, recognised.scheme())
    }

    #[test]
    fn a_word_and_a_value_of_it_have_the_same_finger_under_every_unsalted_scheme() {
        let mut seen = 0;
        for scheme in Scheme::all().filter(|scheme| !scheme.salted()) {
            for word in ["pässword", "x", "0123456789abcdef"] {
                let Some(text) = digest(scheme, word.as_bytes()) else {
                    continue;
                };
                let of_word =
                    fingerprint_of_word(LISTS, scheme, word.as_bytes(), &Context::default())
                        .expect("a fingerprint");
                assert_eq!(
                    fingerprint_of_value(text.to_uppercase().as_bytes(), scheme),
                    Some(Way::Lookup(scheme, of_word)),
                    "{scheme}"
                );
                seen += 1;
            }
        }
        assert!(seen > 60, "{seen}");
    }

    #[test]
    fn a_plaintext_has_the_finger_of_the_pwned_lists_digest() {
        for (pwned, own) in [
            (None, Scheme::SHA1),
            (Some(PwnedKind::Sha1), Scheme::SHA1),
            (Some(PwnedKind::Ntlm), Scheme::NTLM),
        ] {
            let lists = Lists { words: true, pwned };
            let recognised = recognise(Some(b"hunter2"), Declared::Scheme(Scheme::PLAINTEXT));
            let way = lists.way(
                Some(b"hunter2"),
                &recognised,
                crate::scheme::Class::Plaintext,
                None,
            );
            let word = fingerprint_of_word(lists, own, b"hunter2", &Context::default())
                .expect("a fingerprint");
            assert_eq!(way, Some(Way::Lookup(own, word)));
        }
    }

    #[test]
    fn a_salted_value_is_opened_by_a_word_and_not_tried_without_its_salt() {
        let salt = InnerSalt::new("x1");
        let context = Context {
            salt: Some(&salt),
            ..Context::default()
        };
        let made = make(Scheme::MD5_PS, &[], b"dragon", &context)
            .expect("all that it needs")
            .expect("a digest");
        let words: [&[u8]; 3] = [b"123456", b"\xff", b"dragon"];
        let opens = |beside: &Context<'_>, words: &[&'static [u8]]| {
            salted_opens(
                Scheme::MD5_PS,
                made.as_bytes(),
                beside,
                words.iter().copied(),
            )
        };
        assert_eq!(opens(&context, &words), Some(true));
        assert_eq!(opens(&context, &words[..2]), Some(false));
        assert_eq!(opens(&Context::default(), &words), None);
    }
}
