//! bcrypt in strings that are spelt otherwise than bcrypt's own: MediaWiki's, Znuny's and OTRS',
//! Request Tracker's.
//!
//! The setting is everything before the hash, and the text is the whole string.

use base64::Engine;
use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use super::bcrypt::BCRYPT;
use crate::scheme::expression::Algorithm;
use crate::scheme::format::{self, bcrypt_apart};
use crate::scheme::kdf::BCRYPT_BASE64;
use crate::scheme::value::{Context, Scheme, Taken, VerifyError};

/// A spelling of bcrypt.
pub(in crate::scheme) enum BcryptApart {
    /// `:bcrypt:9$salt$hash` (BcryptPassword.php of wikimedia/mediawiki).
    MediaWiki,
    /// `BCRYPT:9:salt:hash`, where the salt is sixteen characters as they are
    /// (Kernel/System/Auth/DB.pm of znuny/Znuny).
    Otrs,
    /// `!bcrypt!10!`, salt and hash, over the bytes of SHA-512 (lib/RT/User.pm of
    /// bestpractical/rt).
    RequestTracker,
}

pub(in crate::scheme) static MEDIAWIKI_BCRYPT: BcryptApart = BcryptApart::MediaWiki;
pub(in crate::scheme) static OTRS_BCRYPT: BcryptApart = BcryptApart::Otrs;
pub(in crate::scheme) static RT_BCRYPT: BcryptApart = BcryptApart::RequestTracker;

impl Family for BcryptApart {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let (_, strength) = format::native(value).filter(|(known, _)| *known == scheme)?;
        let text = std::str::from_utf8(value).ok()?;
        let (setting, hash) = text.split_at_checked(text.len() - bcrypt_apart::HASH_DIGITS)?;
        // What some makers leave behind the last digit is cleaned, as in bcrypt's own strings.
        let whole = Zeroizing::new(format!("{}{hash}", self.own_setting(setting)?.as_str()));
        let cleaned = BCRYPT.take(scheme, whole.as_bytes())?;
        let hash = cleaned
            .text
            .get(cleaned.text.len() - bcrypt_apart::HASH_DIGITS..)?;
        Some(Taken {
            strength,
            setting: setting.as_bytes().to_vec(),
            text: Zeroizing::new(format!("{setting}{hash}")),
        })
    }

    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText {
        let setting = std::str::from_utf8(setting).map_err(|_| VerifyError::Parameters)?;
        let own = self.own_setting(setting).ok_or(VerifyError::Parameters)?;
        let digest;
        let password = if let Self::RequestTracker = self {
            digest = Algorithm::Sha512.digest(password);
            &digest
        } else {
            password
        };
        let Some(made) = BCRYPT.make(scheme, own.as_bytes(), password, context)? else {
            return Ok(None);
        };
        let hash = made.get(own.len()..).ok_or(VerifyError::Parameters)?;
        Ok(Some(Zeroizing::new(format!("{setting}{hash}"))))
    }

    fn tells_all(&self, scheme: Scheme, _: &[u8], password: &[u8], context: &Context<'_>) -> bool {
        match self {
            Self::RequestTracker => true,
            Self::MediaWiki | Self::Otrs => BCRYPT.tells_all(scheme, b"$2y$", password, context),
        }
    }
}

impl BcryptApart {
    /// The same setting as bcrypt's own strings have it.
    fn own_setting(&self, setting: &str) -> Option<Zeroizing<String>> {
        let (cost, salt) = match self {
            Self::MediaWiki => {
                let rest = setting.strip_prefix(":bcrypt:")?;
                rest.strip_suffix('$')?.split_once('$')?
            }
            Self::Otrs => {
                let rest = setting.strip_prefix("BCRYPT:")?.strip_suffix(':')?;
                rest.split_once(':')?
            }
            Self::RequestTracker => setting.strip_prefix("!bcrypt!")?.split_once('!')?,
        };
        let cost: u32 = cost.parse().ok().filter(|cost| (4..=31).contains(cost))?;
        let mut own = Zeroizing::new(format!("$2y${cost:02}$"));
        if let Self::Otrs = self {
            let bytes = salt.as_bytes();
            (bytes.len() == 16).then(|| bcrypt::BASE_64.encode_string(bytes, &mut own))?;
        } else {
            // Cleaned: twenty-two digits hold four bits more than a salt.
            let bytes = BCRYPT_BASE64.decode(salt).ok()?;
            (bytes.len() == 16).then(|| bcrypt::BASE_64.encode_string(bytes, &mut own))?;
        }
        Some(own)
    }
}
