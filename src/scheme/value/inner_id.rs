//! The id of what stands inside a wrapped value.

use std::fmt;

/// An inner id: `[a-z0-9]+(-[a-z0-9]+)*`, at most [`InnerId::LEN_MAX`] characters, held in place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InnerId {
    bytes: [u8; Self::LEN_MAX],
    len: u8,
}

impl InnerId {
    /// The most characters that an id may have: a PHC identifier has at most 32, `pbkdf2-sha512--`
    /// takes 15 of them.
    pub const LEN_MAX: usize = 17;
    /// A secret answer in the normal form of [`crate::text::answer1`].
    pub const ANSWER1: Self = Self::known("answer1");
    /// A long password that went through SHA-384 and base64 because the outer hash can't take it as
    /// it is.
    pub const SHA384_B64: Self = Self::known("sha384-b64");
    /// What is appended to an id whose inner text went through SHA-384 and base64.
    pub const LONG_SUFFIX: &'static str = "-b64s384";

    /// Reads an id.
    pub const fn parse(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.is_empty() || text.len() > Self::LEN_MAX {
            return None;
        }
        let mut bytes = [0; Self::LEN_MAX];
        let mut at = 0;
        // A hyphen may stand neither first nor last nor beside another.
        let mut hyphen_allowed = false;
        while at < text.len() {
            match text[at] {
                b'a'..=b'z' | b'0'..=b'9' => hyphen_allowed = true,
                b'-' if hyphen_allowed => hyphen_allowed = false,
                _ => return None,
            }
            bytes[at] = text[at];
            at += 1;
        }
        if !hyphen_allowed {
            return None;
        }
        Some(Self {
            bytes,
            len: text.len() as u8,
        })
    }

    /// Reads an id whose words are joined by underscores, as Django's names are: the same ids, each
    /// spelt in one way.
    pub(in crate::scheme) fn parse_underscored(text: &str) -> Option<Self> {
        let mut hyphened = [0; Self::LEN_MAX];
        let place = hyphened.get_mut(..text.len())?;
        place.copy_from_slice(text.as_bytes());
        if place.contains(&b'-') {
            return None;
        }
        for byte in place.iter_mut().filter(|byte| **byte == b'_') {
            *byte = b'-';
        }
        Self::parse(std::str::from_utf8(place).ok()?)
    }

    /// An id from the source code, checked when it is compiled.
    pub(in crate::scheme) const fn known(text: &str) -> Self {
        match Self::parse(text) {
            Some(id) => id,
            None => panic!("an inner id in the registry breaks the rule for inner ids"),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).expect("an id is ASCII")
    }

    /// The same id for an inner text that went through SHA-384 and base64; `None` where that would
    /// be too long.
    pub fn long(&self) -> Option<Self> {
        Self::parse(&format!("{}{}", self.as_str(), Self::LONG_SUFFIX))
    }

    /// Whether what stands inside is made of the password alone: an answer, or a long password. It
    /// needs nothing that stands beside the value.
    pub fn is_of_the_password(&self) -> bool {
        let inner = self.short().unwrap_or(*self);
        inner == Self::ANSWER1 || inner == Self::SHA384_B64
    }

    /// The id before [`InnerId::long`], if this is such a one.
    pub fn short(&self) -> Option<Self> {
        self.as_str()
            .strip_suffix(Self::LONG_SUFFIX)
            .and_then(Self::parse)
    }
}

impl fmt::Display for InnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for InnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_words_of_lowercase_letters_and_digits_joined_by_single_hyphens() {
        for good in [
            "md5",
            "a",
            "sha512-b64s384",
            "x-abcd2345",
            "12345678901234567",
        ] {
            assert_eq!(InnerId::parse(good).expect(good).as_str(), good);
        }
        for bad in [
            "",
            "-",
            "-a",
            "a-",
            "a--b",
            "MD5",
            "a_b",
            "a b",
            "é",
            "123456789012345678",
        ] {
            assert_eq!(InnerId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_long_form_leads_back_to_the_short_one() {
        let id = InnerId::parse("sha512").expect("a good id");
        assert_eq!(id.long().expect("it fits").as_str(), "sha512-b64s384");
        assert_eq!(id.long().and_then(|long| long.short()), Some(id));
        assert_eq!(id.short(), None);
        assert_eq!(
            InnerId::parse("a-b-c-d-e-f").expect("a good id").long(),
            None
        );
    }
}
