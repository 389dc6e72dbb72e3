//! bcrypt over another digest, in strings that say so: WordPress' `$wp$2y$…` and passlib's
//! `$bcrypt-sha256$…`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use super::bcrypt::BCRYPT;
use crate::scheme::expression::Algorithm;
use crate::scheme::format;
use crate::scheme::value::{Context, Scheme, Taken, VerifyError};

pub(in crate::scheme) static PASSLIB_BCRYPT_SHA256: PasslibBcryptSha256 = PasslibBcryptSha256;

pub(in crate::scheme) static WORDPRESS: Wordpress = Wordpress;

/// WordPress 6.8: bcrypt of the base64 of HMAC-SHA-384 under a key that is the same everywhere
/// (wp_hash_password in wp-includes/pluggable.php).
pub(in crate::scheme) struct Wordpress;

/// passlib: bcrypt of the base64 of SHA-256, since 1.7.3 of HMAC-SHA-256 under the salt's
/// characters (passlib/handlers/bcrypt.py).
pub(in crate::scheme) struct PasslibBcryptSha256;

const WORDPRESS_PREFIX: &[u8] = b"$wp";

const WORDPRESS_KEY: &[u8] = b"wp-sha384";

impl Family for Wordpress {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let inner = value.strip_prefix(WORDPRESS_PREFIX)?;
        behind("$wp", BCRYPT.take(scheme, inner)?)
    }

    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText {
        let setting = setting
            .strip_prefix(WORDPRESS_PREFIX)
            .ok_or(VerifyError::Parameters)?;
        // What WordPress hashes is trimmed, and so is what a user logs in with (wp_authenticate).
        let mac = Algorithm::Sha384.hmac(WORDPRESS_KEY, trim_as_php(password));
        let inner = Zeroizing::new(STANDARD.encode(&*mac));
        let made = BCRYPT.make(scheme, setting, inner.as_bytes(), context)?;
        Ok(made.map(|made| Zeroizing::new(format!("$wp{}", made.as_str()))))
    }

    /// Every password may have been typed with spaces around it, which are trimmed.
    fn tells_all(&self, _: Scheme, _: &[u8], _: &[u8], _: &Context<'_>) -> bool {
        false
    }
}

impl Family for PasslibBcryptSha256 {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        format::native(value).filter(|(known, _)| *known == scheme)?;
        let value = std::str::from_utf8(value).ok()?;
        let (front, hash) = value.rsplit_once('$')?;
        let (head, salt) = front.rsplit_once('$')?;
        let (prefix, cost, _) = parameters(head)?;
        let whole = Zeroizing::new(format!("${prefix}${cost:02}${salt}{hash}"));
        let taken = BCRYPT.take(scheme, whole.as_bytes())?;
        // Salt and hash as bcrypt's own family has cleaned them.
        let digits = taken.text.get(7..)?;
        let (salt, hash) = digits.split_at_checked(22)?;
        let setting = format!("{head}${salt}$");
        Some(Taken {
            strength: taken.strength,
            text: Zeroizing::new(format!("{setting}{hash}")),
            setting: setting.into_bytes(),
        })
    }

    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText {
        let front = std::str::from_utf8(setting).map_err(|_| VerifyError::Parameters)?;
        let (head, salt) = front
            .strip_suffix('$')
            .and_then(|front| front.rsplit_once('$'))
            .ok_or(VerifyError::Parameters)?;
        let (prefix, cost, version) = parameters(head).ok_or(VerifyError::Parameters)?;
        let digest = if version == 1 {
            Algorithm::Sha256.digest(password)
        } else {
            Algorithm::Sha256.hmac(salt.as_bytes(), password)
        };
        let inner = Zeroizing::new(STANDARD.encode(&*digest));
        let own = format!("${prefix}${cost:02}${salt}");
        let Some(made) = BCRYPT.make(scheme, own.as_bytes(), inner.as_bytes(), context)? else {
            return Ok(None);
        };
        let hash = made.get(own.len()..).ok_or(VerifyError::Parameters)?;
        Ok(Some(Zeroizing::new(format!("{front}{hash}"))))
    }
}

/// Prefix, cost and version of `$bcrypt-sha256$v=2,t=2b,r=12` or `$bcrypt-sha256$2b,12`.
fn parameters(head: &str) -> Option<(&str, u32, u32)> {
    let rest = head.strip_prefix("$bcrypt-sha256$")?;
    let (prefix, cost, version) = match rest.strip_prefix("v=2,t=") {
        Some(rest) => {
            let (prefix, cost) = rest.split_once(",r=")?;
            (prefix, cost, 2)
        }
        None => {
            let (prefix, cost) = rest.split_once(',')?;
            (prefix, cost, 1)
        }
    };
    let cost = cost.parse().ok().filter(|cost| *cost <= 31)?;
    Some((prefix, cost, version))
}

/// What is taken from a string, behind its prefix.
fn behind(mark: &str, taken: Taken) -> Option<Taken> {
    Some(Taken {
        strength: taken.strength,
        setting: [mark.as_bytes(), &taken.setting].concat(),
        text: Zeroizing::new(format!("{mark}{}", taken.text.as_str())),
    })
}

/// The password as PHP's trim leaves it.
fn trim_as_php(password: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0x0b | 0);
    let Some(from) = password.iter().position(|byte| !is_space(byte)) else {
        return b"";
    };
    let to = password.iter().rposition(|byte| !is_space(byte));
    password.get(from..=to.unwrap_or(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wordpress_passwords_are_trimmed_as_php_trims() {
        for (password, expected) in [
            (&b" \t\n\r\x0b\0a b\0 "[..], &b"a b"[..]),
            (b"ab", b"ab"),
            (b" ", b""),
            (b"", b""),
            (b"\x0ca\xa0", b"\x0ca\xa0"),
        ] {
            assert_eq!(trim_as_php(password), expected);
        }
    }
}
