//! The form of dead values: the values of rows that were reset. No password opens one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::scheme::{Declared, Recognised, recognise};
use crate::secret::StoredHash;

/// The placeholder of the random part in a form.
const PLACE: &str = "{random}";

/// saltern's own form.
const OWN: &str = "!saltern:reset:{random}";

/// The form of Django's `set_unusable_password`, which writes 40 letters and digits behind the `!`.
const DJANGO: &str = "!{random}";

/// The most random bytes that a dead value takes. They must be beyond guessing, because an
/// application that compares `password = ?` lets in who guesses them.
pub const RANDOM_BYTES: usize = 25;

/// The random bytes in a form that is not Django's: 128 bits.
const OWN_BYTES: usize = 16;

/// The longest form, in characters.
const CHARS_MAX: usize = 200;

/// How dead values look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadForm(String);

/// Why a text is no form of dead values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeadFormError {
    /// It has characters that not every column keeps as they are.
    #[error("must be at most 200 printable characters of ASCII, without a space at either end")]
    NotPlain,
    /// It does not hold `{random}` exactly once, and is no marker. Where every row has the same
    /// value, who knows it could log in.
    #[error("must hold {{random}} once, unless it is a marker of locked accounts")]
    NoRandom,
    /// Its values would be taken for something else.
    #[error(
        "would not be known again: begin it with !saltern: or make it !{{random}}, which is Django's"
    )]
    NotKnownAgain,
    /// In a column of plaintext its values would be passwords.
    #[error("would be a password in a column of plaintext: begin it with !saltern:")]
    Plaintext,
}

impl Default for DeadForm {
    fn default() -> Self {
        Self(OWN.to_owned())
    }
}

impl DeadForm {
    /// Reads a form for a column. Its values must be recognised as dead or locked by readers that
    /// don't know the form.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str, declared: Declared) -> Result<Self, DeadFormError> {
        let is_plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !is_plain || text.len() > CHARS_MAX || text.trim() != text || text.is_empty() {
            return Err(DeadFormError::NotPlain);
        }
        let form = Self(text.to_owned());
        let sample = form.make(&[0xfb; RANDOM_BYTES]);
        let recognised = recognise(Some(sample.as_bytes()), declared);
        match (text.matches(PLACE).count(), recognised) {
            (1, Recognised::Dead | Recognised::Marker(_)) | (0, Recognised::Marker(_)) => Ok(form),
            (1, Recognised::Plaintext(_) | Recognised::LooksHashed)
            | (0, Recognised::Plaintext(_)) => Err(DeadFormError::Plaintext),
            (1, _) => Err(DeadFormError::NotKnownAgain),
            _ => Err(DeadFormError::NoRandom),
        }
    }

    /// The form as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether every row gets the same value, a marker.
    pub fn is_fixed(&self) -> bool {
        !self.0.contains(PLACE)
    }

    /// How many characters a value of this form has.
    pub fn chars(&self) -> usize {
        self.make(&[0; RANDOM_BYTES]).as_bytes().len()
    }

    /// The dead value of a row.
    pub fn make(&self, random: &[u8; RANDOM_BYTES]) -> StoredHash {
        let random = if self.0 == DJANGO {
            letters(random)
        } else {
            URL_SAFE_NO_PAD.encode(&random[..OWN_BYTES])
        };
        StoredHash::new(self.0.replacen(PLACE, &random, 1))
    }
}

/// The bytes as letters and digits, five bits a character.
fn letters(random: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut out = String::with_capacity(random.len() * 8 / 5);
    for five in random.chunks_exact(5) {
        let bits = five
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for at in (0..8).rev() {
            let index = usize::try_from(bits >> (5 * at) & 31).unwrap_or_default();
            out.push(char::from(ALPHABET[index]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Scheme;

    const PLAINTEXT: Declared = Declared::Scheme(Scheme::PLAINTEXT);
    const MD5: Declared = Declared::Scheme(Scheme::MD5);

    #[test]
    fn a_dead_value_is_a_mark_and_22_characters_of_base64url() {
        let value = DeadForm::default().make(&[0xfb; RANDOM_BYTES]);
        assert_eq!(value.as_bytes(), b"!saltern:reset:-_v7-_v7-_v7-_v7-_v7-w");
        assert_eq!(DeadForm::default().chars(), 37);
    }

    #[test]
    fn a_dead_value_is_no_password_in_any_column() {
        for declared in [Declared::Auto, PLAINTEXT, MD5] {
            for form in [OWN, "!saltern:{random}"] {
                let form = DeadForm::parse(form, declared).expect(form);
                let value = form.make(&[7; RANDOM_BYTES]);
                let recognised = recognise(Some(value.as_bytes()), declared);
                assert!(matches!(recognised, Recognised::Dead), "{declared:?}");
            }
        }
    }

    #[test]
    fn djangos_form_and_known_markers_are_locked() {
        let django = DeadForm::parse("!{random}", Declared::Auto).expect("it is Django's");
        let value = django.make(&[0xfb; RANDOM_BYTES]);
        assert_eq!(value.as_bytes().len(), 41);
        assert_ne!(value, django.make(&[0xfa; RANDOM_BYTES]));
        for marker in ["!", "*", "*LK*", "!!"] {
            let form = DeadForm::parse(marker, MD5).expect(marker);
            assert!(form.is_fixed() && form.chars() == marker.len());
        }
    }

    #[test]
    fn what_would_be_guessed_or_not_known_again_is_no_form() {
        use DeadFormError::{NoRandom, NotKnownAgain, NotPlain, Plaintext};
        for (text, declared, why) in [
            ("disabled", MD5, NoRandom),
            ("!saltern:gone", MD5, NoRandom),
            ("!saltern:{random}{random}", MD5, NoRandom),
            ("!disabled:{random}", MD5, NotKnownAgain),
            ("{random}", Declared::Auto, NotKnownAgain),
            ("!", PLAINTEXT, Plaintext),
            ("!{random}", PLAINTEXT, Plaintext),
            ("", MD5, NotPlain),
            ("!saltern:\n{random}", MD5, NotPlain),
            ("!saltern:ä{random}", MD5, NotPlain),
        ] {
            assert_eq!(DeadForm::parse(text, declared), Err(why), "{text}");
        }
    }
}
