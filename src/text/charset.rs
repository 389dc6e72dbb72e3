//! Bytes of a legacy charset as Unicode text, and back.

use std::borrow::Cow;

use encoding_rs::Encoding;
use thiserror::Error;

use crate::secret::Password;

/// A charset by its WHATWG name. There `latin1` means windows-1252, as it does in MySQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charset(&'static Encoding);

/// The bytes are not text in that charset.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the value is no {charset} text")]
pub struct Undecodable {
    /// The charset's name.
    pub charset: &'static str,
}

impl Charset {
    /// The charset in which logins send passwords.
    pub const UTF_8: Self = Self(encoding_rs::UTF_8);

    /// The charset of a label in any case: `utf-8`, `latin1`, `windows-1251`, `shift_jis` and so
    /// on. UTF-16 is none: a form on a page sends UTF-8 in its place.
    pub fn by_name(label: &str) -> Option<Self> {
        Encoding::for_label_no_replacement(label.as_bytes())
            .filter(|encoding| encoding.output_encoding() == *encoding)
            .map(Self)
    }

    /// The WHATWG name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// The text of the bytes, without replacement characters. A byte order mark is kept.
pub fn decode(bytes: &[u8], charset: Charset) -> Result<Cow<'_, str>, Undecodable> {
    charset
        .0
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or(Undecodable {
            charset: charset.name(),
        })
}

/// The bytes of a text in that charset. None where the charset lacks one of its characters.
pub fn encode(text: &str, charset: Charset) -> Option<Cow<'_, [u8]>> {
    let (bytes, _, unmappable) = charset.0.encode(text);
    (!unmappable).then_some(bytes)
}

/// A password's bytes in that charset, where they are others than those of UTF-8. None where the
/// charset lacks one of its characters.
pub fn in_charset(password: &Password, charset: Charset) -> Option<Password> {
    let sent = password.as_bytes();
    if sent.is_ascii() {
        return None;
    }
    let bytes = encode(std::str::from_utf8(sent).ok()?, charset)?;
    Some(Password::new(bytes.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], label: &str, text: Option<&str>) {
        let charset = Charset::by_name(label).expect(label);
        assert_eq!(decode(bytes, charset).ok().as_deref(), text);
    }

    #[test]
    fn bytes_are_decoded_in_their_charset() {
        check(b"caf\xe9", "latin1", Some("café"));
        check("café".as_bytes(), "UTF-8", Some("café"));
        check(b"\xf0\xc1", "koi8-r", Some("Па"));
    }

    #[test]
    fn bytes_of_another_charset_are_refused_and_not_patched() {
        check(b"caf\xe9", "utf8", None);
    }

    #[test]
    fn a_text_is_encoded_only_if_the_charset_has_all_its_letters() {
        let latin1 = Charset::by_name("latin1").expect("a charset");
        assert_eq!(encode("café", latin1).as_deref(), Some(&b"caf\xe9"[..]));
        assert_eq!(encode("Пароль", latin1), None);
    }

    #[test]
    fn a_byte_order_mark_is_kept() {
        check(b"\xef\xbb\xbfa", "utf8", Some("\u{feff}a"));
    }

    #[test]
    fn an_unknown_charset_has_no_name() {
        assert_eq!(Charset::by_name("klingon"), None);
        assert_eq!(Charset::by_name("utf-16le"), None);
    }
}
