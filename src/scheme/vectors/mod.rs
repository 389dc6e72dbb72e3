//! The vectors that other people's implementations made (`tests/vectors/make.py`), and other
//! projects' own where they lie beside this one.

mod applications;
pub(super) mod coverage;
mod crypt;
mod elsewhere;
mod expressions;
mod forms;
mod frameworks;
mod identified;
mod native;
pub(crate) mod unread;
mod work;

pub(crate) use work::{odd_passwords, one_of_each};

use serde_json::Value;

use super::*;
use crate::secret::{InnerSalt, Password, StoredHash};

const TARGET: Strength = Strength::Bcrypt { cost: 10 };

/// One line of a file of vectors.
pub(crate) struct Vector {
    pub(crate) scheme: Scheme,
    pub(crate) stored: Vec<u8>,
    password: Vec<u8>,
    salt: Option<InnerSalt>,
    salt2: Option<InnerSalt>,
    username: Option<String>,
    user_id: Option<String>,
}

impl Vector {
    /// Reads a line; none where the registry doesn't have its scheme.
    fn read(line: &Value) -> Option<Self> {
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        let salt = |name: &str| bytes(line, name).map(InnerSalt::new);
        Some(Self {
            scheme: Scheme::parse(field(line, "scheme")).ok()?,
            stored: bytes(line, "stored").or_else(|| bytes(line, "hash"))?,
            password: bytes(line, "password")?,
            salt: salt("salt"),
            salt2: salt("salt2"),
            username: text("username"),
            user_id: text("user_id"),
        })
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            salt: self.salt.as_ref(),
            salt2: self.salt2.as_ref(),
            username: self.username.as_deref(),
            user_id: self.user_id.as_deref(),
            ..Context::default()
        }
    }

    /// Whether the password opens the stored value, taken for one of the scheme.
    fn opens(&self, stored: &[u8], password: &[u8]) -> Result<bool, VerifyError> {
        let (stored, password) = (StoredHash::new(stored), Password::new(password));
        verify_as(&stored, &password, self.scheme, &self.context())
    }

    /// The same through recognition: a string with a prefix under `auto`, any other as what it is
    /// declared to be.
    fn opens_recognised(&self) -> Result<bool, VerifyError> {
        let declared = if self.scheme.has_prefix() {
            Declared::Auto
        } else {
            Declared::Scheme(self.scheme)
        };
        let (stored, password) = (
            StoredHash::new(&self.stored[..]),
            Password::new(&self.password[..]),
        );
        verify(&stored, &password, declared, &self.context())
    }

    /// Whether the scheme can't tell a password from the right one.
    fn alike(&self, wrong: &[u8]) -> bool {
        let right = &self.password[..];
        // Of DES's schemes the bytes that are read, as the bits that are.
        let bits = |password: &[u8], len: usize| -> Vec<u8> {
            let padded = password.iter().chain(std::iter::repeat(&0));
            padded.take(len).map(|byte| byte << 1).collect()
        };
        match self.scheme {
            Scheme::DESCRYPT => bits(right, 8) == bits(wrong, 8),
            Scheme::BIGCRYPT => bits(right, 128) == bits(wrong, 128),
            // A directory's may be descrypt.
            Scheme::LDAP_CRYPT => right.iter().take(8).eq(wrong.iter().take(8)),
            Scheme::BCRYPT_2A
            | Scheme::BCRYPT_2B
            | Scheme::BCRYPT_2X
            | Scheme::BCRYPT_2Y
            | Scheme::BCRYPT_BCRYPT => right.iter().take(72).eq(wrong.iter().take(72)),
            // WordPress trims.
            Scheme::WORDPRESS_BCRYPT => right.trim_ascii() == wrong.trim_ascii(),
            // It skips white space.
            Scheme::MYSQL323 => {
                let solid = |byte: &&u8| !matches!(**byte, b' ' | b'\t');
                right.iter().filter(solid).eq(wrong.iter().filter(solid))
            }
            _ => false,
        }
    }

    /// The right password opens the value, and what the value is taken apart into is made of it
    /// again.
    fn check_right(&self) {
        let scheme = self.scheme;
        assert_eq!(
            self.opens(&self.stored, &self.password),
            Ok(true),
            "{scheme}: the right password of {} bytes",
            self.password.len()
        );
        assert_eq!(self.opens_recognised(), Ok(true), "{scheme}, recognised");
        let taken = take(&self.stored, scheme).expect("it was opened");
        let made = make(scheme, &taken.setting, &self.password, &self.context());
        let made = made.expect("it was opened").expect("it was opened");
        assert!(made.as_str() == taken.text.as_str(), "{scheme}: the text");
    }

    /// No other password opens the value, except those that the scheme itself can't tell from the
    /// right one.
    fn check_wrong(&self, alike: impl Fn(&[u8]) -> bool) {
        let right = &self.password[..];
        let longer = [right, b" "].concat();
        let in_front = [b"x", right].concat();
        let shorter = right.split_last().map_or(right, |(_, front)| front);
        for wrong in [&[][..], b"wrong", shorter, &longer, &in_front, &self.stored] {
            if wrong != right && !alike(wrong) {
                assert_ne!(
                    self.opens(&self.stored, wrong),
                    Ok(true),
                    "{}: a wrong password of {} bytes, not {}",
                    self.scheme,
                    wrong.len(),
                    right.len()
                );
            }
        }
    }

    /// The right password doesn't open another value.
    fn check_altered(&self) {
        for at in [self.stored.len() * 3 / 4, self.stored.len() - 5] {
            let mut stored = self.stored.clone();
            // A digit of every alphabet, and not the same one in another case.
            stored[at] = if stored[at].eq_ignore_ascii_case(&b'a') {
                b'b'
            } else {
                b'a'
            };
            assert_ne!(
                self.opens(&stored, &self.password),
                Ok(true),
                "{}",
                self.scheme
            );
        }
    }
}

/// The lines of a file of vectors.
fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

/// Every line of a file, each of which must be of a known scheme.
fn vectors(text: &str) -> impl Iterator<Item = Vector> {
    lines(text).into_iter().map(|line| {
        Vector::read(&line).unwrap_or_else(|| panic!("{} is not known", field(&line, "scheme")))
    })
}

fn field<'v>(line: &'v Value, name: &str) -> &'v str {
    line[name].as_str().expect("a text")
}

/// A field's bytes: of a text its UTF-8, else what `<name>_hex` says.
fn bytes(line: &Value, name: &str) -> Option<Vec<u8>> {
    if let Some(text) = line[name].as_str() {
        return Some(text.as_bytes().to_vec());
    }
    let hex = line[format!("{name}_hex")].as_str()?;
    let byte = |at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn scheme(line: &Value) -> Scheme {
    Scheme::by_name(field(line, "scheme")).expect("a scheme of the registry")
}

fn opens(stored: &str, password: &str, declared: Declared) -> Result<bool, VerifyError> {
    verify(
        &StoredHash::new(stored),
        &Password::new(password),
        declared,
        &Context::default(),
    )
}

/// The right password opens the value, or it can't be checked at all; no other one opens it.
fn check(stored: &str, password: &str, declared: Declared) {
    match opens(stored, password, declared) {
        Ok(true) => {}
        Err(VerifyError::Unsupported { .. }) => return,
        other => panic!(
            "{:?}: {other:?}",
            recognise(Some(stored.as_bytes()), declared)
        ),
    }
    for wrong in [
        "",
        "wrong",
        stored,
        &format!("{password} "),
        &format!("x{password}"),
    ] {
        // bcrypt itself, of a native string, looks at no more than 72 bytes.
        let cut_alike = wrong
            .get(..72)
            .is_some_and(|front| password.starts_with(front));
        // WordPress trims what a user logs in with.
        let trimmed_alike = stored.starts_with("$wp$") && wrong.trim() == password;
        assert!(
            wrong == password
                || cut_alike
                || trimmed_alike
                || opens(stored, wrong, declared) != Ok(true),
            "a wrong password is accepted"
        );
    }
}
