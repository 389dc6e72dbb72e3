//! Another scheme's string behind an application's mark: Nextcloud's version, ZoneMinder's `-ZM-`,
//! TYPO3's letter.

use super::bcrypt_apart;
use super::dollar::dollar;
use super::is_bcrypt;
use super::recipe::Native;
use crate::scheme::value::Scheme;

/// Reads a value with such a mark.
pub(in crate::scheme) fn read_behind_mark(value: &[u8]) -> Option<Native> {
    match value {
        [b':', ..] => match value.strip_prefix(b":argon2:") {
            Some(inner) => inside(inner, Scheme::MEDIAWIKI_ARGON2, is_argon2),
            None => bcrypt_apart::mediawiki(value),
        },
        // lib/private/Security/Hasher.php of nextcloud/server.
        [b'1'..=b'3', b'|', inner @ ..] => inside(inner, Scheme::NEXTCLOUD, |inner| {
            is_bcrypt(inner) || is_argon2(inner)
        }),
        // web/includes/auth.php of ZoneMinder/zoneminder: its own wrap of MySQL's digests.
        [b'-', ..] => inside(value.strip_prefix(b"-ZM-")?, Scheme::ZONEMINDER, is_bcrypt),
        // typo3/sysext/saltedpasswords of TYPO3: `M` where the MD5 was hashed, `C` where the
        // password was.
        [b'M', inner @ ..] => inside(inner, Scheme::TYPO3_MD5, is_typo3),
        [b'C', inner @ ..] => inside(inner, Scheme::TYPO3_PLAIN, is_typo3),
        // hudson/security/HudsonPrivateSecurityRealm.java of jenkinsci/jenkins.
        [b'#', ..] => inside(
            value.strip_prefix(b"#jbcrypt:")?,
            Scheme::JENKINS,
            is_bcrypt,
        ),
        [b'B', ..] => bcrypt_apart::otrs(value),
        [b'!', ..] => bcrypt_apart::request_tracker(value),
        [b'b', ..] => inside(
            value.strip_prefix(b"bcrypt:")?,
            Scheme::ANOPE_BCRYPT,
            is_bcrypt,
        ),
        _ => None,
    }
}

fn inside(value: &[u8], scheme: Scheme, is_inner: impl Fn(Scheme) -> bool) -> Option<Native> {
    if value.first() != Some(&b'$') {
        return None;
    }
    let (inner, strength) = dollar(value)?;
    is_inner(inner).then_some((scheme, strength))
}

fn is_argon2(scheme: Scheme) -> bool {
    matches!(scheme, Scheme::ARGON2ID | Scheme::ARGON2I)
}

fn is_typo3(scheme: Scheme) -> bool {
    is_bcrypt(scheme) || matches!(scheme, Scheme::PHPASS | Scheme::MD5CRYPT)
}
