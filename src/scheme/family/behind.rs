//! Another scheme's string behind a prefix: Django's, Dovecot's, LDAP's, Spring's.
//!
//! The other scheme's own family does the work.

use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use super::crypt::des::BIGCRYPT_END;
use crate::scheme::expression::{self, Algorithm};
use crate::scheme::format;
use crate::scheme::value::{Context, Scheme, Taken, VerifyError};

/// A prefix and the string of another scheme.
pub(in crate::scheme) struct Behind {
    prefix: PrefixEnd,
    before: Prehash,
}

/// Where the prefix ends.
enum PrefixEnd {
    /// After that text.
    Text(&'static str),
    /// After the brace that closes a name.
    Brace,
    /// After the second dollar.
    SecondDollar,
}

/// What the other scheme hashes.
enum Prehash {
    /// The password.
    None,
    /// The hex of its SHA-256.
    Sha256Hex,
    /// The hex of its MD5.
    Md5Hex,
    /// MySQL's digest with its star, in capitals.
    MysqlStar,
}

/// LDAP's, Dovecot's and Spring's: a name in braces.
pub(in crate::scheme) static BEHIND_BRACE: Behind = Behind {
    prefix: PrefixEnd::Brace,
    before: Prehash::None,
};

/// Django writes `argon2$argon2id$…`, and the dollar is the string's.
pub(in crate::scheme) static DJANGO_ARGON2: Behind = Behind {
    prefix: PrefixEnd::Text("argon2"),
    before: Prehash::None,
};

pub(in crate::scheme) static DJANGO_BCRYPT: Behind = Behind {
    prefix: PrefixEnd::Text("bcrypt$"),
    before: Prehash::None,
};

pub(in crate::scheme) static DJANGO_BCRYPT_SHA256: Behind = Behind {
    prefix: PrefixEnd::Text("bcrypt_sha256$"),
    before: Prehash::Sha256Hex,
};

pub(in crate::scheme) static DJANGO_CRYPT: Behind = Behind {
    prefix: PrefixEnd::SecondDollar,
    before: Prehash::None,
};

const fn after(mark: &'static str, before: Prehash) -> Behind {
    Behind {
        prefix: PrefixEnd::Text(mark),
        before,
    }
}

pub(in crate::scheme) static MEDIAWIKI_ARGON2: Behind = after(":argon2:", Prehash::None);

/// The version is another digit in other strings, and as long.
pub(in crate::scheme) static NEXTCLOUD: Behind = after("1|", Prehash::None);

pub(in crate::scheme) static ANOPE_BCRYPT: Behind = after("bcrypt:", Prehash::None);

pub(in crate::scheme) static JENKINS: Behind = after("#jbcrypt:", Prehash::None);

pub(in crate::scheme) static ZONEMINDER: Behind = after("-ZM-", Prehash::MysqlStar);

pub(in crate::scheme) static TYPO3_MD5: Behind = after("M", Prehash::Md5Hex);

pub(in crate::scheme) static TYPO3_PLAIN: Behind = after("C", Prehash::None);

impl Family for Behind {
    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        // A text in base64 or hex gives the same text and setting as the text itself.
        let plain = format::undotted(value);
        let value = plain.as_deref().map_or(value, Vec::as_slice);
        let at = self.prefix.len(value)?;
        let (prefix, inner) = value.split_at_checked(at)?;
        let taken = inside(inner)?.family().take(inside(inner)?, inner)?;
        let prefix_text = std::str::from_utf8(prefix).ok()?;
        Some(Taken {
            setting: [prefix, &taken.setting].concat(),
            text: Zeroizing::new(format!("{prefix_text}{}", taken.text.as_str())),
            ..taken
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], context: &Context<'_>) -> MadeText {
        let (prefix, setting) = self
            .prefix
            .len(setting)
            .and_then(|at| setting.split_at_checked(at))
            .ok_or(VerifyError::Parameters)?;
        let inner = inside(setting).ok_or(VerifyError::Parameters)?;
        let hex = self.before.text(password);
        let password = hex.as_ref().map_or(password, |hex| hex.as_bytes());
        let Some(made) = inner.family().make(inner, setting, password, context)? else {
            return Ok(None);
        };
        let prefix = std::str::from_utf8(prefix).map_err(|_| VerifyError::Parameters)?;
        Ok(Some(Zeroizing::new(format!("{prefix}{}", made.as_str()))))
    }

    fn tells_all(&self, _: Scheme, setting: &[u8], password: &[u8], context: &Context<'_>) -> bool {
        if !matches!(self.before, Prehash::None) {
            return true;
        }
        let inner = self.prefix.len(setting).and_then(|at| setting.get(at..));
        let scheme = inner.and_then(inside);
        inner.zip(scheme).is_some_and(|(setting, scheme)| {
            let family = scheme.family();
            family.tells_all(scheme, setting, password, context)
        })
    }
}

impl Prehash {
    /// The text that is hashed in the password's place.
    fn text(&self, password: &[u8]) -> Option<Zeroizing<String>> {
        match self {
            Self::None => None,
            Self::Sha256Hex => Some(expression::hex(&Algorithm::Sha256.digest(password))),
            Self::Md5Hex => Some(expression::hex(&Algorithm::Md5.digest(password))),
            Self::MysqlStar => {
                let twice = Algorithm::Sha1.digest(&Algorithm::Sha1.digest(password));
                let mut text = Zeroizing::new(String::from("*"));
                text.push_str(&expression::hex(&twice));
                text.make_ascii_uppercase();
                Some(text)
            }
        }
    }
}

impl PrefixEnd {
    /// How many bytes the prefix of a value, or of a setting, has.
    fn len(&self, value: &[u8]) -> Option<usize> {
        let behind = |end: u8, from: usize| {
            let at = value.get(from..)?.iter().position(|byte| *byte == end)?;
            from.checked_add(at)?.checked_add(1)
        };
        match self {
            Self::Text(text) => Some(text.len()),
            Self::Brace => behind(b'}', 0),
            Self::SecondDollar => behind(b'$', behind(b'$', 0)?),
        }
    }
}

/// The scheme of the string, or of its setting, behind the prefix.
fn inside(value: &[u8]) -> Option<Scheme> {
    let Some(id) = value.strip_prefix(b"$") else {
        return Some(match value {
            [b'_', ..] => Scheme::BSDICRYPT,
            [.., BIGCRYPT_END] => Scheme::BIGCRYPT,
            // A descrypt, or its setting.
            _ if value.len() <= 13 => Scheme::DESCRYPT,
            _ => Scheme::BIGCRYPT,
        });
    };
    let id = &id[..id.iter().position(|byte| *byte == b'$')?];
    format::scheme_of_id(id)
}
