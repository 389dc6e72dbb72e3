//! Another scheme's string behind a prefix: Django's, Dovecot's, LDAP's.

use zeroize::Zeroizing;

use super::base::{Family, Made};
use super::crypt::BIGCRYPT_MARK;
use crate::scheme::expression::{self, Algorithm};
use crate::scheme::format;
use crate::scheme::value::{Context, Scheme, Taken, VerifyError};

pub(in crate::scheme) static BEHIND: Behind = Behind;

/// A prefix and the string of another scheme.
pub(in crate::scheme) struct Behind;

impl Family for Behind {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let at = prefix_len(scheme, value)?;
        let (prefix, inner) = value.split_at_checked(at)?;
        let taken = inside(inner)?.family().take(inside(inner)?, inner)?;
        let prefix_text = std::str::from_utf8(prefix).ok()?;
        Some(Taken {
            setting: [prefix, &taken.setting].concat(),
            text: Zeroizing::new(format!("{prefix_text}{}", taken.text.as_str())),
            ..taken
        })
    }

    fn make(&self, scheme: Scheme, setting: &[u8], password: &[u8], context: &Context<'_>) -> Made {
        let (prefix, setting) = prefix_len(scheme, setting)
            .and_then(|at| setting.split_at_checked(at))
            .ok_or(VerifyError::Parameters)?;
        let inner = inside(setting).ok_or(VerifyError::Parameters)?;
        let hex;
        let password = if scheme == Scheme::DJANGO_BCRYPT_SHA256 {
            hex = expression::hex(&Algorithm::Sha256.digest(password));
            hex.as_bytes()
        } else {
            password
        };
        let Some(made) = inner.family().make(inner, setting, password, context)? else {
            return Ok(None);
        };
        let prefix = std::str::from_utf8(prefix).map_err(|_| VerifyError::Parameters)?;
        Ok(Some(Zeroizing::new(format!("{prefix}{}", made.as_str()))))
    }
}

/// How long the prefix is.
fn prefix_len(scheme: Scheme, value: &[u8]) -> Option<usize> {
    match scheme {
        // Django writes `argon2$argon2id$…`, and the dollar is the string's.
        Scheme::DJANGO_ARGON2 => Some("argon2".len()),
        Scheme::DJANGO_BCRYPT => Some("bcrypt$".len()),
        Scheme::DJANGO_BCRYPT_SHA256 => Some("bcrypt_sha256$".len()),
        Scheme::DJANGO_CRYPT => {
            let dollar = |from: usize| {
                let at = value.get(from..)?.iter().position(|byte| *byte == b'$')?;
                from.checked_add(at)?.checked_add(1)
            };
            dollar(dollar(0)?)
        }
        _ => Some(1 + value.iter().position(|byte| *byte == b'}')?),
    }
}

/// The scheme of the string, or of its setting, behind the prefix.
fn inside(value: &[u8]) -> Option<Scheme> {
    let Some(id) = value.strip_prefix(b"$") else {
        return Some(match value {
            [b'_', ..] => Scheme::BSDICRYPT,
            [.., BIGCRYPT_MARK] => Scheme::BIGCRYPT,
            // A descrypt, or its setting.
            _ if value.len() <= 13 => Scheme::DESCRYPT,
            _ => Scheme::BIGCRYPT,
        });
    };
    let id = &id[..id.iter().position(|byte| *byte == b'$')?];
    format::scheme_of_id(id)
}
