//! Reads one line of `verify --json`: a value, a password, and the salts and names that a scheme
//! needs.
//!
//! Errors are fixed texts, because any part of a line may be a secret.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::scheme::Scheme;
use crate::secret::{InnerSalt, Password, SiteSalts, StoredHash};
use crate::text;

/// One line: does this password open this value?
pub(super) struct Request {
    /// The stored value. None is NULL.
    pub(super) stored: Option<StoredHash>,
    pub(super) password: Password,
    pub(super) salt: Option<InnerSalt>,
    pub(super) salt2: Option<InnerSalt>,
    pub(super) username: Option<Zeroizing<String>>,
    pub(super) user_id: Option<Zeroizing<String>>,
    /// The site-wide salts of the application.
    pub(super) site: Option<SiteSalts>,
    /// The scheme, where it was named and is known.
    pub(super) scheme: Option<Scheme>,
}

impl Request {
    /// A request with a password only.
    pub(super) fn new(password: Password) -> Self {
        Self {
            stored: None,
            password,
            salt: None,
            salt2: None,
            username: None,
            user_id: None,
            site: None,
            scheme: None,
        }
    }

    /// Reads a line.
    pub(super) fn parse(line: &[u8]) -> Result<Self, &'static str> {
        let typed: Typed = serde_json::from_slice(line).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => {
                "the line is no JSON object with these fields: stored, password, salt, salt2, username, user_id, scheme"
            }
            _ => "the line is no JSON",
        })?;
        if typed.stored.is_none() && typed.stored_hex.is_none() {
            return Err("stored is missing");
        }
        let password = one(typed.password, typed.password_hex)?.ok_or("password is missing")?;
        let stored = one(typed.stored.flatten(), typed.stored_hex.flatten())?;
        Ok(Self {
            stored: stored.map(|bytes| StoredHash::new(bytes.to_vec())),
            password: Password::new(password.to_vec()),
            salt: salt(typed.salt, typed.salt_hex)?,
            salt2: salt(typed.salt2, typed.salt2_hex)?,
            username: typed.username.map(|name| name.0),
            user_id: typed.user_id.map(Id::text),
            site: None,
            // An unknown name counts as none.
            scheme: typed.scheme.and_then(|name| Scheme::parse(&name.0).ok()),
        })
    }
}

/// A line as it was written. Unknown fields are ignored.
#[derive(Deserialize)]
struct Typed {
    /// The outer option is the field, the inner one is NULL.
    #[serde(default, deserialize_with = "present")]
    stored: Option<Option<WipedText>>,
    #[serde(default, deserialize_with = "present")]
    stored_hex: Option<Option<WipedText>>,
    password: Option<WipedText>,
    password_hex: Option<WipedText>,
    salt: Option<WipedText>,
    salt_hex: Option<WipedText>,
    salt2: Option<WipedText>,
    salt2_hex: Option<WipedText>,
    username: Option<WipedText>,
    user_id: Option<Id>,
    scheme: Option<WipedText>,
}

/// A text that is wiped when dropped.
struct WipedText(Zeroizing<String>);

/// A user's id, as text or as the number that it is in the table.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Number(serde_json::Number),
    Text(WipedText),
}

impl<'de> Deserialize<'de> for WipedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// Shows no secret.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Request(..)")
    }
}

impl Id {
    fn text(self) -> Zeroizing<String> {
        match self {
            Self::Number(number) => Zeroizing::new(number.to_string()),
            Self::Text(text) => text.0,
        }
    }
}

fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<WipedText>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn salt(
    text: Option<WipedText>,
    hex: Option<WipedText>,
) -> Result<Option<InnerSalt>, &'static str> {
    Ok(one(text, hex)?.map(|bytes| InnerSalt::new(bytes.to_vec())))
}

/// The bytes of a field. It is given as text, or in hex, or in both with the same bytes.
fn one(
    text: Option<WipedText>,
    hex: Option<WipedText>,
) -> Result<Option<Zeroizing<Vec<u8>>>, &'static str> {
    let text = text.map(|text| Zeroizing::new(text.0.as_bytes().to_vec()));
    let hex = match hex {
        Some(hex) => Some(text::unhex(hex.0.as_bytes()).ok_or("a field in hex is not hex")?),
        None => None,
    };
    match (text, hex) {
        (Some(text), Some(hex)) if text != hex => {
            Err("a field is given as text and in hex, and the two differ")
        }
        (text, hex) => Ok(hex.or(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str, reason: &str) {
        let error = Request::parse(line.as_bytes()).expect_err("a bad line");
        assert!(error.contains(reason), "{line}: {error}");
    }

    #[test]
    fn a_line_has_a_value_and_a_password() {
        let request = Request::parse(br#"{"stored":"a","password":"b","line":7,"scheme":null}"#)
            .expect("a good line");
        assert_eq!(request.stored, Some(StoredHash::new("a")));
        assert_eq!(request.password, Password::new("b"));
        assert_eq!(request.scheme, None);
        refused("", "no JSON");
        refused("stored", "no JSON");
        refused("[]", "no JSON object");
        refused("{}", "stored is missing");
        refused(r#"{"stored":"a"}"#, "password is missing");
        refused(r#"{"stored":"a","password":null}"#, "password is missing");
        refused(r#"{"stored":5,"password":"b"}"#, "no JSON object");
        refused(
            r#"{"stored":"a","stored":"b","password":"b"}"#,
            "no JSON object",
        );
    }

    #[test]
    fn a_stored_null_is_a_value() {
        let request = Request::parse(br#"{"stored":null,"password":"b"}"#).expect("a good line");
        assert_eq!(request.stored, None);
    }

    #[test]
    fn bytes_are_given_in_hex() {
        let request = Request::parse(
            br#"{"stored_hex":"00ff","password_hex":"E9","salt_hex":"","salt2_hex":"0a","username":"u","user_id":17}"#,
        )
        .expect("a good line");
        assert_eq!(request.stored, Some(StoredHash::new(b"\0\xff".to_vec())));
        assert_eq!(request.password, Password::new(b"\xe9".to_vec()));
        assert_eq!(request.salt, Some(InnerSalt::new("")));
        assert_eq!(request.salt2, Some(InnerSalt::new("\n")));
        assert_eq!(request.user_id.as_deref().map(String::as_str), Some("17"));
        refused(r#"{"stored":"a","password_hex":"0"}"#, "not hex");
        refused(
            r#"{"stored":"a","password":"b","password_hex":"63"}"#,
            "differ",
        );
    }

    #[test]
    fn an_error_repeats_nothing_of_the_line() {
        for line in [
            r#"{"stored":"a","password":["hunter2"]}"#,
            r#"{"stored":"a","password":"hunter2""#,
            r#""hunter2""#,
        ] {
            let error = Request::parse(line.as_bytes()).expect_err("a bad line");
            assert!(!error.contains("hunter2"));
        }
    }

    #[test]
    fn a_scheme_is_a_name_or_an_expression_and_what_is_neither_says_nothing() {
        let scheme = |name: &str| {
            let line = format!(r#"{{"stored":"a","password":"b","scheme":"{name}"}}"#);
            Request::parse(line.as_bytes()).expect("a good line").scheme
        };
        assert_eq!(scheme("md5"), Some(Scheme::MD5));
        assert_eq!(scheme("md5(pass)"), Some(Scheme::MD5));
        assert_eq!(scheme("no such thing"), None);
    }
}
